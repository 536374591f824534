"""Two working DuckDBs, table by table: rows that differ, and columns whose types do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Compared:
    """A table's rows, those that only one side has, and both sides' columns if they differ."""

    table: str
    row_count: int
    differing_count: int
    types: tuple[object, ...] = ()

    @property
    def is_same(self) -> bool:
        return not self.differing_count and not self.types


def compared(left: Path, right: Path, schemas: tuple[str, ...] = ("marts",)) -> list[Compared]:
    """Compare every table of the schemas that one side has, rows both ways; sorted by name."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{left}' as a (read_only); attach '{right}' as b (read_only)")
        tables = connection.execute(
            "select distinct schema_name || '.' || table_name from duckdb_tables()"
            " where list_contains(?, schema_name) and database_name in ('a', 'b') order by all",
            [list(schemas)],
        ).fetchall()
        return [_compared(connection, table) for (table,) in tables]


def as_table(found: list[Compared]) -> str:
    """The comparison as a Markdown table: table, rows, rows that differ."""
    lines = [
        f"| `{one.table}` | {one.row_count:,} | {one.differing_count:,} |"
        f"{f' types: {one.types}' if one.types else ''}"
        for one in found
    ]
    return "\n".join(["| table | rows | rows that differ |", "|---|--:|--:|", *lines])


def _compared(connection: duckdb.DuckDBPyConnection, table: str) -> Compared:
    a, b = f"a.{table}", f"b.{table}"
    types = _columns(connection, a), _columns(connection, b)
    [(count,)] = connection.execute(f"select count(*) from {a}").fetchall()
    if types[0] != types[1]:
        return Compared(table, count, 0, types)
    both = f"(from {a} except all from {b}) union all (from {b} except all from {a})"
    [(differing,)] = connection.execute(f"select count(*) from ({both})").fetchall()
    return Compared(table, count, differing)


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in connection.execute(f"describe {table}").fetchall()]
