"""Bringing what dbt built on Spark back into the working DuckDB, table by table.

Of a monthly mart comes the run's month, of any other table all of it. Types are held against the
contract and never cast. Views stay where they are: what reads staging is a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.formats.sql import literal, literals, quoted


class SparkTypesError(RuntimeError):
    """A table came back with other columns than its contract; the message compares them."""


def bring_back(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, node: Mapping[str, Any], month: date
) -> None:
    """Replace a table of the working DuckDB by what Spark's folder ``warehouse`` has of it.

    ``node`` is the model or seed in dbt's manifest. Raises SparkTypesError.
    """
    materialized = node["config"]["materialized"]
    if materialized == "view":
        return
    table = f"{quoted(node['schema'])}.{quoted(node['alias'])}"
    folder = warehouse / f"{node['schema']}.db" / node["alias"]
    connection.execute(f"create schema if not exists {quoted(node['schema'])}")
    connection.execute("begin")
    if materialized == "incremental":
        _replace_month(connection, table, folder / f"month={month}", node, month)
    else:
        _replace(connection, table, folder, node)
    connection.execute("commit")


def _replace(
    connection: duckdb.DuckDBPyConnection, table: str, folder: Path, node: Mapping[str, Any]
) -> None:
    read = f"read_parquet({literals(_parts(folder))})"
    if node["config"].get("contract", {}).get("enforced"):
        _require_types(connection, table, read, _contract(node))
    connection.execute(f"create or replace table {table} as from {read}")


def _replace_month(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    folder: Path,
    node: Mapping[str, Any],
    month: date,
) -> None:
    columns = _contract(node)
    typed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"create table if not exists {table} ({typed})")
    connection.execute(f"delete from {table} where month = {literal(month)}")  # noqa: S608 - our names
    files = _parts(folder) if folder.is_dir() else []
    if not files:
        return
    # the month is in the folder's name
    stored = {name: kind for name, kind in columns.items() if name != "month"}
    read = f"read_parquet({literals(files)}, hive_partitioning = false)"
    _require_types(connection, table, read, stored)
    names = ", ".join(map(quoted, stored))
    connection.execute(
        f"insert into {table} (month, {names}) select {literal(month)}, {names} from {read}"  # noqa: S608 - our names
    )


def _contract(node: Mapping[str, Any]) -> dict[str, str]:
    return {name: column["data_type"] for name, column in node["columns"].items()}


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _require_types(
    connection: duckdb.DuckDBPyConnection, table: str, read: str, columns: Mapping[str, str]
) -> None:
    found = {
        name: kind for name, kind, *_ in connection.execute(f"describe from {read}").fetchall()
    }
    nulls = ", ".join(f"null::{kind} as {quoted(name)}" for name, kind in columns.items())
    described = connection.execute(f"describe select {nulls}").fetchall()
    wanted = {name: kind for name, kind, *_ in described}
    if found == wanted:
        return
    differing = [
        f"{name} is {found.get(name, 'not there')}, the contract says {wanted.get(name, 'none')}"
        for name in sorted(found.keys() | wanted.keys())
        if found.get(name) != wanted.get(name)
    ]
    raise SparkTypesError(f"{table} came back from Spark otherwise: {'; '.join(differing)}")
