"""Opens the published DuckDB without ever blocking a writer, and computes its logical hash.

Add here what every reader of ``statistics.duckdb`` needs. Building and replacing the file belongs
in ``publish``, what the bulletin reads from it in ``bulletin``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory, literal, quoted
from orchestration.publication.database.former_columns import FORMER_NAMES
from orchestration.reference.months import Month

#: The one schema of the published file; every table in it is public.
MARTS = "marts"
#: Describes the publication, not the city, so it is left out of the logical hash.
PUBLICATION_TABLE = "publication"
_ROWS_AT_A_TIME = 10_000


@contextmanager
def open_statistics(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB file read-only as the current database of a fresh connection.

    The file is attached to an empty in-memory database: ``duckdb.connect`` would hand a process
    that still holds a replaced file the old content again. Raises FileNotFoundError when there
    is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no published statistics at {path}; run `fangan month` first")
    with in_memory() as connection:
        connection.execute(f"attach {literal(path)} as statistics (read_only)")
        connection.execute("use statistics")
        isolate(connection)
        yield connection


def isolate(connection: duckdb.DuckDBPyConnection) -> None:
    """Restrict a connection to what is attached: no other files, no Python variables."""
    connection.execute("set enable_external_access = false")
    connection.execute("set python_enable_replacements = false")


def is_monthly(columns: Mapping[str, str]) -> bool:
    """Whether a mart has rows per month and is therefore part of releases."""
    return columns.get("month") == "DATE"


def marts_of(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """Return the column types of each table in ``database``'s marts: {table: {column: type}}."""
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = ? order by table_name, column_index",
        [database, MARTS],
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        tables.setdefault(table, {})[column] = data_type
    return tables


def columns_of(
    connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]
) -> list[str]:
    """Return SQL for a mart's columns in the current database, in the order of ``names``.

    A column that the mart lacks is null, unless it exists under its former name: the file, or its
    rows, were made before the column existed.
    """
    known = {
        row[0]
        for row in connection.execute(
            "select column_name from duckdb_columns() where database_name = current_database()"
            " and schema_name = ? and table_name = ?",
            [MARTS, table],
        ).fetchall()
    }
    former = {today: old for old, today in FORMER_NAMES.get(table, {}).items() if old in known}
    former = {today: old for today, old in former.items() if today not in known}
    known |= former.keys()
    return [
        f"rows.{former.get(name, name)}" if name in known else "cast(null as varchar)"
        for name in names
    ]


def logical_hash(
    path: Path, tables: Collection[str] | None = None, month: Month | None = None
) -> str:
    """Return a SHA-256 over the names, types and rows of all or some marts in a DuckDB file.

    With ``month``, monthly tables count with that month's rows only.

    It does not depend on row order, file layout or time of publication: two files made from the
    same inputs have the same hash.
    """
    digest = hashlib.sha256()
    with open_statistics(path) as connection:
        for table, columns in marts_of(connection, "statistics").items():
            if table == PUBLICATION_TABLE or (tables is not None and table not in tables):
                continue
            digest.update(_line([table, *columns.items()]))
            condition = (
                f"where month = {literal(month.first_day)} "
                if month and is_monthly(columns)
                else ""
            )
            connection.execute(
                f"from {MARTS}.{quoted(table)} select columns(*)::varchar {condition}order by all"
            )
            while rows := connection.fetchmany(_ROWS_AT_A_TIME):
                digest.update(b"".join(_line(row) for row in rows))
    return digest.hexdigest()


def _line(values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
