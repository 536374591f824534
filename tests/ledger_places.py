"""What somebody with a database client can do to a ledger, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from orchestration.store.databases.copying import TABLES

#: What a client says to PostgreSQL instead of what it says to SQLite.
_IN_SQLITE = "update sqlite_sequence set seq = 4 where name = 'audit'"
_ON_SERVER = {_IN_SQLITE: "update audit_written set written = 4"}


@contextmanager
def client(place: Path | str) -> Iterator[Any]:
    """Yield a cursor of the database's own driver; commit at the end."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection, connection:
            yield connection.cursor()
        return
    import psycopg2

    with closing(psycopg2.connect(place)) as server, server, server.cursor() as cursor:
        yield cursor


def tamper(place: Path | str, *statements: str) -> None:
    """Do what an administrator can: take the guards away, then anything."""
    with client(place) as cursor:
        if isinstance(place, Path):
            cursor.execute("select name from sqlite_master where type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"drop trigger {name}")
        else:
            for table in TABLES:
                cursor.execute(f"alter table {table} disable trigger user")
            statements = tuple(_ON_SERVER.get(one, one) for one in statements)
        for statement in statements:
            cursor.execute(statement)
