"""The ledger's file: opening it, one transaction at a time.

What the tables hold, and which rows are asked for, is in ``arrivals``, ``judgements``,
``samples`` and ``ledger``.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
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
    """``ledger.sqlite``; made with all its tables when it is first opened. Threads may share it.

    One connection for as long as the object lives: a month asks some 500 things, and opening a
    file and reading its tables' shapes costs more than answering.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._opened = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
        weakref.finalize(self, self._opened.close)
        self._opened.row_factory = sqlite3.Row
        self._opened.execute("pragma synchronous = full")
        self._opened.execute("pragma foreign_keys = on")
        with self._connection() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(_SCHEMA)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one transaction, which no other thread's can be part of."""
        with self._lock, self._opened:
            yield self._opened
