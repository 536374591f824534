"""A month on servers has the marts of one in files: Dagster and ledger on PostgreSQL, rows in S3.

Needs Debian's package postgresql, moto and s3fs; skipped with a message without them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
import yaml
from month_installation import Installation
from postgres_server import Server
from s3_server import new_bucket, running_s3

from orchestration.publication.database.reading import logical_hash
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.store.ledger import Ledger
from orchestration.store.ledger_database import copy_whole_ledger
from orchestration.store.objects.keys import SHARED
from orchestration.store.objects.shared import share_all, stored_sizes
from orchestration.upkeep.instance_file import instance_file

FILE = PROJECT_ROOT / "deploy" / "dagster.postgres.yaml"


def test_the_file_differs_from_the_default_in_its_storage_alone() -> None:
    default = yaml.safe_load((PROJECT_ROOT / "orchestration" / "dagster.yaml").read_bytes())
    postgres = yaml.safe_load(FILE.read_bytes())
    del default["event_log_storage"], postgres["storage"]
    assert postgres == default


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with running_s3() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield new_bucket(environment)


def _move(settings: Settings, ledger: str) -> set[str]:
    """Put ledger and files where hosts share them; leave what another host has: nothing."""
    copy_whole_ledger(settings.ledger, ledger)
    settings.ledger_file.unlink()
    share_all(settings)
    for name in SHARED:
        shutil.rmtree(settings.home / name)
    settings.warehouse.unlink()
    return set(stored_sizes())


def test_a_month_on_servers_has_equal_marts(
    postgres_server: Server,
    store: str,
    after_october: Installation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import psycopg2

    settings, server = after_october.settings, postgres_server.database()
    first = logical_hash(settings.statistics)
    shutil.rmtree(settings.dagster)
    settings.prepare()
    shutil.copy(FILE, instance_file(settings))
    monkeypatch.setenv("FANGAN_POSTGRES_URL", server)
    monkeypatch.setenv("FANGAN_LEDGER", postgres_server.database())
    monkeypatch.setenv("FANGAN_STORE", store)
    monkeypatch.setenv("FANGAN_HOME", str(settings.home))
    shared = _move(settings, os.environ["FANGAN_LEDGER"])
    run = after_october.fangan("month", "2022-10", "--again")
    assert run.returncode == 0, run.stdout + run.stderr
    assert logical_hash(settings.statistics) == first
    assert instance_file(settings).read_bytes() == FILE.read_bytes()
    assert not list(settings.dagster.rglob("*.db")), "nothing is written to SQLite"
    assert not settings.ledger_file.exists()
    assert set(stored_sizes()) >= shared
    assert Ledger(os.environ["FANGAN_LEDGER"]).verify_audit({}).faults == ()
    with psycopg2.connect(server) as connection, connection.cursor() as cursor:
        cursor.execute("select status, count(*) from runs group by status")
        assert cursor.fetchall() == [("SUCCESS", 1)]
        cursor.execute("select count(*) > 500 from event_logs")
        assert cursor.fetchall() == [(True,)]
