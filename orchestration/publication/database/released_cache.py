"""``released.duckdb``: a cache of the rows of all releases, rebuilt whenever it cannot be trusted.

Publishing reads no files of earlier releases: their rows are loaded once, from the Parquet files
that the ledger's manifests name by hash. A note beside the cache records which manifests were
loaded and the cache's own hash; if either differs, the cache is rebuilt. A release in progress is
loaded into a temporary copy, so the cache never holds anything undecided.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.formats.sql import literal, quoted
from orchestration.publication.database.reading import MARTS, marts_of
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import replacing, scratch_folder, sha256_of, verified
from orchestration.store.locks import waiting_for
from orchestration.store.manifests import stored_marts
from orchestration.store.records import StoredFile
from orchestration.store.releases import ReleaseState, Vintage

#: The column of ``released.duckdb`` that says which release a row belongs to.
VINTAGE_COLUMN = "released_vintage"
#: What a manifest's hash covers, by month and number of the vintage.
Loaded = dict[str, str]


def cached_rows(settings: Settings, release_states: Mapping[Month, ReleaseState]) -> Path | None:
    """Return the DuckDB with the rows of all releases; None if there are none.

    Raises StoredFileDamageError if a file that must be read is missing or changed.
    """
    vintages = [vintage for state in release_states.values() for vintage in state.vintages]
    if not vintages:
        return None
    with waiting_for(settings.locks, "released"):
        path, wanted = settings.releases / "released.duckdb", _contents(vintages)
        loaded = _trusted(path)
        if loaded == wanted:
            return path
        if not loaded.items() <= wanted.items():
            loaded = {}  # something is in there that the ledger does not have
        _sweep(path)
        with replacing(path) as temporary:
            if loaded:
                shutil.copyfile(path, temporary)
            _load_vintages(
                temporary,
                settings.home,
                [(v, stored_marts(settings, v)) for v in vintages if _name(v) not in loaded],
            )
        note = {"sha256": sha256_of(path), "duckdb": duckdb.__version__, "loaded": wanted}
        with replacing(_note_of(path)) as temporary:
            temporary.write_text(json.dumps(note, indent=1), encoding="utf-8")
    return path


@contextmanager
def candidate_rows(
    settings: Settings, decided: Path | None, candidate: Vintage, marts: Mapping[str, StoredFile]
) -> Iterator[Path]:
    """Yield a DuckDB with the rows of ``decided`` and those of a release in progress.

    It is deleted when the block ends.
    """
    with scratch_folder(settings.scratch, "candidate") as folder:
        path = folder / "released.duckdb"
        if decided:
            shutil.copyfile(decided, path)
        _load_vintages(path, settings.home, [(candidate, marts)])
        yield path


def load_rows(settings: Settings, release_states: Mapping[Month, ReleaseState], path: Path) -> Path:
    """Load all releases into a new DuckDB at ``path``, without using the cache; return ``path``.

    Raises like ``cached_rows``.
    """
    vintages = [vintage for state in release_states.values() for vintage in state.vintages]
    _load_vintages(path, settings.home, [(v, stored_marts(settings, v)) for v in vintages])
    return path


def _load_vintages(
    path: Path, home: Path, vintages: list[tuple[Vintage, Mapping[str, StoredFile]]]
) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create schema if not exists {MARTS}")
        for vintage, marts in vintages:
            files = {name: verified(home / file.path, file.sha256) for name, file in marts.items()}
            _load(connection, vintage.number, files)


def _load(connection: duckdb.DuckDBPyConnection, number: int, files: Mapping[str, Path]) -> None:
    """Add one release's rows. A mart may have gained or lost columns between releases."""
    database = connection.execute("select current_database()").fetchall()[0][0]
    tables = marts_of(connection, database)
    for mart, path in files.items():
        name = f"{MARTS}.{quoted(mart)}"
        rows = f"select {number} as {VINTAGE_COLUMN}, * from read_parquet({literal(path)})"  # noqa: S608 - our names, quoted
        earlier = f"from {name} union all by name " if mart in tables else ""
        connection.execute(f"create or replace table {name} as {earlier}{rows}")


def _contents(vintages: list[Vintage]) -> Loaded:
    return {_name(vintage): str(vintage.release.manifest_sha256) for vintage in vintages}


def _name(vintage: Vintage) -> str:
    return f"{vintage.month}/v{vintage.number}"


def _trusted(path: Path) -> Loaded:
    """Return what the cache holds if its bytes are as this version of DuckDB left them, else {}."""
    try:
        note = json.loads(_note_of(path).read_text(encoding="utf-8"))
        is_ours = (note["sha256"], note["duckdb"]) == (sha256_of(path), duckdb.__version__)
        return dict(note["loaded"]) if is_ours and not _wal_of(path).exists() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _note_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _sweep(path: Path) -> None:
    """Remove half-made files of dead processes, and a log left by someone who opened the cache."""
    for stale in path.parent.glob(f".{path.name}.*"):
        stale.unlink()
    _wal_of(path).unlink(missing_ok=True)
