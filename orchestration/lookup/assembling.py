"""Writing a month's look-up file: SQLite for the office alone, swapped in by one rename.

A file of its own, because buildings in the published DuckDB would be copied each month. SQLite,
because it answers one key from a few pages without reading the rest, and any process can read
it while it is replaced. It is made when a month is released, not by every run: its cost is that
of the whole city's registers. What is in it is in ``sql`` and ``columns``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory
from orchestration.lookup.loading import NothingToLookUpError, load_tables
from orchestration.lookup.sources import Sources, find_sources
from orchestration.reference.kinds import BUILDING_CODES, BUILDING_SURVEY
from orchestration.reference.months import Month
from orchestration.settings import PRIVATE_FILE, Settings
from orchestration.store.files import replacing, spill_folder
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding
from orchestration.store.public_files import tell_written, write_public

FILE_NAME = "lookup.sqlite"
#: The tables of the file, written from the views ``file_<table>``, with their keys. Two are their
#: own index: a key is found and answered on one page.
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
    """A look-up file: where it lies, how many buildings and keys are in it."""

    path: Path
    subject_count: int
    identifier_count: int


def lookup_file(settings: Settings, month: Month | str) -> Path:
    """Return where a month's look-up file lies, whether or not it is there."""
    return settings.lookups / str(month) / FILE_NAME


def assemble_lookup(settings: Settings, month: Month) -> Assembled:
    """Write the month's look-up file from what is published of it; return what is in it.

    Raises NothingToLookUpError if there is nothing, and removes the file of an earlier version;
    StoredFileDamageError for a damaged file; BusyError if a run goes on.
    """
    with holding(settings.locks, "month"):
        return renew_lookup(settings, month)


def renew_lookup(settings: Settings, month: Month) -> Assembled:
    """Do the same for a caller who holds the month's lock."""
    path = lookup_file(settings, month)
    sources = find_sources(settings, Ledger(settings.ledger), month)
    has_rows = bool(sources.accepted[BUILDING_SURVEY] or sources.accepted[BUILDING_CODES])
    if not has_rows or not settings.statistics.exists():
        write_public(settings, {}, (path,))
        raise NothingToLookUpError(
            f"{month}没有已发布的排查台账或一房一码库，无从查询。No ledger of {month} is"
            f" published: deliver it, then run fangan month {month}"
        )
    return write_lookup(
        path,
        settings.statistics,
        sources,
        month,
        tell=lambda temporary: tell_written(settings, temporary, path),
    )


def write_lookup(
    path: Path,
    statistics: Path,
    sources: Sources,
    month: Month,
    *,
    tell: Callable[[Path], None] | None = None,
) -> Assembled:
    """Write a look-up file from a published DuckDB and accepted rows, in place of one there.

    ``tell`` hears of the written file before it takes its place. Raises NothingToLookUpError if
    the month is not in the published file.
    """
    spill = spill_folder(path.parent)
    with in_memory(spill) as connection, replacing(path) as temporary:
        connection.execute(f"set memory_limit = '{_MEMORY}'; set threads = {_THREADS}")
        load_tables(connection, statistics, sources, month)
        counts = _write(connection, temporary)
        temporary.chmod(PRIVATE_FILE)
        if tell is not None:
            tell(temporary)
    return Assembled(path, counts["subject"], counts["identifier"])


def _write(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, int]:
    """Write the tables of the look-up to a new SQLite file; return their numbers of rows."""
    with closing(sqlite3.connect(path)) as target:
        # nobody reads it before it is whole, and a file that is not is thrown away
        target.execute("pragma journal_mode = off")
        target.execute("pragma synchronous = off")
        counts = {}
        for table, key in _KEYS.items():
            names = ", ".join(_names(connection, table))
            target.execute(f"create table {table} ({names}{key}")
            counts[table] = _copy(connection, table, target)
        # the other way round: from a building to all its keys
        target.execute("create index identifier_of on identifier (subject_no)")
        target.commit()
    return counts


def _names(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name, *_ in connection.execute(f"describe file_{table}").fetchall()]


def _copy(connection: duckdb.DuckDBPyConnection, table: str, target: sqlite3.Connection) -> int:
    """Insert the rows of one view; return how many."""
    connection.execute(f"from file_{table}")
    count = 0
    while rows := connection.fetchmany(_ROWS_AT_A_TIME):
        marks = ", ".join("?" * len(rows[0]))
        target.executemany(f"insert into {table} values ({marks})", rows)  # noqa: S608 - our tables
        count += len(rows)
    return count
