"""Worksheets as text columns, from the pre-scan or, if large and plain, by fastexcel (calamine).

Types are never guessed: every cell comes as text. Runs only inside the reading child, because
a hostile file can abort the process. Headers and rows are found elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.sheet import Sheet, SheetFacts
from orchestration.ingest.reader.workbooks.cell_values import (
    EXCEL_DIGITS,
    Content,
    fifteen_digits,
    spelt_moment,
)
from orchestration.ingest.reader.workbooks.number_formats import moment
from orchestration.ingest.reader.workbooks.prescan import WorkbookFacts, unreadable
from orchestration.ingest.reading import refuse

#: A fraction spelt with more digits than a double carries: 16 or more besides sign and point.
_FLOAT_TAIL = r"^-?[0-9]{1,15}\.[0-9]+$"
_UNREAD_SHARE = 100
_MAX_TRUE_LENGTH = EXCEL_DIGITS + 1
_SERIAL = r"^[0-9]+(?:\.[0-9]+)?$"


def read_sheets(path: Path, facts: WorkbookFacts) -> Iterator[Sheet]:
    """Yield each worksheet in workbook order, one at a time in memory, hidden ones too.

    Dates come as ``2022-10-31 00:00:00``, numbers as plain decimal text, error cells and
    formulas without a value as null. Raises Refusal (not_a_workbook) for a file calamine
    cannot parse.
    """
    reader: fastexcel.ExcelReader | None = None
    try:
        for name, of_sheet in facts.sheets.items():
            content = facts.contents.get(name)
            if content is not None:
                yield _of_content(content, name, of_sheet)
                continue
            reader = reader or fastexcel.read_excel(str(path))
            if name in reader.sheet_names:
                position = reader.sheet_names.index(name)
                yield _sheet(reader, position, name, of_sheet, facts.is_epoch_1904)
    except fastexcel.FastExcelError as error:
        raise unreadable() from error


def _of_content(content: Content, name: str, facts: SheetFacts) -> Sheet:
    """Return a sheet that the pre-scan read element by element."""
    return Sheet(
        name=name,
        row_count=content.row_count,
        columns=content.columns(),
        facts=facts,
        unread_count=content.unread_count,
    )


def _sheet(
    reader: fastexcel.ExcelReader,
    position: int,
    name: str,
    facts: SheetFacts,
    is_epoch_1904: bool,
) -> Sheet:
    """Read one sheet, by the way that borrows texts from the file's strings if it can be used.

    It costs two thirds, but does not tell where the first column is: only a sheet as wide as
    the scan found it surely begins in column A.
    """
    # skip_rows=0 keeps leading blank rows, so that row numbers are Excel's own
    options: dict[str, Any] = {"header_row": None, "skip_rows": 0, "dtypes": "string"}
    batch: pa.RecordBatch = reader.load_sheet_eager(position, **options)
    places = list(range(batch.num_columns))
    if len(places) != facts.last_column:
        sheet = reader.load_sheet(position, **options)
        batch = sheet.to_arrow()
        places = [info.absolute_index for info in sheet.selected_columns]
    columns = {
        place: _dates_of_serials(column, is_epoch_1904)
        if place in facts.serial_columns
        else _without_float_tails(column)
        for place, column in zip(places, batch.columns, strict=True)
    }
    read = sum(len(column) - column.null_count for column in columns.values())
    return Sheet(
        name=name,
        row_count=batch.num_rows,
        columns=columns,
        facts=facts,
        unread_count=max(0, facts.value_count - read),
    )


def refuse_unread(sheet: Sheet) -> None:
    """Raise Refusal (not_a_workbook) if over a hundredth of the values could not be read.

    Fewer are a remark: a date beyond the calendar is one cell's mistake, lost rows are a broken
    file's.
    """
    if sheet.unread_count * _UNREAD_SHARE > sheet.facts.value_count:
        raise refuse(
            "not_a_workbook",
            f"{sheet.facts.value_count} 个有内容的单元格中有 {sheet.unread_count} 个读不出，"
            "文件内容可能已损坏，或有日期超出范围（显示为 #####）",
            "请用 Excel 打开，改正显示为 ##### 的单元格，另存为新的 .xlsx 后重新报送",
            sheet.name,
        )


def _dates_of_serials(column: pa.StringArray, is_epoch_1904: bool) -> pa.StringArray:
    """Return a column whose numbers are dates as calamine spells those that it knows.

    A date beyond the calendar is null, as it cannot be read.
    """
    encoded = column.dictionary_encode()
    is_serial = pc.match_substring_regex(encoded.dictionary, _SERIAL).to_pylist()
    texts = [
        _spelt_serial(text, is_epoch_1904) if is_number else text
        for text, is_number in zip(encoded.dictionary.to_pylist(), is_serial, strict=True)
    ]
    return pa.array(texts, pa.string()).take(encoded.indices)


def _spelt_serial(text: str, is_epoch_1904: bool) -> str | None:
    when = moment(float(text), is_epoch_1904)
    return spelt_moment(when) if when else None


def _without_float_tails(column: pa.StringArray) -> pa.StringArray:
    """Return numbers with the 15 digits that Excel keeps.

    fastexcel spells 97656128.38 as 97656128.379999995, which nobody delivered.
    """
    is_long = pc.fill_null(pc.greater(pc.binary_length(column), _MAX_TRUE_LENGTH), False)
    places = pc.indices_nonzero(is_long)
    if len(places) == 0:
        return column
    has_tail = pc.match_substring_regex(column.take(places), _FLOAT_TAIL)
    places = places.filter(has_tail).to_numpy()
    if len(places) == 0:
        return column
    is_spelt_anew = np.zeros(len(column), dtype=bool)
    is_spelt_anew[places] = True
    spelt = [fifteen_digits(float(text)) for text in column.take(places).to_pylist()]
    return pc.replace_with_mask(column, pa.array(is_spelt_anew), pa.array(spelt, pa.string()))
