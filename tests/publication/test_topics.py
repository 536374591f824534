"""What page and workbook show of cases, inspection and dangerous buildings."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from publication.hostile import HOSTILE
from publication.html_page import Page
from publication.inspected import inspection
from publication.october import RELEASED_AT
from publication.topic_rows import (
    AGES,
    CHANGES,
    DANGER,
    FLOWS,
    MakeBulletin,
    Row,
    danger,
    flow,
    page,
    supervised,
)

from orchestration.formats.colours import CHART_COLOURS
from orchestration.publication.issue import html_topics
from orchestration.publication.issue.html import render_page
from orchestration.publication.issue.xlsx import render_workbook
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR


def test_case_flow_has_sentences_charts_and_links(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(
        topics={"rpt_alteration_flow_monthly": FLOWS, "rpt_alteration_ageing_monthly": AGES}
    )
    shown = page(bulletin)
    assert (
        "10月初在办17起（不含高新区），本月核实32起、重新立案1起、处理完成31起、撤销0起，"
        "月末在办19起。" in shown.text
    )
    assert "处理完成的31起中，13起为以前月份核实。" in shown.text
    above = "处理完成多于核实的地区：姑苏区（完成31起、核实30起，完成的有13起为以前月份核实）。"
    assert above in shown.text
    assert ["姑苏区", "13", "30", "0", "31", "0", "0", "12"] in shown.rows
    assert ["高新区", *["—"] * 7] in shown.rows
    assert ["全市〔部分〕", "17", "32", "1", "31", "0", "0", "19"] in shown.rows


def test_headers_lead_to_the_definitions_of_their_figures(make_bulletin: MakeBulletin) -> None:
    given = {"rpt_alteration_flow_monthly": FLOWS}
    bulletin = make_bulletin(topics=given, inspections=[inspection()])
    shown = page(bulletin)
    links = {link["href"] for link in shown.named("a") if "#metric-" in str(link["href"])}
    # what the fixture's registry does not define has no link
    assert links == {"#metric-verified_count", "#metric-completed_count"}
    anchors = {f"#{attributes['id']}" for _, attributes in shown.tags if "id" in attributes}
    assert links <= anchors
    defined = {row["metric_id"] for row in read_rows(SEEDS_DIR / "metrics.csv")}
    tables = [table for topic in html_topics.topics_of(bulletin) for table in topic.tables]
    assert len(tables) == 2
    for table in tables:
        named = {table.metric_of(column) for column in range(1, len(table.headers))} - {""}
        assert named
        assert named <= defined


def test_charts_show_the_steps_and_what_is_missing(make_bulletin: MakeBulletin) -> None:
    html = render_page(
        make_bulletin(
            topics={
                "rpt_alteration_flow_monthly": FLOWS,
                "rpt_alteration_ageing_monthly": AGES,
                "rpt_danger_closure_monthly": DANGER,
            },
            inspections=[inspection(), inspection(district_id="gusu", district_code="320508")],
        ),
        RELEASED_AT,
    )
    drawn = {
        re.findall(r'aria-label="([^（"]+)', svg)[0]: re.findall(r">([^<>]+)</text>", svg)
        for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    }
    steps = ["月初在办", "核实存在", "重新立案", "处理完成", "撤销", "月末在办"]
    assert drawn["案件收支"] == [*steps, "17", "+32", "+1", "−31", "+0", "19"]
    assert {"12", "缺报"} <= set(drawn["属实未结案件的账龄"])
    assert drawn["危房闭环"][5:] == ["19", "18", "17", "14", "9"]
    assert drawn["C级、D级危房"][3:] == ["10", "8", "5", "7", "6", "4"]
    assert "39.37%" in drawn["抽检进度"]
    assert drawn["抽检合格率"].count("82.68%") == 1
    assert drawn["抽检合格率"].count("—") == 9
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', html))
    assert colours <= set(CHART_COLOURS.values()) | {"#24292f", "#6e7781"}


def test_cases_that_do_not_balance_are_named(make_bulletin: MakeBulletin) -> None:
    case = {"district_id": "gusu", "case_id": "A1", "explanation": "not_listed"}
    earlier = {"district_id": "gusu", "case_id": "A2", "explanation": "completed_earlier_case"}
    bulletin = make_bulletin(
        topics={
            "rpt_alteration_flow_monthly": FLOWS,
            "rpt_alteration_explanation_monthly": [case, earlier],
        }
    )
    assert "列入“调整”：姑苏区1件上月在办而本月未列。" in page(bulletin).text


def test_inspection_has_its_own_date_and_is_marked_preliminary(
    make_bulletin: MakeBulletin,
) -> None:
    shares = dict.fromkeys(("pass_share", "pass_share_low", "pass_share_high"))
    place = {"district_id": "gusu", "district_name": "姑苏区"}
    rows = [inspection(), inspection(**place, **shares, inspected_count=0, passed_count=0)]
    shown = page(make_bulletin(inspections=rows))
    assert "抽检核查〔初步〕数据截至 2022年11月2日" in shown.text
    city = ["全市", "3475", "1368", "39.37%", "1131", "82.68%", "80.58%至84.59%"]
    assert city in shown.rows
    assert ["姑苏区", "3475", "0", "0%", "0", "—", "—"] in shown.rows
    assert (
        "〔初步〕" not in page(make_bulletin(inspections=[inspection(is_preliminary=False)])).text
    )


@pytest.mark.parametrize(
    "topics_given",
    [
        {},
        {
            "rpt_alteration_flow_monthly": [
                flow("gusu", None),
                flow("city", None, is_partial=True),
            ],
            "rpt_danger_closure_monthly": [
                danger("gusu", "all", None),
                danger("city", "all", None),
            ],
            "rpt_district_assessment_monthly": [{"district_id": "city"}],
        },
    ],
)
def test_a_topic_without_data_says_so_and_shows_no_zero(
    make_bulletin: MakeBulletin, topics_given: dict[str, list[Row]]
) -> None:
    bulletin = make_bulletin(topics=topics_given)
    told = {topic.title: topic for topic in html_topics.topics_of(bulletin)}
    assert list(told) == ["案件流转", "抽检核查", "危房治理", "绩效评价"]
    for topic in told.values():
        assert topic.sentences[0].startswith("本月没有")
        assert not topic.charts
        assert not topic.tables
    shown = page(bulletin)
    assert len(shown.named("svg")) == 6
    assert "违法拆改案件台账，案件流转和账龄从缺" in shown.text


def test_each_grade_has_a_sentence_and_supervised_cases_are_counted(
    make_bulletin: MakeBulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_topics, "SUPERVISED_SHOWN", 2)
    cases = [
        supervised(1, is_overdue=True, warnings="已超治理期限", lead_unit="平江街道"),
        supervised(2),
        supervised(3, warnings="巡查间隔过长"),
    ]
    bulletin = make_bulletin(
        topics={"rpt_danger_closure_monthly": DANGER, "rpt_d_grade_supervision": cases}
    )
    shown = page(bulletin)
    assert "D级危房累计发现7起，D级危房累计治理6起，D级危房累计消险4起。" in shown.text
    assert "D级危房在办3起，其中超期1起，有提示2起" in shown.text
    first = ["姑苏区", "W001", "平江街道", "治理中", "2022年12月1日", "—", "已超治理期限"]
    assert first in shown.rows
    assert not any("W003" in row for row in shown.rows)
    assert "（3起，列前2起，其余见 bulletin.xlsx 的危房治理表）" in shown.text


def test_hostile_text_of_a_register_is_only_text(make_bulletin: MakeBulletin) -> None:
    cases = [
        supervised(number, lead_unit=text, next_step=text, warnings=text)
        for number, text in enumerate(HOSTILE)
    ]
    assessed = {"district_id": "city", "total_score": 1, "available_weight_share": 1}
    bulletin = make_bulletin(
        topics={
            "rpt_danger_closure_monthly": DANGER,
            "rpt_d_grade_supervision": cases,
            "rpt_district_assessment_monthly": [
                assessed | {"is_example": True, "missing_indicator_names": HOSTILE[0]}
            ],
        }
    )
    html = render_page(bulletin, RELEASED_AT)
    shown = Page(html)
    assert not {"script", "img", "iframe", "object", "form", "base"} & {t for t, _ in shown.tags}
    assert not any(name.startswith("on") for _, given in shown.tags for name in given)
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in html
    assert shown.text.count(HOSTILE[0]) >= 4


def test_the_workbook_has_the_topics_with_figures_as_numbers(make_bulletin: MakeBulletin) -> None:
    shares = [CHANGES[3] | {"mom_share": -0.0625}]
    bulletin = make_bulletin(
        topics={
            "rpt_measure_change_monthly": shares,
            "rpt_alteration_flow_monthly": FLOWS,
            "rpt_danger_closure_monthly": DANGER,
            "rpt_d_grade_supervision": [supervised(1, lead_unit="=1+1")],
        }
    )
    book = openpyxl.load_workbook(BytesIO(render_workbook(bulletin, RELEASED_AT)))

    def cells(sheet: str) -> list[Any]:
        return [cell for row in book[sheet].iter_rows() for cell in row]

    [share] = [cell for cell in cells("环比同比") if cell.value == -0.0625]
    assert share.number_format == "0.00%"
    assert any(cell.value == -5 for cell in cells("环比同比"))
    assert any(cell.value == 12 for cell in cells("案件流转"))
    [unit] = [cell for cell in cells("危房治理") if cell.value == "=1+1"]
    assert (unit.data_type, bool(unit.quotePrefix)) == ("s", True)
