"""What the page shows of cases, inspection, dangerous buildings, assessment and change."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from publication.hostile import HOSTILE
from publication.html_page import Page
from publication.inspected import inspection
from publication.october import OCTOBER, RELEASED_AT

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.subject_wording import change_told, month_on_month
from orchestration.publication.charts.vega import PALETTE
from orchestration.publication.issue import html_subjects
from orchestration.publication.issue.html import render_page
from orchestration.publication.issue.xlsx import render_workbook
from orchestration.publication.newsletter.drafted_text import drafted_statistics
from orchestration.publication.newsletter.editorial import Article
from orchestration.publication.newsletter.fact_check import check_prose
from orchestration.publication.newsletter.facts import facts_of
from orchestration.settings import SEEDS_DIR

MakeBulletin = Callable[..., Bulletin]
Row = dict[str, Any]


def flow(district_id: str, counts: tuple[int, ...] | None, **values: Any) -> Row:
    """One row of the flow: opening, verified, reopened, completed, of those earlier, withdrawn."""
    row: Row = {"district_id": district_id, "case_basis": "ledger", "is_partial": False}
    if counts is not None:
        names = ("opening", "verified", "reopened", "completed", "earlier_completed", "withdrawn")
        row |= {f"{name}_count": count for name, count in zip(names, counts, strict=True)}
        opening, verified, reopened, completed, _, withdrawn = counts
        row["adjustment_count"] = 0
        row["closing_count"] = opening + verified + reopened - completed - withdrawn
    return row | values


FLOWS = [
    flow("gusu", (13, 30, 0, 31, 13, 0)),
    flow("sip", (4, 2, 1, 0, 0, 0)),
    flow("gaoxin", None, case_basis="reported", is_partial=True),
    flow("city", (17, 32, 1, 31, 13, 0), is_partial=True),
]


def ages(district_id: str, step: str, young: int | None, old: int | None) -> list[Row]:
    row = {"district_id": district_id, "step": step, "overdue_count": 0}
    first = {"age_band_id": "up_to_30_days", "age_band_name": "30天以内", "age_band_order": 1}
    last = {"age_band_id": "above_180_days", "age_band_name": "180天以上", "age_band_order": 5}
    return [row | first | {"open_count": young}, row | last | {"open_count": old}]


AGES = [
    *ages("gusu", "completion", 10, 2),
    *ages("gaoxin", "completion", None, None),
    *ages("city", "completion", 10, 2),
]


def danger(district_id: str, grade: str, counts: tuple[int, ...] | None) -> Row:
    """One row of the loop: found, appraised, dangerous, treated, eliminated."""
    row: Row = {"district_id": district_id, "grade_code": grade, "is_partial": False}
    if counts is None:
        return row
    names = ("found", "appraised", "dangerous", "treated", "eliminated")
    row |= {f"ever_{name}_count": count for name, count in zip(names, counts, strict=True)}
    waiting = {"awaiting_appraisal_count": 1, "in_treatment_count": 2, "not_dangerous_count": 0}
    return row | waiting | {"awaiting_treatment_count": 0, "closing_count": 3}


DANGER = [
    danger(place, grade, counts)
    for place in ("gusu", "city")
    for grade, counts in {
        "C": (10, 10, 10, 8, 5),
        "D": (7, 7, 7, 6, 4),
        "all": (19, 18, 17, 14, 9),
    }.items()
]


def supervised(number: int, **values: Any) -> Row:
    return {
        "district_id": "gusu",
        "danger_case_id": f"W{number:03}",
        "stage_name": "治理中",
        "is_overdue": False,
        "due_on": date(2022, 12, 1),
    } | values


def change(measure: str, now: str, before: str | None, **values: Any) -> Row:
    known = before is not None
    return {
        "district_id": "city",
        "measure": measure,
        "measure_value": Decimal(now),
        "previous_value": Decimal(before) if before is not None else None,
        "mom_difference": Decimal(now) - Decimal(before) if before is not None else None,
        "mom_covered_value": Decimal(now) if known else None,
        "mom_base_value": Decimal(before) if before is not None else None,
        "mom_district_ids": "gusu|sip" if known else None,
        "mom_reason": None if known else "上月没有数据",
        "is_partial": False,
        "is_previous_partial": False,
        "is_city_partial": False,
    } | values


def page(bulletin: Bulletin) -> Page:
    return Page(render_page(bulletin, RELEASED_AT))


def test_flow_is_told_shown_and_explained(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(
        subjects={"rpt_alteration_flow_monthly": FLOWS, "rpt_alteration_ageing_monthly": AGES}
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
    bulletin = make_bulletin(subjects=given, inspections=[inspection()])
    shown = page(bulletin)
    links = {link["href"] for link in shown.named("a") if "#metric-" in str(link["href"])}
    # what the fixture's registry does not define has no link
    assert links == {"#metric-verified_count", "#metric-completed_count"}
    anchors = {f"#{attributes['id']}" for _, attributes in shown.tags if "id" in attributes}
    assert links <= anchors
    with (SEEDS_DIR / "metrics.csv").open(encoding="utf-8", newline="") as seed:
        defined = {row["metric_id"] for row in csv.DictReader(seed)}
    tables = [table for subject in html_subjects.subjects_of(bulletin) for table in subject.tables]
    assert len(tables) == 2
    for table in tables:
        named = {table.metric_of(column) for column in range(1, len(table.headers))} - {""}
        assert named
        assert named <= defined


def test_pictures_show_the_steps_and_what_is_missing(make_bulletin: MakeBulletin) -> None:
    html = render_page(
        make_bulletin(
            subjects={
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
    steps = ["月初在办", "核实", "重新立案", "处理完成", "撤销", "月末在办"]
    assert drawn["案件收支"] == [*steps, "17", "+32", "+1", "−31", "+0", "19"]
    assert {"12", "缺报"} <= set(drawn["属实未结案件的账龄"])
    assert drawn["危房闭环"][5:] == ["19", "18", "17", "14", "9"]
    assert drawn["C级、D级危房"][3:] == ["10", "8", "5", "7", "6", "4"]
    assert "39.37%" in drawn["抽检进度"]
    assert drawn["抽检合格率"].count("82.68%") == 1
    assert drawn["抽检合格率"].count("—") == 9
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', html))
    assert colours <= set(PALETTE.values()) | {"#24292f", "#6e7781"}


def test_cases_that_do_not_balance_are_named(make_bulletin: MakeBulletin) -> None:
    case = {"district_id": "gusu", "case_id": "A1", "explanation": "not_listed"}
    earlier = {"district_id": "gusu", "case_id": "A2", "explanation": "completed_earlier_case"}
    bulletin = make_bulletin(
        subjects={
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
    "subjects_given",
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
def test_a_subject_without_data_says_so_and_shows_no_zero(
    make_bulletin: MakeBulletin, subjects_given: dict[str, list[Row]]
) -> None:
    bulletin = make_bulletin(subjects=subjects_given)
    told = {subject.title: subject for subject in html_subjects.subjects_of(bulletin)}
    assert list(told) == ["案件流转", "抽检核查", "危房治理", "绩效评价"]
    for subject in told.values():
        assert subject.told[0].startswith("本月没有")
        assert not subject.pictures
        assert not subject.tables
    shown = page(bulletin)
    assert len(shown.named("svg")) == 6
    assert "违法拆改案件台账，案件流转和账龄从缺" in shown.text


def test_danger_is_told_by_grade_and_supervision_counted(
    make_bulletin: MakeBulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_subjects, "SUPERVISED_SHOWN", 2)
    cases = [
        supervised(1, is_overdue=True, warnings="已超治理期限", lead_unit="平江街道"),
        supervised(2),
        supervised(3, warnings="巡查间隔过长"),
    ]
    bulletin = make_bulletin(
        subjects={"rpt_danger_closure_monthly": DANGER, "rpt_d_grade_supervision": cases}
    )
    shown = page(bulletin)
    assert "D级危房累计发现7起，D级危房累计治理6起，D级危房累计消险4起。" in shown.text
    assert "D级危房在办3起，其中超期1起，有提示2起" in shown.text
    first = ["姑苏区", "W001", "平江街道", "治理中", "2022年12月1日", "—", "已超治理期限"]
    assert first in shown.rows
    assert not any("W003" in row for row in shown.rows)
    assert "（3起，列前2起，其余见 bulletin.xlsx 的 d_grade_supervision 表）" in shown.text


def test_hostile_text_of_a_register_is_only_text(make_bulletin: MakeBulletin) -> None:
    cases = [
        supervised(number, lead_unit=text, next_step=text, warnings=text)
        for number, text in enumerate(HOSTILE)
    ]
    assessed = {"district_id": "city", "total_score": 1, "available_weight_share": 1}
    bulletin = make_bulletin(
        subjects={
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


def assessed(district_id: str, score: str | None, rank: int | None, **values: Any) -> Row:
    return {
        "district_id": district_id,
        "total_score": None if score is None else Decimal(score),
        "survey_entry_score": None if score is None else Decimal(score),
        "score_rank": rank,
        "same_rank_count": 1,
        "available_weight_share": Decimal("0.9"),
        "missing_indicator_names": "抽检合格率（本月没有可用的数据）",
        "missing_rule": "缺项不计分，其权重由其余指标按比例分摊",
        "is_example": True,
    } | values


def test_assessment_shows_ranks_examples_and_what_is_missing(make_bulletin: MakeBulletin) -> None:
    rows = [
        assessed("gusu", "71.8472", 1, same_rank_count=2, score_change=Decimal("0.0012")),
        assessed("sip", "71.8472", 1, same_rank_count=2, score_change=Decimal("-13.5")),
        assessed(
            "gaoxin",
            None,
            None,
            available_weight_share=Decimal("0.15"),
            no_score_code="too_little_weight",
            no_score_reason="有数据的指标只占权重的15.0%，低于50.0%，不计总分、不排名",
        ),
        assessed("city", "57.2354", None, score_change_reason="两月计分的地区或指标不同"),
    ]
    shown = page(make_bulletin(subjects={"rpt_district_assessment_monthly": rows}))
    missing = "抽检合格率（本月没有可用的数据）"
    gusu = ["姑苏区", "1（并列）", "71.85", "▲不足0.01", "71.85", "—", "90.00%", missing]
    assert gusu in shown.rows
    assert ["高新区", *["—"] * 5, "15.00%", missing] in shown.rows
    assert "高新区：有数据的指标只占权重的15.0%，低于50.0%，不计总分、不排名。" in shown.text
    assert "▼13.50" in shown.text
    assert "得分不与上月比较（两月计分的地区或指标不同）：全市。" in shown.text
    assert "绩效评价〔示例〕" in shown.text
    assert "缺项规则：缺项不计分，其权重由其余指标按比例分摊。" in shown.text


def test_scores_of_little_weight_are_not_ranked(make_bulletin: MakeBulletin) -> None:
    little = {
        "available_weight_share": Decimal("0.1"),
        "no_score_code": "too_little_weight",
        "no_score_reason": "有数据的指标只占权重的10.0%，低于50.0%，不计总分、不排名",
    }
    rows = [assessed("gusu", "100", 1), assessed("city", None, None, **little)]
    shown = page(make_bulletin(subjects={"rpt_district_assessment_monthly": rows}))
    told = "本月不列得分和名次：全市有数据的指标只占权重的10.0%，低于50.0%，不计总分、不排名。"
    assert told in shown.text
    assert "100.00" not in shown.text


CHANGES = [
    change("surveyed_building_count", "703260", "703240"),
    change("surveyed_floor_area_m2", "1283034400", "1282893150.01"),
    change("suspected_count", "274", "0", mom_reason="上月为零"),
    change("verified_count", "75", "80"),
    change("completed_count", "73", None),
]


def test_key_figures_carry_their_change(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(subjects={"rpt_measure_change_monthly": CHANGES})
    text = page(bulletin).text
    told = re.findall(r"环比\S+", text)
    assert told == [
        "环比▲不足0.01%",
        "环比▲0.01%",
        "环比—（上月为零）",
        "环比▼6.25%",
        "环比—（上月没有数据）",
    ]
    assert "环比" not in page(make_bulletin()).text


def test_the_drafted_change_is_traced_and_a_wrong_one_is_found(
    make_bulletin: MakeBulletin,
) -> None:
    bulletin = make_bulletin(subjects={"rpt_measure_change_monthly": CHANGES})
    *_, sentence = drafted = drafted_statistics(bulletin)
    assert sentence == (
        "全市已排查幢数较上月增加20幢，面积较上月增加14.12万平方米，核实违法拆改较上月减少5起。"
    )
    assert problems(bulletin, *drafted) == []
    assert len(problems(bulletin, sentence.replace("20幢", "21幢"))) == 1
    assert len(problems(bulletin, sentence.replace("减少", "增加"))) == 1


def test_a_comparison_says_whom_it_leaves_out(make_bulletin: MakeBulletin) -> None:
    """The figures are those of the districts that both months cover, never the two totals."""
    covered = {
        "measure_value": Decimal(703260),
        "is_previous_partial": True,
        "mom_note": "不含昆山市（上月没有数据）",
    }
    rows = [
        change("surveyed_building_count", "592334", "591210", **covered),
        change("surveyed_floor_area_m2", "1022939000", "1022939000", **covered),
        change("verified_count", "75", "80"),
    ]
    bulletin = make_bulletin(subjects={"rpt_measure_change_monthly": rows})
    *_, sentence = drafted = drafted_statistics(bulletin)
    assert sentence == (
        "全市已排查幢数较上月增加1124幢，面积与上月持平，核实违法拆改较上月减少5起。"
        "以上比较中，已排查幢数、面积不含昆山市（上月没有数据）。"
    )
    assert problems(bulletin, *drafted) == []
    text = page(bulletin).text
    assert "环比▲0.19%，不含昆山市（上月没有数据）" in text
    assert "环比持平，不含昆山市（上月没有数据）" in text


def test_a_change_kept_before_it_said_whom_it_compares_is_told_of_whole_months_only(
    make_bulletin: MakeBulletin,
) -> None:
    old = {"mom_district_ids": None, "mom_base_value": None, "mom_covered_value": None}
    rows = [change("surveyed_building_count", "703260", "653577") | old]
    (kept,) = make_bulletin(subjects={"rpt_measure_change_monthly": rows}).city_changes.values()
    assert month_on_month(kept) == "环比▲7.60%"
    for which in ("is_partial", "is_previous_partial"):
        partial = replace(kept, **{which: True})
        assert month_on_month(partial) == "环比—（两月地区不全）"
        assert change_told({kept.measure: partial}) is None


@pytest.mark.parametrize(
    ("sentence", "is_true"),
    [
        ("月初在办17起，月末在办19起。", True),
        ("姑苏区月初在办13起，月末在办12起。", True),
        ("姑苏区月末在办13起。", False),
        ("C级危房累计发现10起，C级危房累计消险5起；D级危房累计发现7起、D级累计消险4起。", True),
        ("D级危房累计消险5起。", False),
        ("计划3475幢，总体进度39.37%。", True),
    ],
)
def test_an_editors_sentence_on_a_subject_is_traced(
    make_bulletin: MakeBulletin, sentence: str, is_true: bool
) -> None:
    bulletin = make_bulletin(
        subjects={"rpt_alteration_flow_monthly": FLOWS, "rpt_danger_closure_monthly": DANGER},
        inspections=[inspection()],
    )
    assert (problems(bulletin, sentence) == []) == is_true


def problems(bulletin: Bulletin, *paragraphs: str) -> list[str]:
    article = Article("数据统计", "", paragraphs)
    return [str(p) for p in check_prose([article], facts_of(bulletin), OCTOBER, [])]


def test_workbook_has_the_marts_typed(make_bulletin: MakeBulletin) -> None:
    shares = [CHANGES[3] | {"mom_share": -0.0625}]
    bulletin = make_bulletin(
        subjects={
            "rpt_measure_change_monthly": shares,
            "rpt_alteration_flow_monthly": FLOWS,
            "rpt_d_grade_supervision": [supervised(1, lead_unit="=1+1")],
        }
    )
    book = openpyxl.load_workbook(BytesIO(render_workbook(bulletin, RELEASED_AT)))

    def first(sheet: str) -> dict[Any, Any]:
        return dict(zip(*list(book[sheet].iter_rows(max_row=2, values_only=True)), strict=True))

    assert first("measure_change")["mom_share"] == -0.0625
    assert first("measure_change")["mom_difference"] == -5
    assert first("case_flow")["closing_count"] == 12
    unit = next(cell for cell in book["d_grade_supervision"][2] if cell.value == "=1+1")
    assert unit.data_type == "s"
