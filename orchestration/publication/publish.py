"""Building the published DuckDB beside the one in use and swapping it in with one rename.

The only module that writes ``statistics.duckdb``; it reads the working warehouse and never
writes it. Add here what every mart must carry into the published file. Auditing comes before,
in the caller, who also holds the publication lock for the whole call; the bulletin comes after.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from orchestration.months import TIMEZONE, Month
from orchestration.publication.statistics import (
    MARTS,
    PUBLICATION_TABLE,
    isolate,
    literal,
    marts_of,
    quoted,
)
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.store.files import replacing

#: The oldest DuckDB that opens the file; without it only the newest can.
STORAGE_VERSION = "v1.2.0"
KEPT_VERSIONS = 3
#: Leading sort columns where a mart has them: the order in which people read it.
_READING_ORDER = ("month", "sort_order")
#: A reader who opened it for writing would lock out all others.
_READ_ONLY_FOR_ALL = 0o444


class PublicationError(RuntimeError):
    """The marts are not fit to publish: our own fault, never a district's."""


@dataclass(frozen=True)
class Published:
    """What was published: the file, when and for which run's month, and rows per table."""

    path: Path
    built_at: datetime
    month: Month
    code_version: str
    row_counts: dict[str, int]


def publish_statistics(settings: Settings, *, built_at: datetime | None = None) -> Published:
    """Publish schema ``marts`` of the warehouse as ``settings.statistics``.

    ``built_at`` (Suzhou's clock, default now) is stored in ``marts.publication``. The caller
    holds the publication lock, so every temporary file found is a dead process's. On any
    failure the file in use stays as it was. Raises PublicationError if there is no warehouse,
    no mart, or a mart that is a view; duckdb.Error and OSError from below.
    """
    _sweep(settings.published)
    try:
        with replacing(settings.statistics) as temporary:
            published = _build(settings, temporary, built_at or _now())
            if _wal_of(temporary).exists():
                raise PublicationError(f"{temporary.name} was not checkpointed: its .wal is left")
            temporary.chmod(_READ_ONLY_FOR_ALL)
            _keep_version(settings.statistics)
            # Left by somebody who opened the published file for writing; it would make the
            # new file unopenable.
            _wal_of(settings.statistics).unlink(missing_ok=True)
    finally:
        _sweep(settings.published)
    return published


def _build(settings: Settings, target: Path, built_at: datetime) -> Published:
    with _attached(settings.warehouse, target) as connection:
        tables = marts_of(connection, "warehouse")
        _refuse_unfit(connection, tables)
        connection.execute(f"create schema publication.{MARTS}")
        counts = {table: _copy(connection, table, list(tables[table])) for table in tables}
        _carry_comments(connection)
        month, code_version = _month_of_run(connection), _code_version()
        _describe(connection, built_at, month, code_version)
        connection.execute("checkpoint publication")
    return Published(settings.statistics, built_at, month, code_version, counts)


@contextmanager
def _attached(warehouse: Path, target: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Attach the warehouse to read and ``target`` to write, and detach both at the end."""
    if not warehouse.is_file():
        raise PublicationError(f"nothing to publish: no warehouse at {warehouse}")
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach {literal(str(warehouse))} as warehouse (read_only)")
        connection.execute(
            f"attach {literal(str(target))} as publication "
            f"(storage_version {literal(STORAGE_VERSION)})"
        )
        isolate(connection)
        yield connection
        connection.execute("detach publication")
        connection.execute("detach warehouse")


def _refuse_unfit(connection: duckdb.DuckDBPyConnection, tables: dict[str, dict[str, str]]) -> None:
    if not tables:
        raise PublicationError(f"nothing to publish: the warehouse has no tables in {MARTS}")
    views = connection.execute(
        "select view_name from duckdb_views() "
        "where database_name = 'warehouse' and schema_name = ? order by view_name",
        [MARTS],
    ).fetchall()
    if views:
        names = ", ".join(name for (name,) in views)
        raise PublicationError(f"{names}: a view cannot be published, materialize it as a table")


def _copy(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> int:
    """Copy one mart in a total order and return its number of rows."""
    leading = [column for column in _READING_ORDER if column in columns]
    order = leading + [column for column in columns if column not in leading]
    name = f"{MARTS}.{quoted(table)}"
    created = connection.execute(
        f"create table publication.{name} as from warehouse.{name} "
        f"order by {', '.join(quoted(column) for column in order)}"
    ).fetchone()
    assert created is not None  # create table as returns its row count
    return int(created[0])


def _carry_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the copies the comments of the marts' tables and columns."""
    of_tables = connection.execute(
        "select table_name, comment from duckdb_tables() "
        "where database_name = 'warehouse' and schema_name = ? and comment is not null",
        [MARTS],
    ).fetchall()
    of_columns = connection.execute(
        "select table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'warehouse' and schema_name = ? and comment is not null",
        [MARTS],
    ).fetchall()
    for table, comment in of_tables:
        _comment(connection, f"table publication.{MARTS}.{quoted(table)}", comment)
    for table, column, comment in of_columns:
        _comment(
            connection,
            f"column publication.{MARTS}.{quoted(table)}.{quoted(column)}",
            comment,
        )


def _comment(connection: duckdb.DuckDBPyConnection, on: str, text: str) -> None:
    connection.execute(f"comment on {on} is {literal(text)}")


def _month_of_run(connection: duckdb.DuckDBPyConnection) -> Month:
    row = connection.execute("select month from warehouse.run.month").fetchone()
    if row is None:
        raise PublicationError("run.month is empty: the warehouse belongs to no run")
    return Month.of(row[0])


def _describe(
    connection: duckdb.DuckDBPyConnection, built_at: datetime, month: Month, code_version: str
) -> None:
    """Write the one-row table that says when and from what the file was built."""
    name = f"publication.{MARTS}.{PUBLICATION_TABLE}"
    connection.execute(
        f"create table {name} as from (values (?::timestamp, ?::date, ?::varchar)) "
        "as publication (built_at, month, code_version)",
        [built_at, month.first_day, code_version],
    )
    _comment(connection, f"table {name}", "发布记录。One row: how this file was published.")
    for column, text in {
        "built_at": "发布时间（北京时间）。When the file was built, Asia/Shanghai.",
        "month": "最近一次运行的月份。First day of the month whose run published the file.",
        "code_version": "程序版本。Version of the platform that built the file.",
    }.items():
        _comment(connection, f"column {name}.{column}", text)


def _keep_version(statistics: Path) -> None:
    """Keep the file in use under ``.versions`` for rollback, and only the last few."""
    if not statistics.exists():
        return
    folder = statistics.parent / ".versions"
    folder.mkdir(exist_ok=True)
    version = folder / f"statistics.{statistics.stat().st_mtime_ns:020d}.duckdb"
    # Already there after a run that died between this step and the rename.
    if not version.exists():
        version.hardlink_to(statistics)
    for superseded in sorted(folder.glob("statistics.*.duckdb"))[:-KEPT_VERSIONS]:
        superseded.unlink()


def _sweep(published: Path) -> None:
    """Remove what publishers that died, or failed, left half-built."""
    for stale in published.glob(".statistics.*.tmp*"):
        stale.unlink()


def _wal_of(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _now() -> datetime:
    """Suzhou's clock without a zone: reading a zoned timestamp takes an extension."""
    return datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None, microsecond=0)


def _code_version() -> str:
    """Return the version in ``pyproject.toml``, which is there whether installed or not."""
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])
