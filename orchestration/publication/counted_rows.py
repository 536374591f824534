"""The delivered rows that a figure was counted from, and those that did not count.

Reads the Parquet files of one judgement by the condition that the models count by. A row is
named by file, sheet, row and key; of its cells only what it adds to the figure is told.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.contracts import Contract
from orchestration.publication.counting import MEASURED, counted_condition
from orchestration.publication.statistics import literal, quoted

Record = dict[str, Any]


def _place(contract: Contract) -> str:
    """Return the columns that name a row: file, sheet, row, and the key without personal parts."""
    key = [quoted(name) for name in contract.key if not contract.column(name).personal]
    return f"file_name as file, sheet, row_number as row, concat_ws('/', {', '.join(key)}) as key"


def counted_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, contract: Contract, measure: str, basis: str
) -> list[Record]:
    """Return the accepted rows that count for a measure, each with what it adds to it."""
    measured = MEASURED[measure]
    source = f"read_parquet({literal(str(path))})"
    if basis != "ledger":
        contribution = f"cast({quoted(measured.reported)} as decimal(18, 2))"
        factor, condition = measured.reported_factor, "true"
    else:
        contribution = (
            f"cast({quoted(measured.summed)} as decimal(18, 2))" if measured.summed else "1"
        )
        factor, condition = measured.ledger_factor, counted_condition(measure)
        dates = ", ".join(
            f"cast({quoted(c.name)} as date) as {quoted(c.name)}"
            for c in contract.columns
            if c.type == "date" and c.name != "as_at"
        )
        source = f"(select * replace ({dates}) from {source})"  # noqa: S608 - our names, quoted
    rows = records(
        connection,
        f"select {_place(contract)}, {contribution} as contribution from {source}"  # noqa: S608 - our names, quoted
        f" where {condition} order by sheet, row_number",
    )
    return [row | {"contribution": _number(row["contribution"], factor)} for row in rows]


def _number(value: Any, factor: Decimal) -> int | Decimal:
    """Return what a row adds: a whole number where it is one."""
    number = Decimal(value or 0) * factor
    return int(number) if number == number.to_integral_value() else number


def quarantined_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, contract: Contract
) -> list[Record]:
    """Return the rows of the delivery that count for nothing, with the rules they broke."""
    return records(
        connection,
        f"select {_place(contract)}, rule_ids from read_parquet({literal(str(path))})"  # noqa: S608 - our names, quoted
        " order by sheet, row_number",
    )


def records(connection: duckdb.DuckDBPyConnection, query: str) -> list[Record]:
    """Return a query's rows by column name."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
