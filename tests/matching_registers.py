"""Two small registers and their matching, in memory, for the tests of matching."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.contracts import load_contracts
from orchestration.matching.matcher import load_inputs, match_codes

AS_AT = date(2022, 10, 31)


def plate(code: str, address: str, **fields: str) -> dict[str, str]:
    return {"doorplate_code": code, "district": "姑苏区", "standard_address": address} | fields


def code(code: str, address: str | None, **fields: str | None) -> dict[str, str | None]:
    return {"building_code": code, "district": "姑苏区", "address": address} | fields


def match(
    codes: list[dict[str, Any]],
    plates: list[dict[str, Any]],
    cache: Path,
    decisions: list[tuple[str, str, str]] = (),  # type: ignore[assignment]
) -> dict[str, dict[str, Any]]:
    """Return, by code, its row of the table outcome."""
    with duckdb.connect() as connection:
        for view, kind, rows in (
            ("raw_code", "building_codes", codes),
            ("raw_plate", "doorplates", plates),
        ):
            fields = load_contracts()[kind].fields
            schema = pa.schema([(field, pa.string()) for field in fields])
            connection.register(view, pa.Table.from_pylist(rows, schema))
        load_inputs(connection, cache, AS_AT)
        names = ("building_code", "doorplate_code", "verdict")
        decided = [dict(zip(names, row, strict=True)) for row in decisions]
        schema = pa.schema([(name, pa.string()) for name in names])
        connection.register("decision", pa.Table.from_pylist(decided, schema))
        match_codes(connection, has_former=False, can_build_on=False)
        cursor = connection.execute("from outcome order by building_code")
        columns = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}
