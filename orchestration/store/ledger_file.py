"""The ledger's database file: opening it, and one transaction at a time.

The queries are in ``arrivals``, ``judgements``, ``samples`` and ``ledger``; how the tables
change from version to version is in ``migrations``.
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
    """Return the current time as the ledger stores it: ISO, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class LedgerFile:
    """``ledger.sqlite``, created or migrated when opened. Threads may share it.

    The connection stays open for the object's life: a month makes about 500 queries, and
    opening the file and reading its schema costs more than a query.
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
        """Yield the connection for one transaction; other threads wait."""
        with self._lock, self._opened:
            yield self._opened
