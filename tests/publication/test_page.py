"""bulletin.html: self-contained, escaped, accessible."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import openpyxl
from publication.html_page import Page
from publication.october import (
    OCTOBER,
    RELEASED_AT,
    correction,
    difference,
    finding,
    golden_rows,
    verdict,
    waiver,
)

from orchestration.formats.colours import CHART_COLOURS
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.trends import Trend, TrendPoint
from orchestration.publication.charts.district_charts import draw
from orchestration.publication.charts.vega import bars_spec, render_svg
from orchestration.publication.issue.html import render_page
from orchestration.publication.issue.xlsx import render_workbook

MakeBulletin = Callable[..., Bulletin]
SCRIPT = "<script>alert(1)</script>"


def test_table_and_headline_are_the_published_ones(bulletin: Bulletin) -> None:
    page = Page(render_page(bulletin, RELEASED_AT))
    assert page.rows[2:13] == golden_rows()
    assert bulletin.headline in page.text
    assert bulletin.title in page.text


def test_page_loads_nothing_and_runs_nothing(bulletin: Bulletin) -> None:
    html = render_page(bulletin, RELEASED_AT, ("bulletin.xlsx", "quality.html", "explain.html"))
    page = Page(html)
    assert "://" not in html
    assert not re.search(r"url\(|@import|\bon\w+=|javascript:", html)
    assert not {"script", "iframe", "object", "embed", "form", "base"} & {t for t, _ in page.tags}
    links = {a.get("href") for t, a in page.tags if a.get("href")}
    assert {link for link in links if link and not link.startswith("explain.html#")} == {
        "data:,",
        "#table",
        "bulletin.xlsx",
        "quality.html",
        "explain.html",
    }
    assert any(
        meta.get("content") == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        for meta in page.named("meta")
    )


def test_page_is_accessible(bulletin: Bulletin) -> None:
    page = Page(render_page(bulletin, RELEASED_AT))
    assert page.named("html")[0]["lang"] == "zh-CN"
    assert all(heading.get("scope") for heading in page.named("th"))
    pictures = page.named("svg")
    assert len(pictures) == 6
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in pictures)
    assert len(page.named("h1")) == 1


def test_every_colour_of_a_chart_can_be_replaced(make_bulletin: MakeBulletin) -> None:
    html = render_page(make_bulletin(absent=["gusu"]), RELEASED_AT)
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', "".join(svgs(html))))
    text_and_lines = {"#24292f", "#6e7781"}
    assert colours <= set(CHART_COLOURS.values()) | text_and_lines
    assert all(f'[fill="{colour}"]' in html for colour in CHART_COLOURS.values())


def svgs(html: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", html, re.DOTALL)


def test_charts_keep_bulletin_order_and_show_what_is_missing(
    make_bulletin: MakeBulletin,
) -> None:
    names = [row[0] for row in golden_rows()[:-1]]
    for svg in svgs(render_page(make_bulletin(absent=["gusu"]), RELEASED_AT)):
        shown = re.findall(r">([^<>]+)</text>", svg)
        assert [text for text in shown if text in names] == names
        assert "缺报" in shown or "—" in shown


def test_missing_district_is_named_and_not_zero(make_bulletin: MakeBulletin) -> None:
    page = Page(render_page(make_bulletin(absent=["gusu"]), RELEASED_AT))
    rows = {row[0]: row[1:] for row in page.rows[:13] if row}
    assert rows["姑苏区"] == ["—"] * 6
    assert rows["合计〔部分〕"][0] == str(703260 - 49683)
    assert "姑苏区：月报未报送" in page.text
    assert "合计为部分合计" in page.text


def test_names_from_deliveries_are_shown_as_text(make_bulletin: MakeBulletin) -> None:
    html = render_page(
        make_bulletin(
            file_name=SCRIPT,
            findings=[finding(message=SCRIPT, remedy='"><img src=x onerror=alert(1)>')],
            verdicts=[verdict(reason=None), verdict(rule_id=SCRIPT, outcome="not_applicable")],
        ),
        RELEASED_AT,
    )
    page = Page(html)
    assert not page.named("script")
    assert not page.named("img")
    assert page.text.count(SCRIPT) >= 3


def test_corrections_and_waivers_are_listed_as_text(
    bulletin: Bulletin, make_bulletin: MakeBulletin
) -> None:
    html = render_page(
        make_bulletin(corrections=[correction(reason=SCRIPT)], waivers=[waiver(reason=SCRIPT)]),
        RELEASED_AT,
    )
    assert "<script" not in html
    assert Page(html).text.count(SCRIPT) == 2
    assert "更正和豁免" in html
    assert "更正和豁免" not in render_page(bulletin, RELEASED_AT)


def test_chart_labels_are_escaped() -> None:
    point = {"name": SCRIPT, "series": "stock", "value": 1.0, "label": "<b>"}
    svg = render_svg(bars_spec([point], ["stock"]), '"><script>')
    assert "<script" not in svg
    assert "<b>" not in svg


def test_quality_shows_failures_and_never_calls_not_applicable_passed(
    make_bulletin: MakeBulletin,
) -> None:
    page = Page(
        render_page(
            make_bulletin(
                verdicts=[
                    verdict(reason="核实件数为负"),
                    verdict(rule_id="stock_fall", outcome="not_applicable", reason="没有上月数据"),
                ],
                findings=[finding(), finding(row_number=6, severity="quarantine")],
                differences=[
                    difference("verified_count", "30", "31"),
                    difference("completed_count", "31", "31"),
                ],
            ),
            RELEASED_AT,
        )
    )
    rows = [row for row in page.rows if row and row[0] == "姑苏区"]
    assert ["姑苏区", "经现场核实存在违法拆改（起）", "30", "31", "-1"] in rows
    assert not any("处理完成违法拆改行为数量（起）" in row for row in rows)
    assert "共核对2个数，一致1个，不一致1个如下" in page.text
    assert any("核实件数为负" in row and "请核对后重报" in row for row in rows)
    assert "规则：未通过 1，不适用 1" in page.text
    assert "隔离 1" in page.text
    assert "没有上月数据" in page.text


def test_months_become_a_line_broken_where_the_districts_change(bulletin: Bulletin) -> None:
    everyone = frozenset(row.district_id for row in bulletin.districts)
    points = tuple(
        TrendPoint(OCTOBER.shift(-ago), 700000 - ago, 699000 - ago, 700000 - ago, places)
        for ago, places in ((3, everyone), (2, everyone), (1, everyone - {"gusu"}), (0, everyone))
    )
    html = render_page(
        replace(bulletin, trends=(Trend("surveyed_building_count", points),)), RELEASED_AT
    )
    page = Page(html)
    assert (
        "2022年7月699997，2022年10月700000；竖线为该月各版数字的范围；线断处前后地区不同"
        in page.text
    )
    [svg] = [svg for svg in svgs(html) if "竖线为" in svg]
    # three unbroken runs: two months, one, one; and a range a month
    assert len(re.findall(r'class="mark-line', svg)) == 3
    assert len(re.findall(r"<line [^>]*stroke-width=\"5\"", svg)) == 4
    assert "走势" not in Page(render_page(bulletin, RELEASED_AT)).text


def test_sections_are_numbered_in_order(bulletin: Bulletin) -> None:
    html = render_page(bulletin, RELEASED_AT)
    numbers = re.findall(r"<h2 id=[^>]*>(.)、", html)
    assert numbers == list("一二三四五六七")


def test_simulated_data_is_marked_with_table_charts_and_title(
    bulletin: Bulletin,
    make_bulletin: MakeBulletin,
) -> None:
    html = render_page(make_bulletin(file_name="模拟.xlsx"), RELEASED_AT)
    assert html.count("〔演示数据〕") >= 3 + 5
    assert "<title>〔演示数据〕" in html
    assert "〔演示数据〕" not in render_page(bulletin, RELEASED_AT)


def test_same_input_gives_the_same_page(bulletin: Bulletin, make_bulletin: MakeBulletin) -> None:
    assert render_page(bulletin, RELEASED_AT) == render_page(make_bulletin(), RELEASED_AT)


def test_empty_month_still_renders(bulletin: Bulletin, make_bulletin: MakeBulletin) -> None:
    everyone = [row.district_id for row in bulletin.districts]
    page = Page(render_page(make_bulletin(absent=everyone), RELEASED_AT))
    assert page.rows[12] == ["合计〔部分〕", *["—"] * 6]
    assert "没有可用的排查数据" in page.text


def test_page_and_workbook_print_the_kind_of_each_metric(bulletin: Bulletin) -> None:
    page = render_page(bulletin, RELEASED_AT)
    assert "平均每幢面积<small>平方米/幢，比率</small>" in page
    assert "已排查幢数<small>幢，期末存量</small>" in page
    assert "核实件数<small>起，本期发生</small>" in page
    book = openpyxl.load_workbook(BytesIO(render_workbook(bulletin, RELEASED_AT)))
    rows = {row[0]: row[2] for row in book["说明"].iter_rows(max_col=3, values_only=True)}
    assert rows["受理疑似件合计"] == "本期发生"
    assert rows["处理完成件数"] == "本期发生"


def test_a_chart_says_whether_its_own_measure_is_complete(make_bulletin: MakeBulletin) -> None:
    """A district without cases leaves the buildings whole: their shares are the city's."""
    cases = ("suspected_complaint_count", "suspected_patrol_count", "verified_count")
    absent = dict.fromkeys((*cases, "completed_count")) | {"case_basis": "missing"}
    bulletin = make_bulletin(changes={"gusu": absent, "city": {"is_partial": True}})
    told = {picture.title: picture.reading for picture in draw(bulletin)}
    assert told["已排查幢数"].startswith("全市703260幢")
    assert told["平均每幢面积"].startswith("全市平均")
    assert told["受理疑似违法拆改"].startswith("已报地区合计")
