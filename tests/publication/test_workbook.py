"""bulletin.xlsx, read back as another program reads it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from publication.october import (
    RELEASED_AT,
    correction,
    finding,
    golden_rows,
    verdict,
    waiver,
)

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.issue.xlsx import render_workbook

MakeBulletin = Callable[..., Bulletin]
BODY = slice(5, 16)


def read(bulletin: Bulletin) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(render_workbook(bulletin, RELEASED_AT)))


def body(sheet: Worksheet) -> list[tuple[object, ...]]:
    return list(sheet.iter_rows(values_only=True))[BODY]


def texts(sheet: Worksheet) -> str:
    return "\n".join(
        str(value) for row in sheet.iter_rows(values_only=True) for value in row if value
    )


def test_report_equals_the_published_table(bulletin: Bulletin) -> None:
    golden = [
        (name, int(count), float(area), *map(int, cases))
        for name, count, area, *cases in golden_rows()
    ]
    sheet = read(bulletin)["公报表"]
    assert body(sheet) == golden
    assert [[cell.number_format for cell in row[1:]] for row in sheet[6:16]] == [
        ["0", "0.00", "0", "0", "0", "0"]
    ] * 11
    assert all(cell.font.bold for cell in sheet[16])
    assert not any(cell.font.bold for cell in sheet[15])


def test_report_has_the_seeds_headings(bulletin: Bulletin) -> None:
    sheet = read(bulletin)["公报表"]
    assert sheet["A1"].value == bulletin.title
    assert sheet["A2"].value == bulletin.headline
    assert sheet["A3"].value == bulletin.subline
    assert [cell.value for cell in sheet[4]] == [
        "地区",
        "已排查幢数",
        "已排查面积(万平方)",
        "受理疑似违法拆改投诉（起）",
        None,
        "经现场核实存在违法拆改（起）",
        "处理完成违法拆改行为数量（起）",
    ]
    assert [cell.value for cell in sheet[5]] == [
        None,
        None,
        None,
        "投诉举报",
        "巡查发现",
        None,
        None,
    ]
    assert {"A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:F5", "G4:G5", "A1:G1"} <= {
        str(merged) for merged in sheet.merged_cells.ranges
    }
    assert sheet["A17"].value.startswith("制表：")
    assert sheet["A17"].value.endswith("报出日期：2022年11月6日")


def test_report_prints_on_a4_landscape(bulletin: Bulletin) -> None:
    sheet = read(bulletin)["公报表"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    # One page is the format's default and not written out.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$5"
    assert sheet.print_area == "'公报表'!$A$1:$G$21"
    assert sheet.oddFooter.center.text == "— &P —"
    assert sheet.freeze_panes == "B6"
    assert {sheet["A1"].font.name, sheet["B6"].font.name} == {"黑体", "宋体"}


def test_missing_district_is_a_dash_and_the_total_is_marked(make_bulletin: MakeBulletin) -> None:
    sheet = read(make_bulletin(absent=["gusu"]))["公报表"]
    rows = {row[0]: row[1:] for row in body(sheet)}
    assert rows["姑苏区"] == ("—",) * 6
    assert rows["合计〔部分〕"][0] == 703260 - 49683
    assert "姑苏区：月报未报送" in texts(sheet)


def test_sheets_stand_in_order_and_the_contents_link_to_them(bulletin: Bulletin) -> None:
    book = read(bulletin)
    assert book.sheetnames == ["公报表", "封面", "目录", "说明", "修订", "报送情况"]
    links = [cell.hyperlink.location for cell in book["目录"]["A"][2:] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames]
    assert "已排查幢数" in texts(book["说明"])
    assert "无缺报。" in texts(book["说明"])
    assert "无更正，无豁免。" in texts(book["说明"])


def test_only_what_is_printed_is_defined(bulletin: Bulletin) -> None:
    names = [row[0] for row in read(bulletin)["说明"].iter_rows(values_only=True)]
    assert "受理疑似件合计" in names
    assert "平均每幢面积" not in names


def test_headers_and_values_are_chinese_and_figures_are_numbers(
    make_bulletin: MakeBulletin,
) -> None:
    sheet = read(make_bulletin(verdicts=[verdict()], findings=[finding()]))["报送情况"]
    assert not re.search(r"[a-z]+_[a-z]+", texts(sheet).replace(verdict()["rule_id"], ""))
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == "姑苏区"]
    assert rows[0][:4] == ("姑苏区", "月报表", "已接收", 1)
    assert rows[1][2:7] == (
        "提醒",
        verdict()["rule_id"],
        "1 / 1",
        "核实件数为负；有1处数值为负",
        "请核对后重报",
    )


def test_short_sheets_print_on_one_page(bulletin: Bulletin) -> None:
    for sheet in read(bulletin).worksheets:
        assert sheet.page_setup.fitToHeight in ((0, None) if sheet.title == "说明" else (1, None))
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.parametrize(
    "payload", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "＝1+1", "https://example.org", "0012"]
)
def test_text_from_deliveries_stays_text(make_bulletin: MakeBulletin, payload: str) -> None:
    sheet = read(
        make_bulletin(findings=[finding(message=payload, remedy=payload)], verdicts=[verdict()])
    )["报送情况"]
    cells = [cell for row in sheet.iter_rows() for cell in row if payload in str(cell.value)]
    assert len(cells) == 2
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}
    assert all(bool(cell.quotePrefix) is (payload[0] in "=+-@＝") for cell in cells)


def test_corrections_and_waivers_are_noted_and_listed(
    make_bulletin: MakeBulletin,
) -> None:
    stale = correction(record_key="32050800000006", status="stale", detail="可删去")
    made = make_bulletin(
        corrections=[correction(reason="=1+1"), stale], waivers=[waiver(reason="@SUM(A1)")]
    )
    book = read(made)
    note = "更正2处（采用1、未采用0、失效1），豁免1条（采用1、未用到0），逐条见说明。"
    assert note in texts(book["公报表"])
    told = texts(book["说明"])
    assert (
        "更正：姑苏区既有建筑排查台账，32050800000005的建筑面积(平方米)由空白改为“120.25”，采用。"
        "理由：=1+1（王科员，2022年11月3日）"
    ) in told
    assert "失效（可删去）" in told
    assert (
        "豁免：姑苏区既有建筑排查台账，32050800000009按规则BS-212，采用，放行1行。"
        "理由：@SUM(A1)（王科员，2022年11月3日，有效至2022年12月31日）"
    ) in told


def test_decisions_beyond_the_limit_are_counted(
    make_bulletin: MakeBulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "MAX_DECISIONS_SHOWN", 2)
    book = read(make_bulletin(waivers=[waiver(record_key=str(n)) for n in range(3)]))
    assert texts(book["说明"]).count("豁免：") == 2
    assert "另有1条，见 statistics.duckdb 的 marts.rpt_waiver。" in texts(book["说明"])


def test_simulated_data_is_marked_on_every_sheet(make_bulletin: MakeBulletin) -> None:
    book = read(make_bulletin(file_name="模拟.xlsx"))
    assert "〔演示数据〕" in texts(book["公报表"])
    assert all("〔演示数据〕" in sheet.oddHeader.right.text for sheet in book.worksheets)
    assert "〔演示数据〕" in book.properties.subject


def test_same_input_gives_the_same_bytes(bulletin: Bulletin, make_bulletin: MakeBulletin) -> None:
    content = render_workbook(bulletin, RELEASED_AT)
    assert render_workbook(make_bulletin(), RELEASED_AT) == content
    assert render_workbook(bulletin, datetime(2022, 11, 7)) != content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"2022-11-06T06:00:00Z") == 2
