"""Workbooks of five writers in both epochs give the values that were put in, both ways read."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from ingest.reading_both import differences
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from orchestration.ingest.reader.sheet import Sheet
from orchestration.ingest.reader.workbooks import prescan as prescan_module
from orchestration.ingest.reader.workbooks.prescan import prescan
from orchestration.ingest.reader.workbooks.workbook import read_sheets

WRITTEN = Path(__file__).parent / "written"


def _by_openpyxl(path: Path, is_epoch_1904: bool) -> None:
    book = openpyxl.Workbook()
    if is_epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "表"
    sheet.append(["地区", "日期", "幢数", "面积", "是否", "说明"])
    sheet.append(["姑苏区", datetime.date(2022, 10, 31), 49683, 7658.27, True, " 一\n二 "])
    book.save(path)


def _by_xlsxwriter(path: Path, is_epoch_1904: bool) -> None:
    with xlsxwriter.Workbook(str(path), {"date_1904": is_epoch_1904}) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, ["地区", "日期", "幢数", "面积", "是否", "说明"])
        sheet.write_string(1, 0, "姑苏区")
        day = datetime.date(2022, 10, 31)
        sheet.write_datetime(1, 1, day, book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write_row(1, 2, [49683, 7658.27, True])
        sheet.write_string(1, 5, " 一\n二 ")


WRITERS = {"openpyxl": _by_openpyxl, "xlsxwriter": _by_xlsxwriter}


def _written(program: str, is_epoch_1904: bool, folder: Path) -> Path:
    name = f"{program}_{1904 if is_epoch_1904 else 1900}.xlsx"
    if program not in WRITERS:
        return WRITTEN / name
    WRITERS[program](folder / name, is_epoch_1904)
    return folder / name


@pytest.mark.parametrize("small_bytes", [0, 1 << 30], ids=["fast", "exact"])
@pytest.mark.parametrize("is_epoch_1904", [False, True])
@pytest.mark.parametrize("program", ["exceljs", "libreoffice", "openpyxl", "sheetjs", "xlsxwriter"])
def test_every_writer_and_epoch_gives_the_true_values(
    program, is_epoch_1904, small_bytes, tmp_path, monkeypatch
):
    monkeypatch.setattr(prescan_module, "SMALL_BYTES", small_bytes)
    path = _written(program, is_epoch_1904, tmp_path)
    facts = prescan(path)
    assert facts.is_epoch_1904 == is_epoch_1904
    [sheet] = read_sheets(path, facts)
    assert [_text(sheet, 2, column) for column in range(6)] == [
        "姑苏区",
        "2022-10-31 00:00:00",
        "49683",
        "7658.27",
        "true",
        " 一\n二 ",
    ]
    assert sheet.row(2)[1] == "2022年10月31日"
    assert differences(path) == []


def _text(sheet: Sheet, row: int, column: int) -> str | None:
    return sheet.columns[column][row - 1].as_py()
