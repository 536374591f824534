"""Worksheets as text columns, by fastexcel (calamine), joined with the facts of the pre-scan.

Types are never guessed: every cell comes as text. Runs only inside the reading child, because
a hostile file can abort the process. Headers and rows are found elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fastexcel
import pyarrow as pa

from orchestration.ingest.prescan import WorkbookFacts
from orchestration.ingest.reading import refuse
from orchestration.ingest.sheet import Sheet


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
            info.absolute_index: column
            for info, column in zip(sheet.selected_columns, batch.columns, strict=True)
        },
        is_hidden=sheet.visible != "visible",
        facts=facts.sheets[name],
    )
