"""The return package: its files, its modes, and the replacement of an old one."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from deliver import OCTOBER, building, delimited, folder, report, report_row, workbook

from orchestration.masthead import Masthead
from orchestration.returns.findings import NotJudgedError
from orchestration.returns.package import build_return
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import BusyError, holding

_OLE2_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


def _names(package) -> list[str]:
    return [path.name for path in package.paths]


def _issues(package) -> list[tuple]:
    sheet = openpyxl.load_workbook(package.folder / "问题清单.xlsx")["问题清单"]
    return list(sheet.iter_rows(min_row=3, values_only=True))


def _letter(package) -> str:
    document = docx.Document(str(package.folder / "退回说明.docx"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_clean_district_gets_no_package(settings: Settings, give_back) -> None:
    report(settings.raw, "gusu")
    package = give_back()
    assert package.is_empty
    assert package.finding_count == 0
    assert not package.folder.exists()


def test_a_month_that_was_not_judged_is_refused_with_a_remedy(
    settings: Settings, ledger: Ledger
) -> None:
    with pytest.raises(NotJudgedError, match="fangan month 2022-10"):
        build_return(settings, ledger, OCTOBER, "gusu")


def test_the_letter_has_addressee_sender_and_date(
    settings: Settings, ledger: Ledger, give_back
) -> None:
    report(settings.raw, "gusu", verified_count=-3)
    give_back()
    office = replace(settings, masthead=Masthead(publisher="苏州市住房和城乡建设局"))
    package = build_return(office, ledger, OCTOBER, "gusu")
    document = docx.Document(str(package.folder / "退回说明.docx"))
    lines = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert lines[1] == "姑苏区住房城乡建设主管部门："
    assert lines[-2] == "苏州市住房和城乡建设局"
    assert re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日", lines[-1])
    # a line lower than its letters would be cut off
    assert all(p.paragraph_format.line_spacing > 1 for p in document.paragraphs if p.text)


def test_the_issue_list_has_every_finding(settings: Settings, give_back) -> None:
    report(settings.raw, "gusu", surveyed_building_count="很多", verified_count=-3)
    package = give_back()
    assert _names(package) == ["monthly_report.xlsx", "退回说明.docx", "问题清单.xlsx"]
    issues = _issues(package)
    assert [issue[0] for issue in issues] == list(range(1, len(issues) + 1))
    assert len(issues) == package.finding_count
    by_rule = {issue[10]: issue for issue in issues}
    assert by_rule["MR-102"][1:7] == (
        "月报表",
        "monthly_report.xlsx",
        "月报表",
        4,
        "B4",
        "已排查幢数",
    )
    assert by_rule["MR-103"][5] == "F4"
    assert by_rule["MR-103"][9] == "隔离"
    # no finding of its own: the share of quarantined rows refuses the delivery
    assert by_rule["ST-020"][7] == "隔离的行不得超过规定的比例（1 行中有 1 行隔离）"
    assert by_rule["ST-020"][9] == "退回"


def test_a_long_issue_list_continues_on_more_sheets(settings: Settings, judge, ledger) -> None:
    from orchestration.returns.findings import load_deliveries
    from orchestration.returns.issue_list import write_issue_list

    report(settings.raw, "gusu", surveyed_building_count="很多", verified_count=-3)
    judge()
    path = settings.home / "list.xlsx"
    deliveries = load_deliveries(settings, ledger, OCTOBER, "gusu")
    write_issue_list(path, "姑苏区问题清单", deliveries, {}, issues_per_sheet=2)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:2] == ["问题清单", "问题清单2"]
    numbers = [
        sheet.cell(row, 1).value
        for sheet in book.worksheets[:-1]
        for row in range(3, sheet.max_row + 1)
    ]
    assert numbers == list(range(1, len(numbers) + 1))


def test_for_an_encrypted_file_only_list_and_note_are_returned(
    settings: Settings, give_back
) -> None:
    path = folder(settings.raw, "gusu") / "月报表.xlsx"
    path.write_bytes(_OLE2_ENCRYPTED + bytes(600))
    package = give_back()
    assert _names(package) == ["退回说明.docx", "问题清单.xlsx"]
    [issue] = [issue for issue in _issues(package) if issue[10] == "ST-001"]
    assert issue[2] == "月报表.xlsx"
    assert "打开密码" in issue[7]
    assert "月报表整份退回" in _letter(package)


def test_a_district_without_deliveries_gets_list_and_note(give_back) -> None:
    package = give_back()
    assert _names(package) == ["退回说明.docx", "问题清单.xlsx"]
    assert [issue[10] for issue in _issues(package)] == ["DL-002"]


def test_for_colliding_files_only_list_and_note_are_returned(settings: Settings, give_back) -> None:
    report(settings.raw, "gusu")
    workbook(folder(settings.raw, "gusu") / "月报表.xlsx", "monthly_report", [report_row("gusu")])
    package = give_back()
    assert _names(package) == ["退回说明.docx", "问题清单.xlsx"]
    assert "ST-002" in [issue[10] for issue in _issues(package)]


def test_only_the_owner_can_read_the_package(settings: Settings, give_back) -> None:
    report(settings.raw, "gusu", verified_count=None)
    package = give_back()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in package.paths}
    assert modes == {0o600}
    for private in (package.folder, package.folder.parent, package.folder.parent.parent):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_no_file_of_an_earlier_package_is_left(settings: Settings, give_back) -> None:
    path = report(settings.raw, "gusu", verified_count=None)
    package = give_back()
    assert "monthly_report.xlsx" in _names(package)
    half = package.folder.with_name(".gusu.killed")
    half.mkdir()
    (half / "monthly_report.xlsx").write_bytes(b"left by a killed process")
    path.write_bytes(_OLE2_ENCRYPTED + bytes(600))
    assert _names(give_back()) == ["退回说明.docx", "问题清单.xlsx"]
    report(settings.raw, "gusu")
    assert give_back().is_empty
    assert list(package.folder.parent.iterdir()) == []


def test_a_failed_build_keeps_the_old_package(
    settings: Settings, give_back, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(settings.raw, "gusu", verified_count=None)
    before = {path: path.read_bytes() for path in give_back().paths}

    def fail(*arguments: object, **named: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("orchestration.returns.package.write_note", fail)
    with pytest.raises(OSError, match="the disk is full"):
        give_back()
    place = settings.home / "returns" / "2022-10"
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


def test_a_second_build_at_the_same_time_is_refused(settings: Settings, give_back) -> None:
    report(settings.raw, "gusu", verified_count=None)
    with holding(settings.locks, "return-2022-10-gusu"), pytest.raises(BusyError):
        give_back()


def test_the_note_gives_the_state_of_each_kind(settings: Settings, give_back) -> None:
    report(settings.raw, "gusu")
    rows = [building(n) for n in range(1, 201)]
    rows[4] |= {"floor_area_m2": None}
    workbook(folder(settings.raw, "gusu") / "building_survey.xlsx", "building_survey", rows)
    letter = _letter(give_back())
    assert "姑苏区2022年10月报送数据退回说明" in letter
    assert "1行未计入统计" in letter
    assert "已接收，部分行隔离" in letter
    assert "报送截止时间为2022年11月5日18:00" in letter
    assert "未报送" in letter
    assert "演示数据" not in letter


def test_simulated_deliveries_are_marked_in_the_note(settings: Settings, give_back) -> None:
    row = report_row("gusu", verified_count=None)
    path = folder(settings.raw, "gusu") / "模拟月报表.xlsx"
    workbook(path, "monthly_report", [row])
    package = give_back()
    assert "【演示数据】" in _letter(package)
    title = openpyxl.load_workbook(package.folder / "问题清单.xlsx")["问题清单"]["A1"].value
    assert "演示数据" in title


def test_only_the_districts_own_package_has_personal_data(
    settings: Settings, give_back, tmp_path: Path
) -> None:
    rows = [building(n, owner_name="王小明") for n in range(1, 4)]
    rows[1] |= {"use": "住人", "owner_name": "钱小红"}
    delimited(folder(settings.raw, "gusu") / "building_survey.csv", "building_survey", rows)
    package = give_back()
    book = openpyxl.load_workbook(package.folder / "building_survey-问题行.xlsx")
    texts = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
    assert "钱小红" in texts
    assert "王小明" not in texts
    assert "钱小红" not in str(_issues(package)) + _letter(package)


def test_findings_of_a_delivery_in_parts_are_returned_in_the_part_they_are_in(
    settings: Settings, give_back
) -> None:
    place = folder(settings.raw, "gusu")
    names = [f"排查台账_第{part}部分共2" for part in (1, 2)]
    for part, town in ((0, "平江街道"), (1, "沧浪街道")):
        rows = [building(100 * part + n, town=town, community=None) for n in range(1, 4)]
        rows[part] |= {"use": "住人"}
        write = (workbook, delimited)[part]
        write(place / f"{names[part]}{('.xlsx', '.csv')[part]}", "building_survey", rows)
    package = give_back()
    marked, affected = f"{names[0]}.xlsx", f"{names[1]}-问题行.xlsx"
    assert {marked, affected} <= set(_names(package))
    issues = [issue for issue in _issues(package) if issue[10] == "BS-113"]
    assert [issue[2:6] for issue in issues] == [
        (f"{names[0]}.xlsx", "既有建筑排查台账", 3, issues[0][5]),
        (f"{names[1]}.csv", "", 3, issues[1][5]),
    ]
    sheet = openpyxl.load_workbook(package.folder / marked)["既有建筑排查台账"]
    assert sheet[issues[0][5]].comment is not None
    sheet = openpyxl.load_workbook(package.folder / affected)["问题行"]
    rows = {row[0]: row[1] for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert "BS-113" in rows[3]
    assert not any("BS-113" in text for number, text in rows.items() if number != 3)
    letter = _letter(package)
    assert marked in letter
    assert affected in letter
    assert "只替换改动的部分即可" in letter
