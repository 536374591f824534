"""A connection to the ledger's PostgreSQL server that answers as sqlite3's does.

Both drivers follow Python's database interface, so three things are left: how placeholders are
written, a lock for writers, and the errors of a server that is away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from orchestration.choices import ConfigurationError

#: Used for what the address leaves open. Writers wait as long as they do for SQLite's file; the
#: connection of a host that has died, with its locks, ends after two minutes.
_DEFAULTS = {
    "application_name": "fangan",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "options": "-c lock_timeout=30s -c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10"
    " -c tcp_keepalives_count=6",
}
_NAMED = re.compile(r"(?<!:):(\w+)")


class LedgerServerError(RuntimeError):
    """The ledger's server cannot be reached or has failed; the message says which and why."""


class PostgresConnection:
    """One connection; transactions and rows as with sqlite3.

    If it was cut, the next transaction opens it again, unless it holds what ends with it.
    """

    written_query = "select written as seq from audit_written"

    def __init__(self, url: str, *, reopens: bool = True) -> None:
        self._url, self._reopens = url, reopens
        self._driver = connect(url)

    def execute(self, statement: str, parameters: Any = (), /) -> Any:
        """Run a statement with ``?`` or ``:name`` placeholders; return its cursor."""
        with _explained(self._url):
            cursor = self._driver.cursor()
            cursor.execute(_in_driver_style(statement), parameters or None)
        return cursor

    def executemany(self, statement: str, parameters: Any, /) -> Any:
        """Run a statement for each set of parameters, in few round trips; return its cursor."""
        from psycopg2.extras import execute_batch

        with _explained(self._url):
            cursor = self._driver.cursor()
            execute_batch(cursor, _in_driver_style(statement), parameters)
        return cursor

    def begin_writing(self) -> None:
        """Wait until no other writer is at work; it ends with the transaction."""
        self.execute(f"select pg_advisory_xact_lock({lock_key('ledger')})")

    def begin_snapshot(self) -> None:
        """Begin a transaction all of whose queries see the ledger as of one moment."""
        self.execute("set transaction isolation level repeatable read")

    def continue_numbers(self, table: str, key: str) -> None:
        """Let the next row of a table have the number after the last one that was copied."""
        last = f"(select max({key}) from {table})"  # noqa: S608 - our tables
        sequence = f"pg_get_serial_sequence('{table}', '{key}')"
        self.execute(f"select setval({sequence}, coalesce({last}, 1), {last} is not null)")

    def close(self) -> None:
        """Close it."""
        self._driver.close()

    def __enter__(self) -> PostgresConnection:
        if self._driver.closed and self._reopens:
            self._driver = connect(self._url)
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if self._driver.closed:
            return  # the server has rolled back
        with _explained(self._url):
            self._driver.commit() if kind is None else self._driver.rollback()


def connect(url: str) -> Any:
    """Return psycopg2's connection, whose rows have names and positions.

    Raises ConfigurationError without the driver or for an address that is none,
    LedgerServerError if the server cannot be reached.
    """
    try:
        import psycopg2
        from psycopg2.extensions import parse_dsn
        from psycopg2.extras import DictCursor
    except ImportError as error:
        raise ConfigurationError(
            "FANGAN_LEDGER 需要 PostgreSQL 驱动。The ledger on PostgreSQL needs the extra"
            " postgres: pip install 'fangan[postgres]'"
        ) from error
    try:
        given = parse_dsn(url)
        options = f"{_DEFAULTS['options']} {given.get('options', '')}"
        address = _DEFAULTS | given | {"options": options}
    except psycopg2.ProgrammingError as error:
        reason = str(error).splitlines()[0].replace(url, "…")
        raise ConfigurationError(f"FANGAN_LEDGER 地址无效。Not an address: {reason}") from None
    with _explained(url):
        return psycopg2.connect(**address, cursor_factory=DictCursor)


def shown(url: str) -> str:
    """Return an address without user and password."""
    from psycopg2.extensions import parse_dsn

    parts = parse_dsn(url)
    place = f"{parts.get('host', 'localhost')}:{parts.get('port', '5432')}"
    return f"postgresql://{place}/{parts.get('dbname', '')}"


def lock_key(name: str) -> str:
    """Return the SQL of the number by which the server knows a lock, one in each schema."""
    assert name.replace("-", "").replace("_", "").isalnum(), name
    return f"hashtextextended(current_schema() || '/fangan/{name}', 0)"


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Say which server failed if it is away or gives up waiting; other errors stay as they are."""
    import psycopg2

    try:
        yield
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise LedgerServerError(
            f"记录库服务器 {shown(url)} 出错。The ledger's server failed: {reason}"
        ) from error


@cache
def _in_driver_style(statement: str) -> str:
    """Return a statement with psycopg2's placeholders. Ours have no other ``?`` or ``%``."""
    return _NAMED.sub(r"%(\1)s", statement.replace("?", "%s"))
