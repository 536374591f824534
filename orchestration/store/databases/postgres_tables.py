"""The ledger's tables on PostgreSQL, and how they are made and changed.

``postgres_tables.sql`` has them as they are after step ``_FIRST`` of ``store.migrations``; every
later step there is applied here, too, so it must be written for both. A test compares the columns.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.choices import ConfigurationError
from orchestration.settings import program_version
from orchestration.store.databases.copying import TABLES
from orchestration.store.databases.postgres import PostgresConnection
from orchestration.store.migrations import STEPS, newer_ledger

#: The step after which ledgers began to be on PostgreSQL; the file stays as it is.
_FIRST = 7


def migrate_server(connection: PostgresConnection, steps: tuple[Any, ...] = STEPS) -> None:
    """Make the tables, or apply the missing steps, in one transaction; others wait meanwhile.

    Raises NewerLedgerError if the ledger has more steps than this program knows, and
    ConfigurationError for a database that cannot hold Chinese.
    """
    with connection:
        if _applied(connection, steps) == len(steps):
            return
        connection.begin_writing()
        applied = _applied(connection, steps)
        if applied == len(steps):
            return  # another process was faster
        if applied == 0:
            _refuse_other_encodings(connection)
            file = Path(__file__).with_name("postgres_tables.sql")
            connection.execute(file.read_text(encoding="utf-8"))
            applied = _FIRST
        for step in steps[applied:]:
            step(connection)
        connection.execute(
            "insert into program values (?, ?, ?)",
            (len(steps), program_version(), datetime.now(UTC).isoformat(timespec="seconds")),
        )


def server_version(connection: PostgresConnection) -> int:
    """Return how many steps the ledger has; 0 if it has no tables yet."""
    # to_regclass would answer from the connection's cache, of before another process made them
    found = connection.execute(
        "select * from pg_tables where schemaname = current_schema() and tablename = 'program'"
    )
    if not found.fetchone():
        return 0
    row = connection.execute("select max(ledger_version) from program").fetchone()
    return int(row[0] or 0)


def refuse_newer_server(url: str) -> None:
    """Raise NewerLedgerError if a newer program has migrated the ledger; change nothing."""
    with closing(PostgresConnection(url)) as connection, connection:
        _applied(connection, STEPS)


def server_faults(url: str) -> list[str]:
    """Return what keeps rows from changing in a new ledger and is missing here, as sentences."""
    with closing(PostgresConnection(url)) as connection, connection:
        rows = connection.execute(
            "select tgrelid::regclass::text, tgname from pg_trigger"
            " where not tgisinternal and tgenabled = 'O'"
        ).fetchall()
    found = {tuple(row) for row in rows}
    guards = {
        (table, f"{table}_refuses_{change}")
        for table in TABLES
        if table != "backup"  # only a log of our own work
        for change in ("update", "delete", "truncate")
    } | {("audit", "audit_is_numbered")}
    return [f"trigger {name} is missing or disabled" for _, name in sorted(guards - found)]


def _applied(connection: PostgresConnection, steps: tuple[Any, ...]) -> int:
    applied = server_version(connection)
    if applied > len(steps):
        row = connection.execute(
            "select program_version from program order by ledger_version desc limit 1"
        ).fetchone()
        raise newer_ledger(applied, len(steps), row[0])
    return applied


def _refuse_other_encodings(connection: PostgresConnection) -> None:
    [encoding] = connection.execute("show server_encoding").fetchone()
    if encoding != "UTF8":
        raise ConfigurationError(
            f"FANGAN_LEDGER：数据库编码为 {encoding}，须为 UTF8。Make the database with"
            " createdb --encoding=UTF8 --template=template0"
        )
