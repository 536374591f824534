"""Two small registers and their matching, in memory, for the tests of matching."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.matching.matcher import load_inputs, match_codes
from orchestration.reference.contracts import load_contracts

AS_AT = date(2022, 10, 31)


def plate(code: str, address: str, **fields: str) -> dict[str, str]:
    return {"doorplate_code": code, "district": "姑苏区", "standard_address": address} | fields


def code(code: str, address: str | None, **fields: str | None) -> dict[str, str | None]:
    return {"building_code": code, "district": "姑苏区", "address": address} | fields


def load_rows(connection: duckdb.DuckDBPyConnection, view: str, rows: list[dict[str, Any]]) -> None:
    """Register the delivered rows of one register as ``raw_code`` or ``raw_plate``."""
    kind = {"raw_code": "building_codes", "raw_plate": "doorplates"}[view]
    schema = pa.schema([(field, pa.string()) for field in load_contracts()[kind].fields])
    connection.register(view, pa.Table.from_pylist(rows, schema))


def load_decided(
    connection: duckdb.DuckDBPyConnection, decisions: list[tuple[str, str, str]]
) -> None:
    """Register clerks' decisions (code, plate, verdict)."""
    names = ("building_code", "doorplate_code", "verdict")
    decided = [dict(zip(names, row, strict=True)) for row in decisions]
    schema = pa.schema([(name, pa.string()) for name in names])
    connection.register("decision", pa.Table.from_pylist(decided, schema))


def match(
    codes: list[dict[str, Any]],
    plates: list[dict[str, Any]],
    cache: Path,
    decisions: list[tuple[str, str, str]] = (),  # type: ignore[assignment]
) -> dict[str, dict[str, Any]]:
    """Return, by code, its row of the table outcome."""
    with duckdb.connect() as connection:
        load_rows(connection, "raw_code", codes)
        load_rows(connection, "raw_plate", plates)
        load_inputs(connection, cache, AS_AT)
        load_decided(connection, decisions)
        match_codes(connection, has_former=False)
        cursor = connection.execute("from outcome order by building_code")
        columns = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}
