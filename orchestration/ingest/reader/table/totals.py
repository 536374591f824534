"""Control totals: what a 合计 or 小计 row says beside the exact sum of its rows.

Only the two numbers are put side by side here; whether they agree, and within which tolerance,
is a rule's question.
"""

from __future__ import annotations

from decimal import MAX_PREC, Context, Decimal, InvalidOperation

import pyarrow as pa

from orchestration.ingest.reader.sheet import Sheet, cell_name
from orchestration.ingest.reader.table.cells import Column
from orchestration.ingest.reader.table.headers import Header
from orchestration.ingest.reader.table.kept_cell import kept_cell
from orchestration.ingest.reader.table.rows import Roles, TotalRow
from orchestration.ingest.reading import ControlTotal
from orchestration.reference.contracts import Contract

#: Precise enough for any sum; nothing is rounded.
_EXACT = Context(prec=min(MAX_PREC, 1_000))


def control_totals(
    sheet: Sheet, header: Header, contract: Contract, roles: Roles, landed: pa.Table
) -> list[ControlTotal]:
    """Return one entry for each number in a total row, in row and column order.

    ``landed`` holds the normalised data rows in row order. Cells of a total row that hold no
    number give no entry.
    """
    if not roles.totals:
        return []
    rows = landed["row_number"].to_pylist()
    measures = [
        (column, landed[column.name].to_pylist())
        for column in contract.columns
        if column.type in ("integer", "decimal") and column.name in header.columns
    ]
    found: list[ControlTotal] = []
    for total, (first, last) in zip(roles.totals, _spans(roles.totals, rows), strict=True):
        cells = sheet.row(total.row)
        for column, values in measures:
            position = header.columns[column.name]
            value = kept_cell(cells.get(position, ""), Column(column, is_key=False)).value
            if value is None or _decimal(value) is None:
                continue
            found.append(
                ControlTotal(
                    sheet=sheet.name,
                    row=total.row,
                    cell=cell_name(total.row, position),
                    label=total.label,
                    field=column.name,
                    value=value,
                    rows_added=last - first,
                    sum=exact_sum(values[first:last]),
                )
            )
    return found


def _spans(totals: tuple[TotalRow, ...], rows: list[int]) -> list[tuple[int, int]]:
    """Return, for each total, the slice of landed rows it totals.

    A 小计 totals the rows above it since the last 小计, any other label all rows of the sheet.
    """
    spans = []
    start = 0
    for total in totals:
        if not total.is_subtotal:
            spans.append((0, len(rows)))
            continue
        end = sum(row < total.row for row in rows)
        spans.append((start, end))
        start = end
    return spans


def exact_sum(values: list[str | None]) -> str:
    """Return the sum of what is a number among texts, as decimal text."""
    total = Decimal(0)
    for value in values:
        number = _decimal(value) if value is not None else None
        if number is not None:
            total = _EXACT.add(total, number)
    return f"{total:f}"


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
