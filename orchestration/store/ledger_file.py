"""The ledger's file: opening it, one transaction at a time.

What the tables hold, and which rows are asked for, is in ``arrivals``, ``judgements``,
``samples`` and ``ledger``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

_SCHEMA = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
_BUSY_SECONDS = 30


def now() -> str:
    """Return the time that the ledger writes: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class LedgerFile:
    """``ledger.sqlite``; made with all its tables when it is first opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._connection() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(_SCHEMA)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        connection.row_factory = sqlite3.Row
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        try:
            with connection:
                yield connection
        finally:
            connection.close()
