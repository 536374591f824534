"""Rules across deliveries and months, asked as SQL on DuckDB.

A query reads the views ``<kind>`` and ``previous_<kind>`` (accepted rows, text) and the one-row
view ``context`` (month, next_month), and returns one row a checked record:
``row_number``, ``field``, ``record_key`` and the boolean ``is_failing``. Add a query as
``sql/<rule id>.sql``; checks within one delivery belong to ``checks``.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from expectations.rulebook import SQL_DIR, Rule

#: SQL to run once on a connection before any rule: what several queries share.
SHARED_MACROS = SQL_DIR / "macros.sql"
_COLUMNS = ["row_number", "field", "record_key", "is_failing"]


@dataclass(frozen=True)
class CrossFailure:
    """A record that fails a rule across deliveries; the row is None if it lies elsewhere."""

    row_number: int | None
    field: str
    record_key: str


def ask(connection: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[int, list[CrossFailure]]:
    """Run the query of an SQL rule; return how many records it checked and which fail.

    Raises duckdb.Error if the query cannot run, ValueError if it returns other columns.
    """
    cursor = connection.execute(rule.sql_path.read_text(encoding="utf-8"))
    names = [column[0] for column in cursor.description or []]
    if names != _COLUMNS:
        raise ValueError(f"{rule.sql_path.name} returns {names}, not {_COLUMNS}")
    rows = cursor.fetchall()
    failures = [CrossFailure(row[0], row[1], row[2]) for row in rows if row[3]]
    return len(rows), failures
