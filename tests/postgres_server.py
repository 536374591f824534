"""A real PostgreSQL server for tests: Debian's package, on a socket in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@dataclass(frozen=True)
class Server:
    """A running server; its databases are addressed by its socket."""

    socket: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return f"postgresql://fangan@/{database}?host={self.socket}"

    def execute(self, database: str, *statements: str) -> None:
        """Run statements, each in its own transaction."""
        import psycopg2

        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def database(self) -> str:
        """Make an empty database; return its address."""
        name = f"made_{next(self._numbers)}"
        self.execute("template1", f"create database {name} encoding 'UTF8' template template0")
        return self.url(name)

    def schema(self) -> str:
        """Make an empty schema, which costs less; return an address that leads into it."""
        name = f"made_{next(self._numbers)}"
        self.execute("shared", f"create schema {name}")
        return f"{self.url('shared')}&options=-csearch_path%3D{name}"


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, and stop it at the end; skip the test without Debian's package."""
    if not _SERVERS:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="fangan-pg-"))
    as_user: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        # the server refuses to be root; Debian's package makes this user
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_user |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        command = [str(_SERVERS[-1].with_name(program)), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **as_user)

    data, socket = str(folder / "data"), str(folder)
    options = f"-c listen_addresses='' -c fsync=off -k {socket}"
    run("initdb", "-D", data, "-A", "trust", "-U", "fangan", "--no-sync")
    run("pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
    try:
        server = Server(folder)
        server.execute("template1", "create database shared encoding 'UTF8' template template0")
        yield server
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)
