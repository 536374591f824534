"""The stamp of a month in the working DuckDB: what its models were built from, all tests passed.

It travels with the file. A build takes its month's stamp away before anything else and sets it
again at its very end, so that a killed or failed run, a build of a few models and a ``dbt build``
by hand leave none. Add here what must be known of a build; whether a month may be published is
said in ``audit``, what a month is made of in ``up_to_date``.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory, literal, quoted
from orchestration.modelling.shape import columns_by_table
from orchestration.reference.deadlines import suzhou_now
from orchestration.reference.months import Month
from orchestration.settings import Settings

_MARTS = "marts"
#: A month whose rows were taken back from the published file has no fingerprints.
_TABLES = {
    "run.stamp": (
        "month date, inputs varchar, code_version varchar, passed_at timestamp,"
        " is_audited boolean, is_published boolean"
    ),
    "run.begun": "month date, inputs varchar, code_version varchar",
}


@dataclass(frozen=True)
class Stamp:
    """Fingerprints of the inputs and the code that a month was built from, and when it passed.

    Both are None for rows that came back from the published file. ``is_audited`` says whether the
    month may be published, ``is_published`` whether the published file holds what was built.
    """

    inputs: str | None
    code_version: str | None
    passed_at: datetime
    is_audited: bool
    is_published: bool


def begin_build(
    connection: duckdb.DuckDBPyConnection, month: Month, inputs: str, code_version: str
) -> None:
    """Take the month's stamp away, and note what the build that begins is made from.

    ``connection`` is to the working DuckDB.
    """
    connection.execute("create schema if not exists run")
    for table, columns in _TABLES.items():
        connection.execute(f"create table if not exists {table} ({columns})")
    connection.execute("delete from run.stamp where month = ?", [month.first_day])
    connection.execute("delete from run.begun")
    connection.execute(
        "insert into run.begun values (?, ?, ?)", [month.first_day, inputs, code_version]
    )


def set_stamp(settings: Settings) -> None:
    """Record that all models of the build's month are made and all tests passed."""
    with closing(duckdb.connect(str(settings.warehouse))) as connection:
        connection.execute(
            "insert into run.stamp select month, inputs, code_version, ?, false, false"
            " from run.begun",
            [suzhou_now()],
        )


def mark_audited(settings: Settings, month: Month) -> None:
    """Record that nothing speaks against publishing what was built of the month."""
    with closing(duckdb.connect(str(settings.warehouse))) as connection:
        connection.execute(
            "update run.stamp set is_audited = true where month = ?", [month.first_day]
        )


def mark_published(settings: Settings) -> None:
    """Record that the published file holds what the warehouse holds."""
    with closing(duckdb.connect(str(settings.warehouse))) as connection:
        connection.execute("update run.stamp set is_published = true where is_audited")


def read_stamp(settings: Settings, month: Month) -> Stamp | None:
    """Return the month's stamp, or None: it was not built, or not all tests passed since."""
    if not settings.warehouse.is_file():
        return None
    with in_memory() as connection:
        connection.execute(f"attach {literal(settings.warehouse)} as warehouse (read_only)")
        found = stamped(connection, "warehouse", month)
        connection.execute("detach warehouse")
    return found


def stamped(connection: duckdb.DuckDBPyConnection, database: str, month: Month) -> Stamp | None:
    """Return the month's stamp in an attached database, or None."""
    known = connection.execute(
        "select 1 from duckdb_tables() where database_name = ? and schema_name = 'run'"
        " and table_name = 'stamp'",
        [database],
    ).fetchall()
    rows = (
        known
        and connection.execute(
            f"select * exclude (month) from {quoted(database)}.run.stamp where month = ?",  # noqa: S608 - our name, quoted
            [month.first_day],
        ).fetchall()
    )
    return Stamp(*rows[0]) if rows else None


def take_back(connection: duckdb.DuckDBPyConnection, published: Path, month: Month) -> None:
    """Replace the rows of other months that may not be published by those that are.

    A build compares its month with others, and the whole warehouse is published: rows that have
    not passed every test and the audit must be in neither. ``connection`` is to the working
    DuckDB, whose marts have the shape that the project asks for; ``published`` need not exist.
    """
    marts = {
        table: columns
        for (schema, table), columns in columns_by_table(connection).items()
        if schema == _MARTS and columns.get("month") == "DATE"
    }
    untested = _unfit_months(connection, list(marts), month)
    if not untested:
        return
    listed = ", ".join(literal(day) for day in untested)
    if published.is_file():
        connection.execute(f"attach {literal(published)} as published (read_only)")
    try:
        connection.execute("begin")
        connection.execute(f"delete from run.stamp where month in ({listed})")  # noqa: S608 - our dates
        for table, columns in marts.items():
            name = f"{_MARTS}.{quoted(table)}"
            connection.execute(f"delete from {name} where month in ({listed})")  # noqa: S608 - our names, quoted
            if published.is_file():
                _insert_published(connection, table, list(columns), listed)
        if published.is_file():
            connection.execute(
                "insert into run.stamp select distinct month, null, null, ?, true, true"  # noqa: S608 - our names
                f" from published.{_MARTS}.rpt_district_monthly where month in ({listed})",
                [suzhou_now()],
            )
        connection.execute("commit")
    finally:
        if published.is_file():
            connection.execute("detach published")


def _unfit_months(
    connection: duckdb.DuckDBPyConnection, marts: list[str], month: Month
) -> list[date]:
    """Return the first days of the other months that have rows in a mart and were not audited."""
    if not marts:
        return []
    united = " union ".join(f"select month from {_MARTS}.{quoted(table)}" for table in marts)  # noqa: S608 - our names, quoted
    rows = connection.execute(
        f"select month from ({united}) where month <> ?"  # noqa: S608 - our names, quoted
        " and month not in (select month from run.stamp where is_audited) order by month",
        [month.first_day],
    ).fetchall()
    return [day for (day,) in rows]


def _insert_published(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], listed: str
) -> None:
    """Insert a mart's published rows; a released month's come back as those of an open one."""
    known = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where database_name = 'published'"
            " and schema_name = ? and table_name = ?",
            [_MARTS, table],
        ).fetchall()
    }
    if not known:
        return
    labels = {"vintage": "0", "status": "'provisional'"} if "vintage" in columns else {}
    shared = [name for name in columns if name in known]
    values = ", ".join(labels.get(name, quoted(name)) for name in shared)
    connection.execute(
        f"insert into {_MARTS}.{quoted(table)} ({', '.join(map(quoted, shared))})"  # noqa: S608 - our names, quoted
        f" select {values} from published.{_MARTS}.{quoted(table)} where month in ({listed})"
    )
