"""Writing csv files as districts export them, in UTF-8 or GB18030.

A csv carries its as-at date in a column; that it is simulated stands in its footer.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa

from orchestration.simulation.files.sheets import Sheet, SheetColumn

_CHUNK_ROWS = 10_000


def write_delimited(path: Path, sheet: Sheet, encoding: str) -> None:
    """Write a sheet as csv with CRLF line ends; ``encoding`` as Python names it."""
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle)
        writer.writerows([title] for title in sheet.titles)
        writer.writerow([column.header for column in sheet.columns])
        for start in range(0, sheet.row_count, _CHUNK_ROWS):
            handle.write(_rows(sheet, start))
        if sheet.totals:
            writer.writerow(
                ["合计", *(sheet.totals.get(column.field, "") for column in sheet.columns[1:])]
            )
        writer.writerows([footer] for footer in sheet.footers)


def _rows(sheet: Sheet, start: int) -> str:
    text = io.StringIO()
    columns = [_texts(sheet, column, start) for column in sheet.columns]
    csv.writer(text).writerows(zip(*columns, strict=True))
    return text.getvalue()


def _texts(sheet: Sheet, column: SheetColumn, start: int) -> list[object]:
    values: list[object] = column.values.slice(start, _CHUNK_ROWS).cast(pa.string()).to_pylist()
    for (row, field), value in sheet.overrides.items():
        if field == column.field and start <= row < start + len(values):
            values[row - start] = value
    return values
