"""What a run gives Spark: views over the accepted Parquet, and the months its catalog lacks.

The working DuckDB has been given its inputs before (``run_inputs``) and is the truth about other
months: Spark's copy of a month is good as long as the month's stamp is the one it was made under.
Written as one Parquet file of statements, which dbt runs before its first node
(``dbt_project/macros/spark/run_inputs.sql``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.formats.sql import literal, quoted
from orchestration.modelling.spark.installation import spark_folder
from orchestration.settings import PRIVATE_FOLDER, Settings

#: A view's files and their columns with DuckDB's types.
Files = tuple[list[Path], Mapping[str, str]]
#: The place among the statements where the macro makes the marts that are not there yet.
_MAKE_MARTS = "monthly marts"
_SPARK_TYPES = {"varchar": "string", "integer": "int"}
_SCHEMAS = ("run", "exports", "before", "matching", "marts")
#: What no model reads.
_NOT_READ = {"stamp", "begun", "loaded_seeds", "description"}


def write_statements(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    views: Mapping[str, Files],
    marts: list[dict[str, Any]],
    project: str,
) -> Path:
    """Write what dbt runs first, and return the file.

    ``views`` are those over files, by name; every other table of a run is small and is copied.
    ``marts`` are the monthly marts' nodes in dbt's manifest, ``project`` its fingerprint: another
    one may have given them other columns, so that all months are loaded anew.
    """
    folder = spark_folder(settings) / "inputs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=PRIVATE_FOLDER)
    statements = [
        *(f"create schema if not exists {schema}" for schema in _SCHEMAS),
        *_run_views(connection, folder, views),
        *_month_loads(settings, connection, folder, marts, project),
    ]
    path = folder / "statements.parquet"
    rows = pa.table({"position": list(range(len(statements))), "statement": statements})
    pq.write_table(rows, path)
    return path


def note_months(settings: Settings, connection: duckdb.DuckDBPyConnection, project: str) -> None:
    """Note that Spark holds every stamped month as the working DuckDB does."""
    folder = _notes(settings)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=PRIVATE_FOLDER)
    stamps = _stamps(connection, project)
    rows = pa.table(
        {
            "month": pa.array(list(stamps), pa.date32()),
            "stamp": pa.array(list(stamps.values()), pa.string()),
        }
    )
    pq.write_table(rows, folder / "months.parquet")


def _run_views(
    connection: duckdb.DuckDBPyConnection, folder: Path, views: Mapping[str, Files]
) -> Iterator[str]:
    tables = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_schema in ('run', 'exports', 'before', 'matching') order by all"
    ).fetchall()
    for (name,) in tables:
        if name.partition(".")[2] in _NOT_READ:
            continue
        if name in views:
            files, columns = views[name]
            place = _gathered(files, folder / name) if files else None
        else:
            place, columns = folder / f"{name}.parquet", _columns(connection, name)
            connection.execute(f"copy (from {name}) to {literal(place)} (format parquet)")
        yield f"create or replace view {name} as {_query(place, columns)}"


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    described = connection.execute(f"describe {name}").fetchall()
    return {column: str(kind).lower() for column, kind, *_ in described}


def _gathered(files: list[Path], folder: Path) -> Path:
    """Link files into a folder: Spark plans one scan of it, where a union would be one a file."""
    folder.mkdir(mode=PRIVATE_FOLDER)
    for number, file in enumerate(files):
        link = folder / f"{number}.parquet"
        try:
            link.hardlink_to(file)
        except OSError:  # another file system
            link.symlink_to(file)
    return folder


def _query(place: Path | None, columns: Mapping[str, str]) -> str:
    """Return a query over a file or folder in Spark's SQL, or of the same shape and no row."""
    if place is None:
        typed = ", ".join(
            f"cast(null as {_SPARK_TYPES.get(kind, kind)}) as `{name}`"
            for name, kind in columns.items()
        )
        return f"select {typed} where false"
    names = ", ".join(f"`{name}`" for name in columns)
    return f"select {names} from parquet.`{place}`"  # noqa: S608 - our paths


def _month_loads(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    marts: list[dict[str, Any]],
    project: str,
) -> Iterator[str]:
    """Yield what makes Spark's other months those of the working DuckDB."""
    wanted, held = _stamps(connection, project), _held(settings)
    if not any(stamp.startswith(f"{project} ") for stamp in held.values()):
        yield "drop schema if exists marts cascade"
        yield "create schema marts"
        held = {}
    yield _MAKE_MARTS
    stale = [month for month, stamp in held.items() if wanted.get(month) != stamp]
    missing = [month for month, stamp in wanted.items() if held.get(month) != stamp]
    for mart in marts:
        name = f"marts.{mart['alias']}"
        if stale:
            dropped = ", ".join(f"partition (month = date '{month}')" for month in stale)
            yield f"alter table {name} drop if exists {dropped}"
        if missing:
            yield from _load(connection, folder, name, list(mart["columns"]), missing)


def _load(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    columns: list[str],
    months: list[date],
) -> Iterator[str]:
    schema, _, table = name.partition(".")
    known = connection.execute(
        "select 1 from duckdb_tables() where schema_name = ? and table_name = ?"
        " and database_name = current_database()",
        [schema, table],
    ).fetchall()
    if not known:
        return
    file = folder / f"{name}.parquet"
    listed = ", ".join(map(literal, months))
    chosen = ", ".join(map(quoted, columns))
    rows = f"select {chosen} from {name} where month in ({listed})"  # noqa: S608 - our names
    [(count,)] = connection.execute(f"copy ({rows}) to {literal(file)} (format parquet)").fetchall()
    if not count:
        return
    # a partition's column stands last in Spark
    ordered = ", ".join(f"`{column}`" for column in columns if column != "month") + ", `month`"
    yield f"insert into {name} partition (month) select {ordered} from parquet.`{file}`"  # noqa: S608 - our names


def _stamps(connection: duckdb.DuckDBPyConnection, project: str) -> dict[date, str]:
    """Return under which stamp the working DuckDB holds each month."""
    rows = connection.execute("select month, passed_at from run.stamp order by month").fetchall()
    return {month: f"{project} {passed_at}" for month, passed_at in rows}


def _held(settings: Settings) -> dict[date, str]:
    """Return under which stamp Spark was given each month; empty after a build that failed."""
    files = sorted(_notes(settings).glob("*.parquet"))
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return {row["month"]: row["stamp"] for row in rows}


def _notes(settings: Settings) -> Path:
    """Return the folder that any build on Spark empties (``take_stamp_away.sql``)."""
    return spark_folder(settings) / "months"
