"""A month with Dagster's databases on a real PostgreSQL server gives the marts that SQLite's gives.

Needs Debian's package postgresql; skipped with a message without it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from month_installation import Installation

from orchestration.publication.database.reading import logical_hash
from orchestration.settings import PROJECT_ROOT
from orchestration.upkeep.instance_file import instance_file

FILE = PROJECT_ROOT / "deploy" / "dagster.postgres.yaml"
SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server with an empty database ``dagster``, on a socket in a folder of its own; its URL."""
    if not SERVERS:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="fangan-pg-"))
    as_user: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        # the server refuses to be root; Debian's package makes this user
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_user |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        command = [str(SERVERS[-1].with_name(program)), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **as_user)

    data, socket = str(folder / "data"), str(folder)
    options = f"-c listen_addresses='' -c fsync=off -k {socket}"
    run("initdb", "-D", data, "-A", "trust", "-U", "fangan", "--no-sync")
    run("pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
    try:
        run("createdb", "-h", socket, "-U", "fangan", "dagster")
        yield f"postgresql://fangan@/dagster?host={socket}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def test_the_file_differs_from_the_default_in_its_storage_alone() -> None:
    default = yaml.safe_load((PROJECT_ROOT / "orchestration" / "dagster.yaml").read_bytes())
    postgres = yaml.safe_load(FILE.read_bytes())
    del default["event_log_storage"], postgres["storage"]
    assert postgres == default


def test_a_month_on_postgresql_has_equal_marts(
    server: str, after_october: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg2

    settings = after_october.settings
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
