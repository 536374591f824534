"""What each mart and column means, carried from dbt's manifest into the working DuckDB.

dbt could comment every table itself, one statement a column and run; the warehouse is read by
nobody, so the words go there as one table, and the published file gets them as comments.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

#: One row a mart (``column_name`` null) or column; text as dbt rendered it.
_SHAPE = pa.schema(
    [("table_name", pa.string()), ("column_name", pa.string()), ("description", pa.string())]
)


def write_descriptions(connection: duckdb.DuckDBPyConnection, nodes: list[dict[str, Any]]) -> None:
    """Replace the descriptions in the working DuckDB by those of dbt's manifest."""
    rows = pa.Table.from_pylist(_descriptions(nodes), _SHAPE)
    connection.register("described", rows)
    connection.execute("create or replace table run.description as from described")
    connection.unregister("described")


def _descriptions(nodes: list[dict[str, Any]]) -> list[dict[str, str | None]]:
    marts = [n for n in nodes if n["resource_type"] == "model" and n["fqn"][1] == "marts"]
    described = [
        (mart["name"], column, text)
        for mart in marts
        for column, text in [
            (None, mart["description"]),
            *((c["name"], c["description"]) for c in mart["columns"].values()),
        ]
    ]
    return [dict(zip(_SHAPE.names, row, strict=True)) for row in described]
