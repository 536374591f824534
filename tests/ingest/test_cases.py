"""The files of ``cases`` and of ``written``: true figures, or a refusal that says why."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from ingest.builders import GUSU
from ingest.reading_both import differences, ours
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from orchestration.contracts import load_contracts
from orchestration.ingest import prescan as prescan_module
from orchestration.ingest.prescan import prescan
from orchestration.ingest.sheet import Sheet
from orchestration.ingest.workbook import read_sheets

CASES = Path(__file__).parents[1] / "cases" / "files"
WRITTEN = Path(__file__).parent / "written"
FIELDS = tuple(load_contracts()["monthly_report"].fields)
MEASURES = (
    "surveyed_building_count",
    "surveyed_floor_area_10k_m2",
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)
TRUE = dict(zip(MEASURES, map(str, GUSU[1:]), strict=True))


@pytest.mark.parametrize(
    "name",
    ["b05.xlsx", "b11.xlsx", "b12.xlsx", "d38.xlsx", "e07.csv", "f01.xlsx", "f09.xlsx", "b24.xlsx"],
)
def test_an_unusual_good_report_gives_its_figures(read, name):
    result = read(CASES / name)
    (row,) = result.rows
    assert {measure: row[measure] for measure in MEASURES} == TRUE
    assert (result.codes, result.reading.as_at) == ([], "2022-10-31")


@pytest.mark.parametrize(
    ("name", "words"), [("b16.xlsx", "30〔上标：1〕"), ("f07.xlsx", "〔删除线：28〕30")]
)
def test_a_figure_whose_form_hides_a_part_is_told_and_no_number(read, name, words):
    result = read(CASES / name)
    (problem,) = result.reading.problems
    assert (problem.code, problem.cell, problem.field) == ("not_as_shown", "F5", "verified_count")
    assert words in problem.message
    assert [row["verified_count"] for row in result.rows] == [words]


def test_the_month_of_a_date_cell_in_a_title_is_what_it_shows(read):
    assert read(CASES / "d04.xlsx").reading.months_named == ["2022-09"]


@pytest.mark.parametrize(
    ("name", "kind", "days"),
    [
        ("f15.xlsx", "building_survey", {"surveyed_on": "2022-09-15"}),
        ("f17.xlsx", "danger_cases", {"found_on": "2022-09-05", "due_on": "2022-12-31"}),
    ],
)
def test_days_of_a_workbook_of_excel_for_mac_are_true(read, name, kind, days):
    result = read(CASES / name, kind)
    assert result.rows
    assert all({field: row[field] for field in days} == days for row in result.rows)


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("d43.xlsx", "unsafe_workbook", "夹有注释"),
        ("e25.csv", "bad_encoding", "第 1 行有无法识别的字节"),
        ("l08.csv", "bad_encoding", "丢失了中文"),
        ("l10.xls", "old_xls", "97—2003"),
    ],
)
def test_a_file_that_cannot_be_read_as_it_was_meant_says_why(read, name, code, words):
    kind = "building_survey" if name.startswith("l") else "monthly_report"
    result = read(CASES / name, kind)
    (problem,) = result.reading.problems
    assert problem.code == code
    assert words in problem.message
    assert result.rows == []


def test_iso_dates_with_a_zone_come_as_they_stand_in_the_file():
    texts = ours(CASES / "w18.xlsx")["S"]
    assert "2022-09-15T08:00:00.000Z" in texts.values()


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
