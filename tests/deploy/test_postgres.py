"""A month with Dagster's databases on a real PostgreSQL server gives the marts that SQLite's gives.

Needs Debian's package postgresql; skipped with a message without it.
"""

from __future__ import annotations

import shutil

import pytest
import yaml
from month_installation import Installation
from postgres_server import Server

from orchestration.publication.database.reading import logical_hash
from orchestration.settings import PROJECT_ROOT
from orchestration.upkeep.instance_file import instance_file

FILE = PROJECT_ROOT / "deploy" / "dagster.postgres.yaml"


def test_the_file_differs_from_the_default_in_its_storage_alone() -> None:
    default = yaml.safe_load((PROJECT_ROOT / "orchestration" / "dagster.yaml").read_bytes())
    postgres = yaml.safe_load(FILE.read_bytes())
    del default["event_log_storage"], postgres["storage"]
    assert postgres == default


def test_a_month_on_postgresql_has_equal_marts(
    postgres_server: Server, after_october: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg2

    settings, server = after_october.settings, postgres_server.database()
    first = logical_hash(settings.statistics)
    shutil.rmtree(settings.dagster)
    settings.prepare()
    shutil.copy(FILE, instance_file(settings))
    monkeypatch.setenv("FANGAN_POSTGRES_URL", server)
    run = after_october.fangan("month", "2022-10", "--again")
    assert run.returncode == 0, run.stdout + run.stderr
    assert logical_hash(settings.statistics) == first
    assert instance_file(settings).read_bytes() == FILE.read_bytes()
    assert not list(settings.dagster.rglob("*.db")), "nothing is written to SQLite"
    with psycopg2.connect(server) as connection, connection.cursor() as cursor:
        cursor.execute("select status, count(*) from runs group by status")
        assert cursor.fetchall() == [("SUCCESS", 1)]
        cursor.execute("select count(*) > 500 from event_logs")
        assert cursor.fetchall() == [(True,)]
