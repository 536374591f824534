"""A workbook read with this project's reader and with openpyxl, one held against the other."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from orchestration.ingest.reader.sheet import cell_name
from orchestration.ingest.reader.sniff import sniff
from orchestration.ingest.reader.workbooks.number_formats import CJK_DATES, parse_format
from orchestration.ingest.reader.workbooks.prescan import prescan
from orchestration.ingest.reader.workbooks.shared_strings import unescaped
from orchestration.ingest.reader.workbooks.workbook import read_sheets

_MOMENT = re.compile(r"\+?\d{4,5}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?")
_ERROR = re.compile(r"#[A-Z/0?!]+[!?A]?")
_LINE_END = re.compile(r"\r\n|\r")

Texts = dict[str, dict[tuple[int, int], str]]


def ours(path: Path) -> Texts:
    """Return every text by sheet and place; raise Refusal if the reader refuses the file."""
    assert sniff(path) == "workbook"
    found: Texts = {}
    for sheet in read_sheets(path, prescan(path)):
        found[sheet.name] = {
            (row, column): text
            for column, values in sheet.columns.items()
            for row, text in enumerate(values.to_pylist(), start=1)
            if text
        }
    return found


def differences(path: Path) -> list[str]:
    """Return the cells that both read differently, as ``sheet!A1: ours | openpyxl's``.

    Raises Refusal if ours refuses the file, anything that openpyxl raises if that does.
    """
    read = ours(path)
    book = openpyxl.load_workbook(path, data_only=True)
    epoch = book.epoch
    found = []
    for sheet in book.worksheets:
        texts = dict(read.get(sheet.title, {}))
        for merge in sheet.merged_cells.ranges:  # openpyxl drops what a merge covers
            for row, column in list(merge.cells)[1:]:
                texts.pop((row, column - 1), None)
        for row, column, value in _cells(sheet):
            text = texts.pop((row, column - 1), None)
            if not _is_same(text, value, epoch):
                name = f"{sheet.title}!{cell_name(row, column - 1)}"
                found.append(f"{name}: {text!r} | {value!r}")
        found += [f"{sheet.title}!{cell_name(*at)}: {text!r} | None" for at, text in texts.items()]
    return found


def _cells(sheet: Any) -> Iterator[tuple[int, int, Any]]:
    for cell in sheet._cells.values():
        # of a negative number in a date format that openpyxl does not know Excel shows #####
        is_date = cell._style.numFmtId in CJK_DATES or parse_format(cell.number_format).is_date
        is_negative = isinstance(cell.value, (int, float)) and cell.value < 0
        if cell.value is not None and not (is_date and is_negative):
            yield cell.row, cell.column, cell.value


def _is_same(text: str | None, value: Any, epoch: datetime.datetime) -> bool:
    if isinstance(value, str):
        if _ERROR.fullmatch(value):
            return text is None or text == value
        return _spelling(text or "") == _spelling(value)
    if text is None:
        # a day before the epoch, which Excel shows as #####
        is_time = isinstance(value, (datetime.datetime, datetime.timedelta))
        return is_time and to_excel(value, epoch) < 0
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, (int, float)):
        if _MOMENT.fullmatch(text):
            return _is_near(_serial(datetime.datetime.fromisoformat(text), epoch), value)
        return _is_number(text) and _is_near(float(text), value)
    serial = to_excel(value, epoch)
    if _MOMENT.fullmatch(text):
        return _is_near(_serial(datetime.datetime.fromisoformat(text), epoch) % 1e6, serial, 1e-5)
    return (_is_number(text) and _is_near(float(text), serial)) or text.startswith(str(value)[:10])


def _serial(moment: datetime.datetime, epoch: datetime.datetime) -> float:
    assert epoch in (CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900)
    return float(to_excel(moment, epoch))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _is_near(one: float, other: float, tolerance: float = 1e-6) -> bool:
    return math.isclose(one, other, rel_tol=1e-13, abs_tol=tolerance)


def _spelling(text: str) -> str:
    return _LINE_END.sub("\n", unescaped(text))
