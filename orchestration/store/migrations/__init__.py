"""The ledger's migrations: numbered steps, each applied once in every home.

To change a table, add a step at the end of ``STEPS``: a ``.sql`` file beside this module, or a
function where rows must be computed. Never change a step that was published: homes have applied
it. ``user_version`` of the database is the number of steps applied. Homes from before we wrote it
(commit 54aaec0 and earlier) say 0 but have the tables of step 1, so step 1 can run twice.

A ledger on PostgreSQL begins with the tables of step 7 and gets every later step, too, so write
those for both databases.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.settings import program_version
from orchestration.store import audit

#: Takes the connection, of either database.
Step = Callable[[Any], None]


class NewerLedgerError(RuntimeError):
    """The ledger was migrated by a newer version of the program; this one must not write to it."""


def _sql(name: str) -> Step:
    """Return the step that runs the statements of a file inside the open transaction."""

    def apply(connection: sqlite3.Connection) -> None:
        for statement in _statements(name):
            connection.execute(statement)

    return apply


def _statements(name: str) -> Iterator[str]:
    statement = ""
    text = (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):  # knows where a trigger ends
            yield statement
            statement = ""
    yield statement  # a last statement without its semicolon must fail, not be skipped


def _chain_readings_and_publications(connection: Any) -> None:
    """Add audit entries for rows from before readings and publications had entries."""
    factory, connection.row_factory = connection.row_factory, sqlite3.Row
    try:
        for event in ("reading", "publication"):
            for key in audit.rows_without_entry(connection, event):
                audit.append(connection, event, key)
    finally:
        connection.row_factory = factory


#: One line per step; a step's number is its position, counted from 1.
STEPS: tuple[Step, ...] = (
    _sql("0001_first_tables"),
    _sql("0002_public_files"),
    _sql("0003_releases_whole"),
    _chain_readings_and_publications,
    _sql("0005_name_keys"),
    _sql("0006_programs"),
    _sql("0007_backups"),
)


def migrate(connection: sqlite3.Connection, steps: tuple[Step, ...] = STEPS) -> None:
    """Apply the missing steps in one exclusive transaction.

    Call it before foreign keys are switched on, since a step may rebuild a table. Raises
    NewerLedgerError if the ledger has more steps than this program knows.
    """
    if _applied(connection, steps) == len(steps):
        return
    connection.execute("begin exclusive")
    with connection:
        # counted again: another process may have been faster
        missing = steps[_applied(connection, steps) :]
        if not missing:
            return
        for step in missing:
            step(connection)
        broken = connection.execute("pragma foreign_key_check").fetchall()
        if broken:
            raise sqlite3.IntegrityError(f"{len(broken)} ledger rows refer to a missing row")
        connection.execute(f"pragma user_version = {len(steps)}")
        connection.execute(
            "insert into program values (?, ?, ?)",
            (len(steps), program_version(), datetime.now(UTC).isoformat(timespec="seconds")),
        )


def version_of(path: Path) -> int:
    """Return the version of the ledger at ``path``, which is neither changed nor migrated.

    Raises sqlite3.Error for a file that is no ledger.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return _version(connection)


def refuse_newer_file(path: Path, steps: tuple[Step, ...] = STEPS) -> None:
    """Raise NewerLedgerError if a newer program has migrated the ledger; change nothing.

    A missing ledger, and a file that is none, is left to whoever opens it.
    """
    if not path.is_file():
        return
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
    ):
        _applied(connection, steps)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _applied(connection: sqlite3.Connection, steps: tuple[Step, ...]) -> int:
    """Return how many steps the ledger has; raise NewerLedgerError if more than we know."""
    applied = _version(connection)
    if applied > len(steps):
        raise newer_ledger(applied, len(steps), _program_of(connection))
    return applied


def newer_ledger(applied: int, known: int, program: str | None) -> NewerLedgerError:
    """Return the error of a ledger with more steps than we know; ``program`` made it so."""
    needed = f" fangan {program} 或 or " if program else ""
    return NewerLedgerError(
        f"此数据目录的记录库为第{applied}版，本程序（{program_version()}）只识别到"
        f"第{known}版，请用{needed}更新的程序打开。"
        f" The ledger of this home has version {applied}, this program ({program_version()})"
        f" knows {known}: use{needed}a newer program, or restore a backup from before it"
        " was used"
    )


def _program_of(connection: sqlite3.Connection) -> str | None:
    """Return the program that migrated the ledger last, as far as we can read its tables."""
    with suppress(sqlite3.Error):
        for (version,) in connection.execute(
            "select program_version from program order by ledger_version desc limit 1"
        ):
            return str(version)
    return None
