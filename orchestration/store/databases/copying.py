"""Copies a whole ledger from one database into another, an empty one.

So a ledger on a server gets into a backup, and out of it again; and a home's file moves to a
server. Rows keep their numbers, so the audit log is as true of the copy.
"""

from __future__ import annotations

from orchestration.store.databases.connection import Connection

#: Every table with facts, and its key if the database numbers the rows; what is referred to first.
TABLES = {
    "arrival": "delivery_id",
    "withdrawal": None,
    "reading": "reading_id",
    "judgement": "judgement_id",
    "verdict": None,
    "publication": "publication_id",
    "sample": "sample_id",
    "match_decision": "decision_id",
    "release_decision": "decision_id",
    "settlement": None,
    "audit": "entry_id",
    "public_file": "entry_id",
    "name_key": "key_id",
    "backup": "backup_id",
}
_ROWS_AT_ONCE = 10_000


class LedgerNotEmptyError(RuntimeError):
    """A ledger that is to receive a copy and has facts of its own."""


def copy_ledger(source: Connection, target: Connection) -> None:
    """Copy every row as of one moment of ``source``, in one transaction of ``target``.

    Both have the tables of this program. Raises LedgerNotEmptyError, having changed nothing.
    """
    with source, target:
        source.begin_snapshot()
        target.begin_writing()
        refuse_used(target)
        for table, key in TABLES.items():
            cursor = source.execute(f"select * from {table} order by 1, 2")  # noqa: S608 - our tables
            names = [column[0] for column in cursor.description]
            insert = (
                f"insert into {table} ({', '.join(names)})"  # noqa: S608 - our tables
                f" values ({', '.join('?' * len(names))})"
            )
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                target.executemany(insert, [tuple(row) for row in rows])
            if key:
                target.continue_numbers(table, key)


def refuse_used(target: Connection) -> None:
    """Raise LedgerNotEmptyError if a ledger has a row of facts."""
    used = [
        table
        for table in TABLES
        if target.execute(f"select * from {table} limit 1").fetchone()  # noqa: S608 - our tables
    ]
    if used:
        raise LedgerNotEmptyError(
            f"目标记录库不是空的（{'、'.join(used[:3])}）。The ledger to be filled has facts of its"
            " own: name an empty database"
        )
