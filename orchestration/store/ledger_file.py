"""The ledger's file: opening it, one transaction at a time.

What the tables hold, and which rows are asked for, is in ``arrivals``, ``judgements``,
``samples`` and ``ledger``; how its tables change from version to version in ``migrations``.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from orchestration.store.migrations import migrate

_BUSY_SECONDS = 30


def now() -> str:
    """Return the time that the ledger writes: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class LedgerFile:
    """``ledger.sqlite``; made, or brought to this version, when opened. Threads may share it.

    One connection for as long as the object lives: a month asks some 500 things, and opening a
    file and reading its tables' shapes costs more than answering.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._opened = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
        weakref.finalize(self, self._opened.close)
        self._opened.row_factory = sqlite3.Row
        self._opened.execute("pragma synchronous = full")
        migrate(self._opened)
        self._opened.execute("pragma journal_mode = wal")
        self._opened.execute("pragma foreign_keys = on")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one transaction, which no other thread's can be part of."""
        with self._lock, self._opened:
            yield self._opened
