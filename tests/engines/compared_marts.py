"""Two working DuckDBs, table by table: rows that differ, and columns whose types do."""

from __future__ import annotations

from pathlib import Path

import duckdb


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in connection.execute(f"describe {table}").fetchall()]


def differences(left: Path, right: Path) -> tuple[dict[str, int], dict[str, object]]:
    """Return the number of rows of every mart, and what differs: rows both ways, or types."""
    rows: dict[str, int] = {}
    differing: dict[str, object] = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{left}' as a (read_only); attach '{right}' as b (read_only)")
        marts = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
            " and database_name = 'a' order by all"
        ).fetchall()
        for (mart,) in marts:
            a, b = f"a.marts.{mart}", f"b.marts.{mart}"
            rows[mart] = connection.execute(f"select count(*) from {a}").fetchall()[0][0]
            if _columns(connection, a) != _columns(connection, b):
                differing[mart] = (_columns(connection, a), _columns(connection, b))
                continue
            both = f"(from {a} except all from {b}) union all (from {b} except all from {a})"
            if found := connection.execute(f"select count(*) from ({both})").fetchall()[0][0]:
                differing[mart] = found
    return rows, differing
