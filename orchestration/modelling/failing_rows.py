"""The rows in which a dbt test fails, for the page of its check.

Personal columns end before staging. Rows of staging and of sources may still hold what a district
wrote, so of these only what the contracts call public is shown, and numbers and dates; rows of
later layers are shown as in ``previews``. Whatever is shown passes the mask of personal numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from orchestration.ingest.reader.privacy import mask
from orchestration.modelling.previews import markdown_table
from orchestration.reference.contracts import load_contracts

_ROWS = 20
_COLUMNS = 14
_HIDDEN = "（文字，不显示）"
#: What dbt's generic tests call the column that they ask about.
_TESTED_COLUMN = {"value_field", "unique_field", "from_field"}
#: Text of ours in staging that no contract names.
_OURS = {"district_id", "delivery_id", "kind"}


def failing_rows(
    connection: duckdb.DuckDBPyConnection, test: Mapping[str, Any], sql: str
) -> str | None:
    """Return the first rows of a test's query as a Markdown table; None if it cannot be run.

    ``test`` is the test's node in dbt's manifest, ``sql`` its query as dbt ran it.
    """
    try:
        cursor = connection.execute(f"from ({sql}) limit {_ROWS}")
    except duckdb.Error:
        return None
    described = (cursor.description or [])[:_COLUMNS]
    shown = [_shown_as(name, str(kind), test) for name, kind, *_ in described]
    return markdown_table(
        [name for name, *_ in described],
        [
            [show(cell) for show, cell in zip(shown, row[:_COLUMNS], strict=True)]
            for row in cursor.fetchall()
        ],
    )


def _shown_as(column: str, kind: str, test: Mapping[str, Any]) -> Callable[[object], object]:
    """Return how a cell of a column is shown."""
    if kind not in ("VARCHAR", "STRING"):
        return lambda cell: cell
    name = test.get("column_name") if column in _TESTED_COLUMN else column
    if _reads_deliveries(test) and name not in _public_columns():
        return lambda cell: None if cell is None else _HIDDEN
    return lambda cell: None if cell is None else mask(str(cell))


def _reads_deliveries(test: Mapping[str, Any]) -> bool:
    parents = test["depends_on"]["nodes"]
    return any(p.startswith("source.") or p.split(".")[2].startswith("stg_") for p in parents)


def _public_columns() -> set[str]:
    """Return the fields that every contract with a field of that name calls public."""
    columns = [c for contract in load_contracts().values() for c in contract.columns]
    hidden = {column.name for column in columns if not column.is_public}
    return {column.name for column in columns} - hidden | _OURS
