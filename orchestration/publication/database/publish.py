"""Builds the published DuckDB beside the one in use and swaps it in with one rename.

This is the only module that writes ``statistics.duckdb``; it only reads the working warehouse.
Add here what every mart must bring into the published file. The caller audits first and holds
the publication lock throughout; the bulletin comes afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory, literal, quoted
from orchestration.modelling.stamp import stamped
from orchestration.publication.database.former_columns import names_by_todays
from orchestration.publication.database.proof import differing_marts
from orchestration.publication.database.reading import MARTS, PUBLICATION_TABLE, isolate, marts_of
from orchestration.publication.database.released_cache import VINTAGE_COLUMN
from orchestration.publication.database.released_rows import (
    ReleaseSet,
    load_release_set,
    shown_query,
)
from orchestration.publication.database.vintage_tables import write_release_tables, write_releases
from orchestration.reference.deadlines import suzhou_now
from orchestration.reference.months import Month
from orchestration.settings import PUBLIC_FILE, PUBLIC_FOLDER, Settings, program_version
from orchestration.store.files import replacing, spill_folder
from orchestration.store.ledger import Ledger
from orchestration.store.public_files import record_written

#: The oldest DuckDB that opens the file; without it only the newest can.
STORAGE_VERSION = "v1.2.0"
KEPT_VERSIONS = 3
#: Where they are kept, beside the published file.
VERSIONS = ".versions"
#: Leading sort columns where a mart has them: the order in which people read it.
_READING_ORDER = ("month", "sort_order")


class PublicationError(RuntimeError):
    """The marts are not fit to publish: our own fault, never a district's."""


@dataclass(frozen=True)
class Published:
    """What was published: the file, the time, the run's month, and the row count of each table."""

    path: Path
    built_at: datetime
    month: Month
    code_version: str
    row_counts: dict[str, int]


def publish_statistics(settings: Settings, *, built_at: datetime | None = None) -> Published:
    """Publish schema ``marts`` of the warehouse, and what is released, as ``settings.statistics``.

    ``built_at`` (local time in Suzhou, by default now) is stored in ``marts.publication``. The
    caller holds the publication lock, so any temporary file was left by a dead process. After a
    failure the file in use is unchanged. Raises PublicationError if there is no warehouse, no
    mart, a mart that is a view, or models that have not passed their tests; StoredFileDamageError
    for a damaged release; and passes on duckdb.Error and OSError.
    """
    releases = load_release_set(settings, Ledger(settings.ledger))
    with replacing_statistics(settings, releases, built_at) as published:
        return replace(published, path=settings.statistics)


@contextmanager
def replacing_statistics(
    settings: Settings, releases: ReleaseSet, built_at: datetime | None = None
) -> Iterator[Published]:
    """Build the file for ``releases`` beside the one in use; swap it in when the block ends.

    Inside the block ``path`` is the new file, which nobody else sees yet. If the block raises,
    the file in use is unchanged. Otherwise like ``publish_statistics``.
    """
    _sweep(settings.published)
    try:
        with replacing(settings.statistics) as temporary:
            built = build_statistics(
                settings.warehouse, temporary, releases, built_at or suzhou_now()
            )
            require_tested(settings.warehouse)
            yield built
            if _wal_of(temporary).exists():
                raise PublicationError(f"{temporary.name} was not checkpointed: its .wal is left")
            temporary.chmod(PUBLIC_FILE)
            record_written(settings, temporary, settings.statistics)
            _keep_version(settings.statistics)
            # Left by somebody who opened the published file for writing; it would make the
            # new file unopenable.
            _wal_of(settings.statistics).unlink(missing_ok=True)
    finally:
        _sweep(settings.published)


def build_statistics(
    warehouse: Path, target: Path, releases: ReleaseSet, built_at: datetime
) -> Published:
    """Write ``target``: the run's marts, in which released months replace those of the run.

    Whether the marts passed their tests is not asked: a release that is only made again to be
    compared was tested when it was made, perhaps before there were stamps.
    """
    with _attached(warehouse, releases.rows, target) as connection:
        tables = marts_of(connection, "warehouse")
        _refuse_unfit(connection, tables)
        released = marts_of(connection, "released") if releases.rows else {}
        connection.execute(f"create schema publication.{MARTS}")
        write_releases(connection, releases.release_states)
        counts = {
            table: _copy(connection, table, tables.get(table, {}), released.get(table, {}))
            for table in sorted(tables.keys() | released.keys())
        }
        _carry_comments(connection)
        month, code_version = _month_of_run(connection), program_version()
        _describe(connection, built_at, month, code_version, releases.audit_hash)
        write_release_tables(connection, released)
        wrong = differing_marts(connection, tables, released, releases)
        if wrong:
            raise PublicationError(
                f"发布库与留存的行不符 the new file differs from the rows it was made of: "
                f"{'; '.join(wrong)}. Nothing was published; run the month again, with --again"
            )
        connection.execute("checkpoint publication")
    return Published(target, built_at, month, code_version, counts)


@contextmanager
def _attached(
    warehouse: Path, released: Path | None, target: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Attach warehouse and releases read-only, ``target`` for writing; detach them at the end."""
    if not warehouse.is_file():
        raise PublicationError(f"nothing to publish: no warehouse at {warehouse}")
    with in_memory(spill_folder(target.parent)) as connection:
        connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
        if released:
            connection.execute(f"attach {literal(released)} as released (read_only)")
        connection.execute(
            f"attach {literal(target)} as publication (storage_version {literal(STORAGE_VERSION)})"
        )
        isolate(connection)
        yield connection
        connection.execute("detach publication")
        connection.execute("detach warehouse")
        if released:
            connection.execute("detach released")


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


def require_tested(warehouse: Path) -> None:
    """Raise PublicationError unless the last build, whatever its month, passed all its tests."""
    if not warehouse.is_file():
        raise PublicationError(f"nothing to publish: no warehouse at {warehouse}")
    with in_memory() as connection:
        connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
        month = _month_of_run(connection)
        if stamped(connection, "warehouse", month) is None:
            raise PublicationError(
                f"上次统计（{month}）没有通过全部检验。The models of {month}, built last, have not"
                f" passed all their tests: run `fangan month {month} --again`, or another month"
            )


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    of_warehouse: Mapping[str, str],
    of_released: Mapping[str, str],
) -> int:
    """Copy one mart in a total order and return its number of rows."""
    released = (column for column in of_released if column != VINTAGE_COLUMN)
    columns = list(names_by_todays(table, [*of_warehouse, *released]))
    leading = [column for column in _READING_ORDER if column in columns]
    order = leading + [column for column in columns if column not in leading]
    created = connection.execute(
        f"create table publication.{MARTS}.{quoted(table)} as "
        f"from ({shown_query(table, of_warehouse, of_released)}) "
        f"order by {', '.join(quoted(column) for column in order)}"
    ).fetchone()
    assert created is not None  # create table as returns its row count
    return int(created[0])


def _carry_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Copy dbt's descriptions of the marts and their columns as comments."""
    described = connection.execute(
        "select d.table_name, d.column_name, d.description "
        "from warehouse.run.description as d semi join duckdb_columns() as c "
        "on c.database_name = 'publication' and c.schema_name = ? "
        "and c.table_name = d.table_name "
        "and c.column_name = coalesce(d.column_name, c.column_name) order by all",
        [MARTS],
    ).fetchall()
    # each comment is a change of the catalogue: in one transaction they cost half
    connection.execute("begin")
    for table, column, text in described:
        name = f"publication.{MARTS}.{quoted(table)}"
        on = f"column {name}.{quoted(column)}" if column else f"table {name}"
        _comment(connection, on, text)
    connection.execute("commit")


def _comment(connection: duckdb.DuckDBPyConnection, on: str, text: str) -> None:
    connection.execute(f"comment on {on} is {literal(text)}")


def _month_of_run(connection: duckdb.DuckDBPyConnection) -> Month:
    row = connection.execute("select month from warehouse.run.month").fetchone()
    if row is None:
        raise PublicationError("run.month is empty: the warehouse belongs to no run")
    return Month.of(row[0])


def _describe(
    connection: duckdb.DuckDBPyConnection,
    built_at: datetime,
    month: Month,
    code_version: str,
    audit_hash: str,
) -> None:
    """Write the one-row table that records when and from what the file was built."""
    name = f"publication.{MARTS}.{PUBLICATION_TABLE}"
    connection.execute(
        f"create table {name} as from (values (?::timestamp, ?::date, ?::varchar, ?::varchar)) "
        "as publication (built_at, month, code_version, audit_hash)",
        [built_at, month.first_day, code_version, audit_hash],
    )
    _comment(connection, f"table {name}", "发布记录。One row: how this file was published.")
    for column, text in {
        "built_at": "发布时间（北京时间）。When the file was built, Asia/Shanghai.",
        "month": "最近一次运行的月份。First day of the month whose run published the file.",
        "code_version": "程序版本。Version of the platform that built the file.",
        "audit_hash": "审计日志校验值。What the audit log ended in: fangan audit verify.",
    }.items():
        _comment(connection, f"column {name}.{column}", text)


def note_audit_head(path: Path, audit_hash: str) -> None:
    """Record the audit log's current last hash in a file that is about to be swapped in."""
    with in_memory() as connection:
        connection.execute(
            f"attach {literal(path)} as publication (storage_version {literal(STORAGE_VERSION)})"
        )
        name = f"publication.{MARTS}.{PUBLICATION_TABLE}"
        connection.execute(f"update {name} set audit_hash = ?", [audit_hash])  # noqa: S608 - our table
        connection.execute("checkpoint publication")
        connection.execute("detach publication")


def _keep_version(statistics: Path) -> None:
    """Keep the file in use under ``.versions`` for rollback; delete all but the last few."""
    if not statistics.exists():
        return
    folder = statistics.parent / VERSIONS
    folder.mkdir(exist_ok=True)
    folder.chmod(PUBLIC_FOLDER)
    version = folder / f"statistics.{statistics.stat().st_mtime_ns:020d}.duckdb"
    # Already there after a run that died between this step and the rename.
    if not version.exists():
        version.hardlink_to(statistics)
    for superseded in sorted(folder.glob("statistics.*.duckdb"))[:-KEPT_VERSIONS]:
        superseded.unlink()


def _sweep(published: Path) -> None:
    """Remove half-built files that failed or killed runs left behind."""
    for stale in published.glob(".statistics.*.tmp*"):
        stale.unlink()


def _wal_of(database: Path) -> Path:
    return database.with_name(database.name + ".wal")
