"""Writes a month's look-up file: a private SQLite file, replaced by one rename.

It is a file of its own because single buildings in the published DuckDB would be copied with
every month. SQLite finds a key by reading a few pages, and a process can read the old file while
it is replaced. It is built when a month is released, not by every run, since it reads the whole
city's registers. Its content is defined in ``sql`` and ``columns``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory
from orchestration.lookup.file_tables import NothingToLookUpError, load_tables
from orchestration.lookup.sources import Sources, find_sources
from orchestration.reference.kinds import BUILDING_CODES, BUILDING_SURVEY
from orchestration.reference.months import Month
from orchestration.settings import PRIVATE_FILE, Settings
from orchestration.store.files import replacing, spill_folder
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding
from orchestration.store.public_files import record_written, write_public

FILE_NAME = "lookup.sqlite"
#: The tables of the file, written from the views ``file_<table>``, with their keys. Two have no
#: rowid, so that a key is found and answered by one page.
_KEYS = {
    "about": ")",
    "subject": ", primary key (subject_no))",
    "identifier": ", primary key (value, scheme, subject_no)) without rowid",
    "refusal": ", primary key (value, scheme)) without rowid",
}
_ROWS_AT_A_TIME = 20_000
_MEMORY = "2500MB"
_THREADS = 2


@dataclass(frozen=True)
class Assembled:
    """A look-up file: its path, and how many buildings and keys it has."""

    path: Path
    subject_count: int
    identifier_count: int


def lookup_file(settings: Settings, month: Month | str) -> Path:
    """Return the path of a month's look-up file, which may not exist."""
    return settings.lookups / str(month) / FILE_NAME


def assemble_lookup(settings: Settings, month: Month) -> Assembled:
    """Write the month's look-up file from its published rows; return its counts.

    Raises NothingToLookUpError if there are none, and removes an outdated file;
    StoredFileDamageError for a damaged file; BusyError during a run.
    """
    with holding(settings.ledger_locks, "month"):
        return renew_lookup(settings, month)


def renew_lookup(settings: Settings, month: Month) -> Assembled:
    """Do the same as ``assemble_lookup`` for a caller that holds the month's lock."""
    path = lookup_file(settings, month)
    sources = find_sources(settings, Ledger(settings.ledger), month)
    has_rows = bool(sources.accepted[BUILDING_SURVEY] or sources.accepted[BUILDING_CODES])
    if not has_rows or not settings.statistics.exists():
        write_public(settings, {}, (path,))
        raise NothingToLookUpError(
            f"{month}没有已发布的排查台账或一房一码库，无法生成查询库。No ledger of {month} is"
            f" published: deliver it, then run fangan month {month}"
        )
    return write_lookup(
        path,
        settings.statistics,
        sources,
        month,
        on_written=lambda temporary: record_written(settings, temporary, path),
    )


def write_lookup(
    path: Path,
    statistics: Path,
    sources: Sources,
    month: Month,
    *,
    on_written: Callable[[Path], None] | None = None,
) -> Assembled:
    """Write a look-up file from a published DuckDB and accepted rows, replacing an old one.

    ``on_written`` is called with the finished temporary file before it is renamed. Raises
    NothingToLookUpError if the month is not in the published file.
    """
    spill = spill_folder(path.parent)
    with in_memory(spill) as connection, replacing(path) as temporary:
        connection.execute(f"set memory_limit = '{_MEMORY}'; set threads = {_THREADS}")
        load_tables(connection, statistics, sources, month)
        counts = _write(connection, temporary)
        temporary.chmod(PRIVATE_FILE)
        if on_written is not None:
            on_written(temporary)
    return Assembled(path, counts["subject"], counts["identifier"])


def _write(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, int]:
    """Write the tables to a new SQLite file; return the row count of each."""
    with closing(sqlite3.connect(path)) as target:
        # nobody reads an unfinished file, and it is deleted on failure: no journal is needed
        target.execute("pragma journal_mode = off")
        target.execute("pragma synchronous = off")
        counts = {}
        for table, key in _KEYS.items():
            names = ", ".join(_names(connection, table))
            target.execute(f"create table {table} ({names}{key}")
            counts[table] = _copy(connection, table, target)
        # from a building to all its keys
        target.execute("create index identifier_of on identifier (subject_no)")
        target.commit()
    return counts


def _names(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name, *_ in connection.execute(f"describe file_{table}").fetchall()]


def _copy(connection: duckdb.DuckDBPyConnection, table: str, target: sqlite3.Connection) -> int:
    """Insert the rows of one view; return their number."""
    connection.execute(f"from file_{table}")
    count = 0
    while rows := connection.fetchmany(_ROWS_AT_A_TIME):
        marks = ", ".join("?" * len(rows[0]))
        target.executemany(f"insert into {table} values ({marks})", rows)  # noqa: S608 - our tables
        count += len(rows)
    return count
