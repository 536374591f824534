"""The ledger's database: opening it, and one transaction at a time.

It is ``ledger.sqlite`` in the home, or a PostgreSQL database that several hosts share
(``FANGAN_LEDGER``). The queries, in ``arrivals``, ``judgements``, ``samples`` and ``ledger``, are
plain statements that both understand; what differs is in ``databases``. How the tables change
from version to version is in ``migrations``.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from orchestration.store.databases.connection import Connection
from orchestration.store.databases.copying import copy_ledger, refuse_used
from orchestration.store.databases.postgres import LedgerServerError, PostgresConnection
from orchestration.store.databases.postgres_tables import (
    migrate_server,
    refuse_newer_server,
    server_version,
)
from orchestration.store.databases.sqlite import open_file
from orchestration.store.migrations import migrate, refuse_newer_file, version_of

#: What opening or asking a ledger raises if it is damaged, lost or cannot be reached.
LEDGER_ERRORS = (sqlite3.Error, LedgerServerError)


def now() -> str:
    """Return the current time as the ledger stores it: ISO, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class LedgerDatabase:
    """The ledger at a place (a file, or a server's address), created or migrated when opened.

    Threads may share it. The connection stays open for the object's life: a month makes about 500
    queries, and opening the file and reading its schema costs more than a query.
    """

    def __init__(self, place: Path | str) -> None:
        self._lock = threading.RLock()
        self._opened = _open(place)
        weakref.finalize(self, self._opened.close)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """Yield the connection for one transaction that reads; other threads wait."""
        with self._lock, self._opened:
            yield self._opened

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Yield the connection for one transaction that writes; every other writer waits.

        So nobody can append to the audit log in between, and what was read stays true.
        """
        with self._connection() as connection:
            connection.begin_writing()
            yield connection


def ledger_exists(place: Path | str) -> bool:
    """Whether there is a ledger: of a server that is always true, since opening makes it."""
    return isinstance(place, str) or place.exists()


def refuse_newer(place: Path | str) -> None:
    """Raise NewerLedgerError if a newer program has migrated the ledger; change nothing."""
    if isinstance(place, str):
        refuse_newer_server(place)
    else:
        refuse_newer_file(place)


def ledger_version(place: Path | str) -> int:
    """Return the version of a ledger, which is neither changed nor migrated.

    Raises one of LEDGER_ERRORS for what is no ledger.
    """
    if isinstance(place, Path):
        return version_of(place)
    with closing(PostgresConnection(place)) as connection, connection:
        return server_version(connection)


def refuse_used_ledger(place: Path | str) -> None:
    """Raise LedgerNotEmptyError for a server's ledger with facts; a file is made anew anyway."""
    if isinstance(place, str):
        with closing(_open(place)) as opened, opened:
            refuse_used(opened)


def copy_whole_ledger(place: Path | str, target: Path | str) -> None:
    """Copy a whole ledger to another place, where there is none; see ``copy_ledger``."""
    with closing(_open(place)) as source, closing(_open(target)) as copy:
        copy_ledger(source, copy)


def _open(place: Path | str) -> Connection:
    if isinstance(place, str):
        server = PostgresConnection(place)
        migrate_server(server)
        return server
    file = open_file(place)
    migrate(file)
    file.execute("pragma journal_mode = wal")
    file.execute("pragma foreign_keys = on")
    return file
