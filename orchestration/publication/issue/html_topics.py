"""The page's section on topics beside the table: codes, cases, inspection, dangers, scores.

Each topic is a function from the bulletin to a ``Topic``: sentences and tables of finished text,
which the workbook shows too; the page adds charts. Without data a topic says so and shows nothing
else. Add a topic here and in ``written_topics``, its sentences in ``topic_wording``.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from orchestration.publication.bulletin import matching_wording, topic_wording, wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.sentences import CITY_PLACE
from orchestration.publication.charts.topic_charts import danger_of_city, draw
from orchestration.publication.issue.html_layout import Table, Topic
from orchestration.reference import vocabulary
from orchestration.reference.districts import CITY_ID
from orchestration.reference.metrics import metric_unit, short_name
from orchestration.reference.months import chinese_date

#: Open D cases shown on the page; the workbook has all of them.
SUPERVISED_SHOWN = 50
#: The balance of cases, in the order of the columns.
_CASES = (
    "alteration_opening_count",
    "verified_count",
    "alteration_reopened_count",
    "completed_count",
    "alteration_withdrawn_count",
    "alteration_adjustment_count",
    "alteration_closing_count",
)
_INSPECTED = ("planned_count", "inspected_count", "progress_share", "passed_count", "pass_share")


def topics_of(bulletin: Bulletin) -> tuple[Topic, ...]:
    """Return the topics with their charts, in the page's order; one without data says so."""
    return tuple(
        topic if topic.is_empty else replace(topic, charts=draw(topic.topic_id, bulletin))
        for topic in written_topics(bulletin, SUPERVISED_SHOWN)
    )


def written_topics(bulletin: Bulletin, supervised_shown: int | None = None) -> tuple[Topic, ...]:
    """Return the topics without charts, with so many D cases (None: all).

    Only building codes are left out if the city delivered none, as in most months.
    """
    danger = _danger(bulletin, supervised_shown)
    return (
        *_codes(bulletin),
        *(_cases(bulletin), _inspection(bulletin), danger, _assessment(bulletin)),
    )


def _codes(bulletin: Bulletin) -> tuple[Topic, ...]:
    rows = bulletin.code_matchings
    sentences = matching_wording.codes_text(rows, bulletin.month)
    if not sentences:
        return ()
    metrics = (
        *("building_code_count", "matched_code_count", "code_matched_share"),
        *matching_wording.CAUSES,
        *("labelled_match_count", "matching_precision_share"),
    )
    table = Table(
        "编码匹配",
        ("地区", *map(short_name, metrics)),
        tuple(
            (
                _place(row.district_id, row.district_name),
                str(row.building_code_count),
                str(row.matched_code_count),
                _share(row.matched_code_count, row.building_code_count),
                *(str(getattr(row, field)) for field in matching_wording.CAUSES),
                str(row.labelled_match_count),
                wording.MISSING
                if row.matching_precision_share is None
                else wording.share_text(row.correct_match_count, row.labelled_match_count),
            )
            for row in rows
        ),
        metrics=metrics,
        has_total=True,
    )
    sentences = (*sentences, *matching_wording.interval_text(rows[-1]))
    return (Topic("codes", "一房一码", sentences, tables=(table,)),)


def _cases(bulletin: Bulletin) -> Topic:
    flows = bulletin.case_flows
    if not flows or flows[-1].closing_count is None:
        return Topic("cases", "案件流转", (topic_wording.NO_CASES,), is_empty=True)
    names = {row.district_id: row.district_name for row in flows}
    signs = ("", "＋", "＋", "−", "−", "＋", "")
    headers = (sign + short_name(metric) for sign, metric in zip(signs, _CASES, strict=True))
    table = Table(
        "案件收支",
        ("地区", *headers),
        tuple(
            (
                _place(row.district_id, row.district_name, is_partial=row.is_partial),
                *map(
                    wording.printed_value,
                    (
                        row.opening_count,
                        row.verified_count,
                        row.reopened_count,
                        row.completed_count,
                        row.withdrawn_count,
                        row.adjustment_count,
                        row.closing_count,
                    ),
                ),
            )
            for row in flows
        ),
        metrics=_CASES,
        has_total=True,
    )
    return Topic(
        "cases",
        "案件流转",
        (
            *topic_wording.case_flow_text(flows, bulletin.month),
            *topic_wording.adjustments_text(bulletin.explained_cases, names),
        ),
        tables=(table,),
    )


def _inspection(bulletin: Bulletin) -> Topic:
    rows = bulletin.inspections
    if not rows or rows[-1].district_id != CITY_ID:
        return Topic(
            "inspection-districts", "抽检核查", (topic_wording.NO_INSPECTION,), is_empty=True
        )
    table = Table(
        "抽检核查",
        ("地区", *map(_with_count_unit, _INSPECTED), "95%置信区间"),
        tuple(
            (
                _place(row.district_id, row.district_name),
                str(row.planned_count),
                str(row.inspected_count),
                _share(row.inspected_count, row.planned_count),
                str(row.passed_count),
                _share(row.passed_count, row.inspected_count),
                _interval(row.pass_share_low, row.pass_share_high),
            )
            for row in rows
        ),
        metrics=(*_INSPECTED, "pass_share_low"),
        has_total=True,
    )
    city = rows[-1]
    return Topic(
        "inspection-districts",
        "抽检核查",
        (topic_wording.INSPECTION_READ,),
        note=f"数据截至 {chinese_date(city.as_at)}",
        marks=(vocabulary.PRELIMINARY_MARK,) if city.is_preliminary else (),
        tables=(table,),
    )


def _danger(bulletin: Bulletin, supervised_shown: int | None) -> Topic:
    of_city = danger_of_city(bulletin)
    if "all" not in of_city or of_city["all"].ever_found_count is None:
        return Topic("danger", "危房治理", (topic_wording.NO_DANGER,), is_empty=True)
    cases = bulletin.supervised_cases
    shown = cases[:supervised_shown]
    capped = (
        f"，列前{len(shown)}起，其余见 bulletin.xlsx 的危房治理表"
        if len(cases) > len(shown)
        else ""
    )
    table = Table(
        "D级危房督查台账",
        ("地区", "危房编号", "牵头责任单位", "环节", "治理期限", "下一步", "提示"),
        tuple(
            (
                case.district_name,
                case.danger_case_id,
                case.lead_unit or wording.MISSING,
                case.stage_name,
                wording.MISSING if case.due_on is None else chinese_date(case.due_on),
                case.next_step or wording.MISSING,
                case.warnings or "无",
            )
            for case in shown
        ),
        texts=frozenset(range(1, 7)),
        summary=f"D级危房督查台账（{len(cases)}起{capped}）",
    )
    return Topic(
        "danger",
        "危房治理",
        topic_wording.danger_text(of_city, cases),
        tables=(table,) if cases else (),
    )


def _assessment(bulletin: Bulletin) -> Topic:
    rows = bulletin.assessments
    if not rows or all(row.available_weight_share is None for row in rows):
        return Topic("assessment", "绩效评价", (topic_wording.NO_ASSESSMENT,), is_empty=True)
    if rows[-1].total_score is None:
        return Topic(
            "assessment", "绩效评价", topic_wording.too_little_data_text(rows[-1]), is_empty=True
        )
    metrics = ("score_rank", "total_score", "", "survey_entry_score", "hazard_rectification_score")
    headers = (short_name(metric) if metric else "较上月" for metric in metrics)
    table = Table(
        "绩效评价",
        ("地区", *headers, "计分权重", "缺项"),
        tuple(
            (
                _place(row.district_id, bulletin.district_name(row.district_id)),
                _rank(row.score_rank, row.same_rank_count),
                wording.printed_value(row.total_score),
                _score_change(row.score_change),
                wording.printed_value(row.survey_entry_score),
                wording.printed_value(row.hazard_rectification_score),
                wording.MISSING
                if row.available_weight_share is None
                else wording.percent_text(row.available_weight_share),
                row.missing_indicator_names or "无",
            )
            for row in rows
        ),
        metrics=metrics,
        texts=frozenset({7}),
        has_total=True,
    )
    return Topic(
        "assessment",
        "绩效评价",
        topic_wording.assessment_text(rows, bulletin.district_name),
        marks=(vocabulary.EXAMPLE_MARK,) if any(row.is_example for row in rows) else (),
        tables=(table,),
    )


def _place(district_id: str, name: str, *, is_partial: bool | None = False) -> str:
    """Return a row's name; the city's is marked if a district is missing."""
    if district_id != CITY_ID:
        return name
    return f"{CITY_PLACE}{vocabulary.PARTIAL_MARK}" if is_partial else CITY_PLACE


def _with_count_unit(metric: str) -> str:
    """Return a column's header, for counts with the unit."""
    name = short_name(metric)
    return f"{name}（{metric_unit(metric)}）" if metric.endswith("_count") else name


def _share(part: int, whole: int) -> str:
    return wording.share_text(part, whole) if whole else wording.MISSING


def _interval(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return wording.MISSING
    return f"{wording.percent_text(low)}至{wording.percent_text(high)}"


def _rank(rank: int | None, same_rank_count: int | None) -> str:
    if rank is None:
        return wording.MISSING
    return f"{rank}（并列）" if (same_rank_count or 1) > 1 else str(rank)


def _score_change(change: Decimal | None) -> str:
    if change is None:
        return wording.MISSING
    if not change:
        return "持平"
    size = "不足0.01" if abs(change) < Decimal("0.005") else wording.printed_value(abs(change))
    return f"{'▲' if change > 0 else '▼'}{size}"
