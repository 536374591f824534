"""The district's workbook with marked findings, and its redelivery after correction."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from deliver import building, folder, report, report_row, workbook
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from orchestration.formats.xlsx import SEVERITY_COLOURS
from orchestration.ingest.reader.pipeline import read_file
from orchestration.reference.contracts import load_contracts
from orchestration.returns.marking import MARK, UnfaithfulCopyError, write_marked_copy
from orchestration.settings import Settings


def _finding(cell: str | None, severity: str = "warn", **changes: object) -> dict[str, object]:
    finding = {"sheet": "月报表", "row_number": 4, "header": "地区", "rule_id": "MR-101"}
    return (
        finding | {"cell": cell, "severity": severity, "message": "问题", "remedy": "改"} | changes
    )


def _marked(path: Path, findings: list[dict[str, object]], tmp_path: Path) -> Workbook:
    target = tmp_path / "marked.xlsx"
    write_marked_copy(path, findings, target)
    return openpyxl.load_workbook(target)


def _colour(cell) -> str:
    return cell.fill.fgColor.rgb[2:]


def test_a_cell_has_all_its_findings_and_the_strictest_colour(
    settings: Settings, tmp_path: Path
) -> None:
    path = report(settings.raw, "gusu")
    findings = [_finding("B4"), _finding("B4", "quarantine", message="另一问题"), _finding("C4")]
    sheet = _marked(path, findings, tmp_path)["月报表"]
    text = sheet["B4"].comment.text
    assert text.startswith(MARK)
    assert "【提醒 MR-101】问题\n改法：改" in text
    assert "【隔离 MR-101】另一问题" in text
    assert _colour(sheet["B4"]) == SEVERITY_COLOURS["quarantine"]
    assert _colour(sheet["C4"]) == SEVERITY_COLOURS["warn"]
    assert sheet["D4"].comment is None


def test_findings_without_a_cell_mark_nothing(settings: Settings, tmp_path: Path) -> None:
    path = report(settings.raw, "gusu")
    book = _marked(path, [_finding(None)], tmp_path)
    assert all(cell.comment is None for row in book.active.iter_rows() for cell in row)


def test_the_districts_comment_is_kept_and_ours_replaced(
    settings: Settings, tmp_path: Path
) -> None:
    path = report(settings.raw, "gusu")
    book = openpyxl.load_workbook(path)
    book.active["B4"].comment = Comment("科里已核实", "小李")
    book.save(path)
    once = tmp_path / "once.xlsx"
    write_marked_copy(path, [_finding("B4"), _finding("C4")], once)
    sheet = _marked(once, [_finding("B4", message="新的问题")], tmp_path).active
    text = sheet["B4"].comment.text
    assert text.startswith("科里已核实\n")
    assert text.count(MARK) == 1
    assert "新的问题" in text
    assert sheet["C4"].comment is None
    assert sheet["C4"].fill.fill_type is None


def test_a_cell_inside_a_merge_is_marked_at_its_first_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "月报表"
    book.active["A3"] = "平江街道"
    book.active.merge_cells("A3:A5")
    book.save(tmp_path / "merged.xlsx")
    sheet = _marked(tmp_path / "merged.xlsx", [_finding("A5")], tmp_path).active
    assert sheet["A3"].comment is not None
    assert sheet["A3"].value == "平江街道"


def test_formulas_are_neither_created_nor_lost(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "月报表"
    sheet["A1"] = "=1+2"
    for row, payload in enumerate(("=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(A1)"), start=2):
        sheet.cell(row, 1, payload).data_type = "s"
    book.save(tmp_path / "payloads.xlsx")
    findings = [_finding(f"A{row}", message="=HYPERLINK(1)") for row in range(1, 6)]
    sheet = _marked(tmp_path / "payloads.xlsx", findings, tmp_path).active
    assert [cell.data_type for (cell,) in sheet["A1:A5"]] == ["f", "s", "s", "s", "s"]
    assert sheet["A2"].value == "=cmd|' /C calc'!A0"


def test_no_copy_is_made_if_a_value_would_change(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "月报表"
    book.active["A1"] = 99_999_999
    book.active["A1"].number_format = "yyyy-mm-dd"
    book.save(tmp_path / "no_day.xlsx")
    with pytest.raises(UnfaithfulCopyError):
        write_marked_copy(tmp_path / "no_day.xlsx", [_finding("A1")], tmp_path / "copy.xlsx")


def test_a_marked_copy_reads_as_the_delivery_did(settings: Settings, tmp_path: Path) -> None:
    rows = [
        building(n, surveyed_on=datetime.date(2022, 9, n), floor_area_m2=100 + n / 8)
        for n in range(1, 20)
    ]
    path = workbook(tmp_path / "building_survey.xlsx", "building_survey", rows)
    marks = [_finding(f"{column}9", sheet="既有建筑排查台账") for column in "ABCDEFG"]
    write_marked_copy(path, marks, tmp_path / "copy.xlsx")
    contract = load_contracts()["building_survey"]
    landed = [
        (read_file(file, contract, tmp_path / "l", tmp_path / "n"), pq.read_table(tmp_path / "l"))
        for file in (path, tmp_path / "copy.xlsx")
    ]
    assert landed[0][0] == landed[1][0]
    assert landed[0][1].equals(landed[1][1])


def test_an_unknown_header_is_marked_in_the_copy(settings: Settings, give_back) -> None:
    path = report(settings.raw, "gusu")
    book = openpyxl.load_workbook(path)
    book.active["H2"] = "违建面积"
    book.save(path)
    package = give_back()
    sheet = openpyxl.load_workbook(package.folder / "monthly_report.xlsx").active
    marked = [c.coordinate for row in sheet.iter_rows() for c in row if c.comment]
    assert marked
    assert all(name.startswith("H") for name in marked)


def test_the_corrected_copy_is_accepted_without_findings(
    settings: Settings, judge, give_back
) -> None:
    """The round trip: delivered with faults, marked, corrected in the copy, delivered again."""
    report(settings.raw, "gusu")
    rows = [building(n) for n in range(1, 301)]
    rows[4] |= {"floor_area_m2": None}
    rows[7] |= {"use": "住人"}
    rows[9] |= {"surveyed_on": "2022-12-24"}
    rows[11] |= {"structure_type": "其他"}
    place = folder(settings.raw, "gusu") / "姑苏区2022年10月既有建筑排查台账.xlsx"
    workbook(place, "building_survey", rows)
    # the report counts more buildings than this small ledger, and says so
    only_ledger = {"MR-401"}
    package = give_back()
    assert judge()["building_survey"].state == "accepted_with_quarantine"

    corrections = {"建筑面积(平方米)": 120.25, "使用性质": "居住", "排查日期": "2022-09-15"}
    corrections |= {"结构类型说明": "土木混合"}
    copy = openpyxl.load_workbook(package.folder / place.name)
    headers = [cell.value for cell in copy.active[2]]
    marked = [cell for row in copy.active.iter_rows() for cell in row if cell.comment]
    assert len(marked) == 4
    for cell in marked:
        cell.value = corrections[headers[cell.column - 1]]
    copy.save(place)

    judged = judge()["building_survey"]
    assert judged.state == "accepted"
    assert (judged.accepted_count, judged.quarantined_count) == (300, 0)
    findings = pq.read_table(settings.home / judged.files["findings"].path)
    assert set(findings["rule_id"].to_pylist()) <= only_ledger


def test_a_corrected_report_leaves_nothing_to_return(settings: Settings, give_back) -> None:
    path = report(settings.raw, "gusu", verified_count=None, completed_count="三十一")
    package = give_back()
    copy = openpyxl.load_workbook(package.folder / path.name)
    copy.active["F4"] = report_row("gusu")["verified_count"]
    copy.active["G4"] = report_row("gusu")["completed_count"]
    copy.save(path)
    assert give_back().is_empty


def test_a_workbook_with_macros_is_returned_without_them(settings: Settings, give_back) -> None:
    path = report(settings.raw, "gusu", verified_count=None)
    shutil.move(path, path.with_suffix(".xlsm"))
    package = give_back()
    assert "monthly_report.xlsx" in [path.name for path in package.paths]
