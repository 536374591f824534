"""Whether the working DuckDB's tables have the shape that the project asks for today.

A seed of another shape is dropped; it changed, so the run loads it again, whole. A mart
keeps months that this warehouse cannot make again: it is refused, with the way out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import duckdb

from orchestration.settings import SEEDS_DIR


class WarehouseShapeError(RuntimeError):
    """A mart has other columns than its contract; the message says which and what to do."""


def fit_warehouse(connection: duckdb.DuckDBPyConnection, nodes: list[dict[str, Any]]) -> None:
    """Drop seeds whose columns changed; raise WarehouseShapeError if a mart's did.

    ``nodes`` are those of dbt's manifest.
    """
    tables = columns_by_table(connection)
    for seed in _of_type(nodes, "seed"):
        with (SEEDS_DIR / f"{seed['name']}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        known = tables.get((seed["schema"], seed["name"]))
        if known is not None and list(known) != header:
            connection.execute(f'drop table "{seed["schema"]}"."{seed["name"]}"')
    differing = [
        f"marts.{mart['name']} ({'; '.join(differences)})"
        for mart in _of_type(nodes, "model")
        if mart["config"]["materialized"] == "incremental"
        and (known := tables.get((mart["schema"], mart["name"]))) is not None
        and (differences := list(_differences(connection, known, mart)))
    ]
    if differing:
        raise WarehouseShapeError(
            "the warehouse was built for another version of "
            + ", ".join(differing)
            + ": run `fangan rebuild`, which makes every month again from what was delivered"
        )


def _of_type(nodes: list[dict[str, Any]], resource_type: str) -> Iterator[dict[str, Any]]:
    return (node for node in nodes if node["resource_type"] == resource_type)


def columns_by_table(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], dict[str, str]]:
    """Return the types of each table's columns in the current database, by schema and table."""
    tables: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, data_type in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and not internal "
        "order by schema_name, table_name, column_index"
    ).fetchall():
        tables.setdefault((schema, table), {})[column] = data_type
    return tables


def _differences(
    connection: duckdb.DuckDBPyConnection, known: dict[str, str], mart: dict[str, Any]
) -> Iterator[str]:
    wanted = {name: column["data_type"] for name, column in mart["columns"].items()}
    yield from (f"new column {name}" for name in wanted.keys() - known.keys())
    yield from (f"column {name} is gone" for name in known.keys() - wanted.keys())
    shared = [name for name in wanted if name in known]
    typed = ", ".join(f"null::{wanted[name]}" for name in shared)
    for name, column in zip(shared, connection.sql(f"select {typed}").types, strict=True):
        if str(column) != known[name]:
            yield f"column {name} was {known[name]}, is {column}"
