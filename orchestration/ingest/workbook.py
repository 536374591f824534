"""Worksheets as text columns, by fastexcel (calamine), joined with the facts of the pre-scan.

Types are never guessed: every cell comes as text. Runs only inside the reading child, because
a hostile file can abort the process. Headers and rows are found elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.prescan import WorkbookFacts
from orchestration.ingest.reading import refuse
from orchestration.ingest.sheet import Sheet

#: A fraction spelt with more digits than a double carries: 16 or more besides sign and point.
_FLOAT_TAIL = r"^-?[0-9]{1,15}\.[0-9]+$"
_EXCEL_DIGITS = 15
_LONGEST_TRUE = _EXCEL_DIGITS + 1


def read_sheets(path: Path, facts: WorkbookFacts) -> Iterator[Sheet]:
    """Yield each worksheet in workbook order, one at a time in memory, hidden ones too.

    Dates come as ``2022-10-31 00:00:00``, numbers as plain decimal text, error cells and
    formulas without a value as null. Raises Refusal (not_a_workbook) for a file calamine
    cannot parse.
    """
    try:
        reader = fastexcel.read_excel(str(path))
        for position, name in enumerate(reader.sheet_names):
            if name in facts.sheets:
                # skip_rows=0 keeps leading blank rows, so that row numbers are Excel's own
                sheet = reader.load_sheet(position, header_row=None, skip_rows=0, dtypes="string")
                yield _sheet(sheet, name, facts)
    except fastexcel.FastExcelError as error:
        raise refuse(
            "not_a_workbook",
            "工作簿的内容无法解析，可能已损坏",
            "请用 Excel 打开并另存为新的 .xlsx 后重新报送",
        ) from error


def _sheet(sheet: fastexcel.ExcelSheet, name: str, facts: WorkbookFacts) -> Sheet:
    batch: pa.RecordBatch = sheet.to_arrow()
    return Sheet(
        name=name,
        row_count=batch.num_rows,
        columns={
            info.absolute_index: _without_float_tails(column)
            for info, column in zip(sheet.selected_columns, batch.columns, strict=True)
        },
        is_hidden=sheet.visible != "visible",
        facts=facts.sheets[name],
    )


def _without_float_tails(column: pa.StringArray) -> pa.StringArray:
    """Return numbers with the 15 digits that Excel keeps.

    fastexcel spells 97656128.38 as 97656128.379999995, which nobody delivered.
    """
    is_long = pc.greater(pc.utf8_length(column), _LONGEST_TRUE)
    has_tail = pc.and_(is_long, pc.match_substring_regex(column, _FLOAT_TAIL))
    places = pc.indices_nonzero(pc.fill_null(has_tail, False))
    if len(places) == 0:
        return column
    spelt = [_fifteen_digits(text) for text in column.take(places).to_pylist()]
    return pc.replace_with_mask(column, pc.fill_null(has_tail, False), pa.array(spelt, pa.string()))


def _fifteen_digits(text: str) -> str:
    return f"{Decimal(f'{float(text):.{_EXCEL_DIGITS}g}').normalize():f}"
