"""Row counts and first rows of the built tables, for the Dagster page of each asset.

A staging view shows its count alone: its rows may hold what a district wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.reference.months import Month
from orchestration.settings import Settings

_COUNTED_ONLY = "staging"
_ROWS = 11
_COLUMNS = 14


@dataclass(frozen=True)
class Preview:
    """How many rows a table has (of the month, if it has months) and its first rows, if shown."""

    row_count: int
    markdown: str | None


def table_previews(settings: Settings, month: Month) -> dict[str, Preview]:
    """Return a preview of everything dbt builds in the working DuckDB, by schema__table."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name,"
            " bool_or(column_name = 'month' and data_type = 'DATE') from duckdb_columns()"
            " where schema_name in ('seeds', 'staging', 'intermediate', 'marts')"
            " and not internal group by all order by all"
        ).fetchall()
        return {
            f"{schema}__{name}": _preview(connection, schema, name, month if has_month else None)
            for schema, name, has_month in tables
        }


def _preview(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, month: Month | None
) -> Preview:
    relation = f'from "{schema}"."{table}"' + (" where month = ?" if month else "")
    values = [month.first_day] if month else []
    count = connection.execute(f"select count(*) {relation}", values).fetchall()[0][0]
    if schema == _COUNTED_ONLY:
        return Preview(count, None)
    cursor = connection.execute(f"select * {relation} order by all limit {_ROWS}", values)
    names = [column[0] for column in cursor.description or []][:_COLUMNS]
    rows = [row[:_COLUMNS] for row in cursor.fetchall()]
    return Preview(count, markdown_table(names, rows))


def markdown_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table in which every cell is plain text."""
    rule = "| " + " | ".join("---" for _ in names) + " |"
    return "\n".join([_line(names), rule, *(_line(row) for row in rows)])


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(cell: object) -> str:
    """Markdown is rendered in the page: a file name must not become a link or an image."""
    text = "" if cell is None else str(cell)
    return "".join("\\" + sign if sign in r"\|[]()<>!*_`" else sign for sign in text)
