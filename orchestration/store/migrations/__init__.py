"""How the ledger's tables came to be: numbered steps, each taken once by every home.

To change a table, add a step at the end of ``STEPS``: a ``.sql`` file beside this module, or a
function where rows must be computed. Never change a step that was published: homes have taken
it. The ledger says in ``user_version`` how many it took; a home made before that was written
there (commit 54aaec0 and earlier) says 0 and has the tables of step 1, which may be taken again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from orchestration.store import audit

Step = Callable[[sqlite3.Connection], None]


class NewerLedgerError(RuntimeError):
    """The home was opened by a later version of the program, which this one may not write to."""


def _sql(name: str) -> Step:
    """Return the step that runs a file's statements, inside the transaction that is open."""

    def take(connection: sqlite3.Connection) -> None:
        for statement in _statements(name):
            connection.execute(statement)

    return take


def _statements(name: str) -> Iterator[str]:
    statement = ""
    text = (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):  # knows where a trigger ends
            yield statement
            statement = ""
    yield statement  # what no semicolon ends fails here and is not passed over


def _chain_readings_and_publications(connection: sqlite3.Connection) -> None:
    """Tell the audit log of what was recorded before it was told of such rows."""
    factory, connection.row_factory = connection.row_factory, sqlite3.Row
    try:
        for event in ("reading", "publication"):
            for key in audit.untold(connection, event):
                audit.append(connection, event, key)
    finally:
        connection.row_factory = factory


#: One line a step; the number of a step is its place here, counted from 1.
STEPS: tuple[Step, ...] = (
    _sql("0001_first_tables"),
    _sql("0002_public_files"),
    _sql("0003_releases_whole"),
    _chain_readings_and_publications,
    _sql("0005_name_keys"),
)


def migrate(connection: sqlite3.Connection, steps: tuple[Step, ...] = STEPS) -> None:
    """Take the steps that a ledger has not taken: all of them or none, nobody writing between.

    Call it before foreign keys are switched on, since a step may rebuild a table. Raises
    NewerLedgerError if the ledger has taken more steps than there are.
    """
    if _taken(connection, steps) == len(steps):
        return
    connection.execute("begin exclusive")
    with connection:
        # asked again: another process may have been faster
        for step in steps[_taken(connection, steps) :]:
            step(connection)
        broken = connection.execute("pragma foreign_key_check").fetchall()
        if broken:
            raise sqlite3.IntegrityError(f"{len(broken)} rows of the ledger refer to none")
        connection.execute(f"pragma user_version = {len(steps)}")


def _taken(connection: sqlite3.Connection, steps: tuple[Step, ...]) -> int:
    """Return how many steps the ledger has taken; raise NewerLedgerError if more than there are."""
    taken = int(connection.execute("pragma user_version").fetchone()[0])
    if taken > len(steps):
        raise NewerLedgerError(
            f"此数据目录的台账为第{taken}版，本程序只识别到第{len(steps)}版，请用更新的程序打开。"
            f" The ledger of this home has version {taken}, this program knows {len(steps)}:"
            " use the program that opened it last, or restore a backup made before that"
        )
    return taken
