"""Which seeds the working DuckDB holds, so that a run loads them only if one has changed.

The warehouse itself says so: one that is made anew holds none. What a seed is, and loading it,
is dbt's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import duckdb

from orchestration.settings import SEEDS_DIR, Settings


def seeds_fingerprint(project: str, names: Collection[str]) -> str:
    """Return the fingerprint of seeds as they are now; ``project`` that of dbt's project."""
    digest = hashlib.sha256(project.encode())
    for name in sorted(names):
        content = (SEEDS_DIR / f"{name}.csv").read_bytes()
        digest.update(f"{name} {hashlib.sha256(content).hexdigest()} ".encode())
    return digest.hexdigest()


def seeds_are_loaded(settings: Settings, fingerprint: str) -> bool:
    """Return whether the warehouse holds just these seeds.

    If not, it forgets what it holds: a load that is broken off leaves some of each.
    """
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema if not exists run")
        connection.execute("create table if not exists run.loaded_seeds (fingerprint varchar)")
        if connection.execute("from run.loaded_seeds").fetchall() == [(fingerprint,)]:
            return True
        connection.execute("delete from run.loaded_seeds")
    return False


def remember_seeds(settings: Settings, fingerprint: str) -> None:
    """Record that the warehouse holds just these seeds."""
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("insert into run.loaded_seeds values (?)", [fingerprint])
