"""The delivered rows that a figure was counted from, and those that did not count.

It reads the Parquet files of one judgement with the condition that the models use. A row is
identified by file, sheet, row number and key; of its cells only the amount it adds is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.formats.sql import Record, literal, literals, quoted, records
from orchestration.reference.contracts import Contract
from orchestration.reference.measures import MEASURED, counted_condition

#: Rows of one sheet that are listed one by one.
LISTED_ROWS = 40


def _place(contract: Contract) -> str:
    """Return the columns that identify a row: file, sheet, row, and its key's public parts."""
    key = [quoted(name) for name in contract.key if not contract.column(name).personal]
    return f"file_name as file, sheet, row_number as row, concat_ws('/', {', '.join(key)}) as key"


def counted_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, contract: Contract, measure: str, basis: str
) -> list[Record]:
    """Return the accepted rows that count for a measure, each with the amount it adds."""
    counted = _counted([path], contract, measure, basis)
    rows = records(
        connection,
        f"select {_place(contract)}, {counted.contribution} as contribution {counted.rows}"
        " order by file, sheet, row_number",
    )
    return [row | {"contribution": _number(row["contribution"], counted.factor)} for row in rows]


def counted_places(
    connection: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    contract: Contract,
    measure: str,
    basis: str,
) -> list[Record]:
    """Return the places of the rows that count for a measure, per district, file and sheet.

    ``row_count`` rows between ``first_row`` and ``last_row`` add ``total``; ``row_numbers`` lists
    the first LISTED_ROWS of them. Empty without a file.
    """
    if not paths:
        return []
    counted = _counted(paths, contract, measure, basis)
    places = records(
        connection,
        "select district_id, file_name as file, sheet, count(*) as row_count,"
        " min(row_number) as first_row, max(row_number) as last_row,"
        f" min(row_number, {LISTED_ROWS}) as row_numbers,"
        f" sum({counted.contribution}) as total {counted.rows}"
        " group by all order by district_id, file, sheet",
    )
    return [place | {"total": _number(place["total"], counted.factor)} for place in places]


@dataclass(frozen=True)
class _Counted:
    """The query for a measure's rows: ``from … where …``, and the factor for what each adds."""

    rows: str
    contribution: str
    factor: Decimal


def _counted(paths: Sequence[Path], contract: Contract, measure: str, basis: str) -> _Counted:
    measured = MEASURED[measure]
    source = f"read_parquet({literals(paths)})"
    if basis != "ledger":
        reported = f"cast({quoted(measured.reported)} as decimal(18, 6))"
        return _Counted(f"from {source}", reported, measured.reported_factor)
    dates = ", ".join(
        f"cast({quoted(c.name)} as date) as {quoted(c.name)}"
        for c in contract.columns
        if c.type == "date" and c.name != "as_at"
    )
    return _Counted(
        f"from (select * replace ({dates}) from {source}) where {counted_condition(measure)}",  # noqa: S608 - our names, quoted
        f"cast({quoted(measured.summed)} as decimal(18, 6))" if measured.summed else "1",
        measured.ledger_factor,
    )


def _number(value: Any, factor: Decimal) -> int | Decimal:
    """Return a sum of rows: an integer if it is whole, else a decimal with at least two places."""
    exact = Decimal(value or 0)
    rounded = exact.quantize(Decimal("0.01"))
    number = (rounded if rounded == exact else exact.normalize()) * factor
    return int(number) if number == number.to_integral_value() else number


def quarantined_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, contract: Contract
) -> list[Record]:
    """Return the delivery's quarantined rows with the rules they failed."""
    return records(
        connection,
        f"select {_place(contract)}, rule_ids from read_parquet({literal(path)})"  # noqa: S608 - our names, quoted
        " order by file, sheet, row_number",
    )


def quarantined_places(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]
) -> list[Record]:
    """Return the places of quarantined rows, per district, file, sheet and rules.

    As ``counted_places``, with the failed rules as ``rule_ids``.
    """
    if not paths:
        return []
    source = f"read_parquet({literals(paths)})"
    return records(
        connection,
        "select district_id, file_name as file, sheet, rule_ids, count(*) as row_count,"  # noqa: S608 - our names, quoted
        " min(row_number) as first_row, max(row_number) as last_row,"
        f" min(row_number, {LISTED_ROWS}) as row_numbers from {source}"
        " group by all order by district_id, file, sheet, rule_ids",
    )
