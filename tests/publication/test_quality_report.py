"""quality.html: what it says of a month, and that nothing delivered can make it do anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publication.hostile import HOSTILE
from publication.html_page import Page
from publication.october import OCTOBER, RELEASED_AT, finding, score, verdict

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import load_bulletin
from orchestration.publication.charts.sparkline import HEIGHT, WIDTH, sparkline
from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.quality.model import (
    CELLS_SHOWN,
    MONTHS_SHOWN,
    QualityReport,
    load_quality_report,
)
from orchestration.publication.quality.page import render_quality_page
from orchestration.settings import Settings

MakeReport = Callable[..., QualityReport]
RULE = "MR-103"
FAIL = {"rule_id": RULE, "reason": None}
FAIL_CELL = {"rule_id": RULE}
FORBIDDEN_TAGS = {"script", "img", "iframe", "object", "embed", "form", "input", "base", "math"}


@pytest.fixture
def make_report(settings: Settings, make_warehouse: Callable[..., None]) -> MakeReport:
    """Build a warehouse, publish it and read October's report back."""

    def make(**options: Any) -> QualityReport:
        make_warehouse(**options)
        publish_statistics(settings)
        bulletin = load_bulletin(settings.statistics, OCTOBER)
        return load_quality_report(settings.statistics, bulletin)

    return make


def page_of(report: QualityReport) -> Page:
    return Page(render_quality_page(report, RELEASED_AT))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_scores_are_shown_with_change_counts_and_why_there_is_none(
    make_report: MakeReport,
) -> None:
    report = make_report(
        scores=[
            score(99_999, 100_000, change="-0.0123"),
            score(0, 0, dimension=("timeliness", "及时性", 4), reason="属补录，不评"),
            score(3, 3, district_id="city"),
        ]
    )
    text = squeezed(page_of(report).text)
    assert "规范性99.99%▼1.23" in text
    assert "及时性—注1" in text
    assert "注1：属补录，不评。" in text
    assert "全市规范性100%3 / 3" in text


def test_missing_score_is_never_a_number(make_report: MakeReport) -> None:
    report = make_report(absent=["gusu"], scores=[score(0, 0, reason="本月未报送")])
    text = squeezed(page_of(report).text)
    assert "规范性—注1" in text
    assert "规范性0%" not in text
    assert report.failing_rates == {}


def test_failed_rules_are_sorted_by_severity_with_their_sentence(make_report: MakeReport) -> None:
    report = make_report(
        verdicts=[
            verdict(rule_id="MR-203", failing_count=9, checked_count=9),
            verdict(rule_id="MR-202", severity="refuse"),
            verdict(rule_id=RULE, severity="quarantine", reason=None),
            verdict(rule_id="ZZ-999", reason="有1处"),
        ]
    )
    assert [rule.rule_id for rule in report.failed] == ["MR-202", RULE, "MR-203", "ZZ-999"]
    text = page_of(report).text
    assert "合计须等于各行之和" in text
    assert "姑苏区 1/1（有1处）" in text


def test_each_district_shows_its_first_cell_before_anyone_shows_a_second(
    make_report: MakeReport,
) -> None:
    gusu = [finding(**FAIL_CELL, row_number=row, cell=f"C{row}") for row in range(2, 30)]
    sip = [
        finding(**FAIL_CELL, district_id="sip", row_number=row, cell=f"C{row}") for row in (7, 9)
    ]
    report = make_report(
        verdicts=[verdict(**FAIL, failing_count=28), verdict(**FAIL, district_id="sip")],
        findings=[*gusu, *sip],
    )
    [rule] = report.failed
    shown = [(cell.district_id, cell.cell) for cell in rule.cells]
    assert shown == [("gusu", f"C{row}") for row in range(2, 6)] + [("sip", "C7"), ("sip", "C9")]
    assert len(shown) == CELLS_SHOWN
    text = squeezed(page_of(report).text)
    assert "另有 24 处" in text
    assert "处理办法：请核对后重报" in text


def test_remedies_that_differ_stand_beside_their_cells(make_report: MakeReport) -> None:
    findings = [finding(**FAIL_CELL, remedy=text, row_number=n) for n, text in enumerate("甲乙", 5)]
    report = make_report(verdicts=[verdict(**FAIL)], findings=findings)
    assert report.failed[0].remedy is None
    text = page_of(report).text
    assert "处理办法：甲" in text
    assert "处理办法：乙" in text


def test_rules_that_do_not_apply_stand_apart_and_those_that_erred_count_as_failed(
    make_report: MakeReport,
) -> None:
    report = make_report(
        verdicts=[
            verdict(rule_id="MR-401", outcome="not_applicable", reason="没有台账"),
            verdict(rule_id="MR-402", outcome="not_applicable", reason="没有台账"),
            verdict(rule_id="MR-402", district_id="sip", outcome="pass", reason=None),
            verdict(rule_id="MR-203", outcome="error", failing_count=None, reason="查询失败"),
        ]
    )
    [item] = report.not_applicable
    assert item.rule_ids == ("MR-401", "MR-402")
    assert item.district_ids == ("gusu",)
    assert not item.is_every_rule
    page = page_of(report)
    text = squeezed(page.text)
    assert "作出规则判定2项，未通过1项" in text
    assert "1 项规则没能判定，均按未通过计" in text
    assert "查询失败" in text
    assert "没有判定：既不算通过，也不计入得分" in text
    # a green badge is a delivery's state only
    assert "通过 2" not in text


def test_rows_of_every_file_are_accounted_for_or_said_not_to_be(make_report: MakeReport) -> None:
    report = make_report()
    rows = [row for row in page_of(report).rows if row and row[-1] == "✓ 相符"]
    assert len(rows) == 10
    assert rows[0][5:9] == ["5", "4", "1", "0"]
    deliveries = tuple(
        replace(delivery, accepted_count=0) if delivery.district_id == "gusu" else delivery
        for delivery in report.bulletin.deliveries
    )
    broken = replace(report, bulletin=replace(report.bulletin, deliveries=deliveries))
    assert [row[0] for row in page_of(broken).rows if row and row[-1] == "✗ 不符"] == ["姑苏区"]


def test_months_without_data_are_gaps(make_report: MakeReport) -> None:
    months = [date(2022, 10, 1), date(2022, 9, 1), date(2022, 6, 1), date(2021, 10, 1)]
    scores = [score(9_990, 10_000, month=month) for month in months]
    late = score(0, 5, month=months[0], dimension=("timeliness", "及时性", 4))
    report = make_report(scores=[*scores, late])
    rates = report.failing_rates["gusu"]
    assert rates == (*[None] * 7, 10.0, None, None, 10.0, 10.0)
    assert len(rates) == MONTHS_SHOWN
    pictures = page_of(report).named("svg")
    assert any("2022年7月无数据" in (svg["aria-label"] or "") for svg in pictures)
    assert len(sparkline(rates).lines) == 2


def test_the_citys_trend_joins_only_months_of_the_same_districts(make_report: MakeReport) -> None:
    july, august, september, october = (date(2022, month, 1) for month in (7, 8, 9, 10))
    scores = [score(9_990, 10_000, month=month) for month in (july, august, september, october)]
    scores += [
        score(9_990, 10_000, month=month, district_id="city") for month in (july, august, september)
    ]
    note = "不含昆山市（上月没有数据）"
    scores += [
        score(9_000, 10_000, month=october, district_id="city", change="0.01", note=note),
        score(1, 2, month=october, district_id="kunshan"),
    ]
    report = make_report(scores=scores)
    assert report.coverage[-2:] == (frozenset({"gusu"}), frozenset({"gusu", "kunshan"}))
    assert len(sparkline(report.failing_rates["gusu"]).lines) == 1
    assert len(sparkline(report.failing_rates["city"], report.coverage).lines) == 2
    shown = page_of(report)
    assert "较上月 ▲1.00，不含昆山市（上月没有数据）" in shown.text
    told = [svg["aria-label"] or "" for svg in shown.named("svg")]
    assert any("2022年9月10.0（1个地区），2022年10月1000.0（2个地区）" in one for one in told)


@given(st.lists(st.none() | st.floats(0, 1e6), max_size=12))
def test_sparkline_draws_every_value_once_and_no_gap(values: list[float | None]) -> None:
    drawn = sparkline(values)
    points = [point for line in drawn.lines for point in dict.fromkeys(line.split())]
    assert len(points) == sum(value is not None for value in values)
    assert (drawn.last is None) == (not values or values[-1] is None)
    for x, y in (tuple(map(float, point.split(","))) for point in points):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


@given(st.integers(1, 10**9), st.data())
def test_share_reads_all_or_nothing_only_when_it_is(denominator: int, data: st.DataObject) -> None:
    numerator = data.draw(st.integers(0, denominator))
    text = wording.share_text(numerator, denominator)
    assert (text == "100%") == (numerator == denominator)
    assert (text == "0%") == (numerator == 0)
    assert text not in ("100.00%", "0.00%")


def test_delivered_text_never_becomes_markup_or_reverses_the_page(
    settings: Settings, make_warehouse: Callable[..., None]
) -> None:
    assert len(HOSTILE) == 30
    make_warehouse(
        file_name="".join(HOSTILE),
        verdicts=[
            *(verdict(rule_id=text, reason=text) for text in HOSTILE),
            *(
                verdict(rule_id=f"N{text}", outcome="not_applicable", reason=text)
                for text in HOSTILE
            ),
            *(verdict(rule_id=f"E{text}", outcome="error", reason=text) for text in HOSTILE),
        ],
        findings=[
            finding(
                rule_id=text,
                file_name=text,
                sheet=text,
                cell=text,
                field=text,
                record_key=text,
                message=text,
                remedy=text,
            )
            for text in HOSTILE
        ],
        scores=[
            score(0, 0, dimension=(text, text, order), reason=text)
            for order, text in enumerate(HOSTILE)
        ],
    )
    publish_statistics(settings)
    bulletin = load_bulletin(settings.statistics, OCTOBER)
    html = render_quality_page(load_quality_report(settings.statistics, bulletin), RELEASED_AT)
    page = Page(html)
    assert not FORBIDDEN_TAGS & {tag for tag, _ in page.tags}
    assert len(page.named("style")) == len(page.named("link")) == 1
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not {"src", "srcdoc", "action", "formaction", "data", "xlink:href"} & names
    links = {attributes["href"] for _, attributes in page.tags if "href" in attributes}
    assert links == {"data:,", "#districts", "#notes", "bulletin.html"}
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0b-\x1f\x7f-\x9f]", html
    )
    # all is there, as text
    for text in HOSTILE[:-2]:
        assert page.text.count(text) >= 5
    assert page.text.count("报表�xslx.exe") >= 5


def test_page_stands_alone_and_is_accessible(make_report: MakeReport) -> None:
    report = make_report(
        verdicts=[verdict(**FAIL)],
        findings=[finding(**FAIL_CELL)],
        scores=[score(1, 2)],
    )
    html = render_quality_page(report, RELEASED_AT)
    page = Page(html)
    assert "://" not in html
    assert not re.search(r"url\(|@import|\bon\w+=|javascript:|<script", html)
    assert any(
        meta.get("content") == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        for meta in page.named("meta")
    )
    assert page.named("html")[0]["lang"] == "zh-CN"
    assert len(page.named("h1")) == 1
    assert all(heading.get("scope") for heading in page.named("th"))
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in page.named("svg"))
    assert html == render_quality_page(report, RELEASED_AT)
    assert "月度公报" in page.text


def test_simulated_month_says_so(make_report: MakeReport) -> None:
    page = page_of(make_report(file_name="模拟_月报表.xlsx"))
    assert "〔演示数据〕" in page.text
    assert "不得引用" in page.text
    assert "演示数据" not in page_of(make_report()).text
