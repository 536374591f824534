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


class TablePreviews:
    """Previews of what dbt has built of a month, read while it builds on.

    Holds the working DuckDB open in this process, as dbt does: for other processes it is locked.
    """

    def __init__(self, settings: Settings, month: Month) -> None:
        self.connection = duckdb.connect(str(settings.warehouse))
        self._month = month

    def __enter__(self) -> TablePreviews:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def has(self, schema: str, table: str) -> bool:
        """Whether the table is in the working DuckDB; a view that was built on Spark is not."""
        return bool(
            self.connection.execute(
                "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
                [schema, table],
            ).fetchall()
        )

    def of(self, schema: str, table: str) -> Preview:
        """Return the preview of a table that exists."""
        relation = f'from "{schema}"."{table}"'
        described = self.connection.execute(f"{relation} limit 0").description or []
        has_month = ("month", "DATE") in [(name, str(kind)) for name, kind, *_ in described]
        relation += " where month = ?" if has_month else ""
        values = [self._month.first_day] if has_month else []
        counted = self.connection.execute(f"select count(*) {relation}", values)
        count = counted.fetchall()[0][0]
        if schema == _COUNTED_ONLY:
            return Preview(count, None)
        names = [name for name, *_ in described][:_COLUMNS]
        first = self.connection.execute(
            f"select * {relation} order by all limit {_ROWS}", values
        ).fetchall()
        return Preview(count, markdown_table(names, [row[:_COLUMNS] for row in first]))


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
