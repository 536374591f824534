"""The ledger's connection to ``ledger.sqlite``."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_BUSY_SECONDS = 30


class SqliteConnection(sqlite3.Connection):
    """Python's own, with what differs between the databases."""

    written_query = "select seq from sqlite_sequence where name = 'audit'"

    def begin_writing(self) -> None:
        """Begin a transaction that writes; other writers wait until it ends."""
        self.execute("begin immediate")

    def begin_snapshot(self) -> None:
        """Begin a transaction all of whose queries see the ledger as of one moment."""
        self.execute("begin")

    def continue_numbers(self, table: str, key: str) -> None:
        """Do nothing: SQLite goes on from the highest number."""


def open_file(path: Path) -> SqliteConnection:
    """Open the file, or make it; threads may share the connection. The tables come later."""
    opened = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, check_same_thread=False, factory=SqliteConnection
    )
    opened.row_factory = sqlite3.Row
    opened.execute("pragma synchronous = full")
    return opened
