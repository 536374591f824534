"""Charts of cases, inspection and dangerous buildings, each a function of the bulletin.

As in ``district_charts``, districts keep the bulletin's order, and one without figures is marked.
Add a chart here and in the section of ``issue.html_topics`` that shows it; ``vega`` draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.rows import Inspection
from orchestration.publication.bulletin.topic_rows import CaseFlow, DangerClosure, OpenCases
from orchestration.publication.charts.district_charts import Chart, chart_of
from orchestration.publication.charts.vega import (
    Spec,
    bars_spec,
    intervals_spec,
    stacked_spec,
    waterfall_spec,
)
from orchestration.reference import vocabulary
from orchestration.reference.districts import CITY_ID
from orchestration.reference.metrics import metric_name, short_name

_Row = TypeVar("_Row", Inspection, DangerClosure)
#: Colours of the age bands, youngest first; more bands than colours are an error.
_AGE_COLOURS = ("class0", "class1", "class2", "class3", "class4")
#: The stages of open cases by colour, the first ones darkest, as the most remains to be done; with
#: ``danger_`` before it a field is a metric's id.
_STAGES = {
    "class3": "awaiting_appraisal_count",
    "class2": "awaiting_treatment_count",
    "class1": "in_treatment_count",
    "class0": "not_dangerous_count",
}
_STEPS = (
    "ever_found_count",
    "ever_appraised_count",
    "ever_dangerous_count",
    "ever_treated_count",
    "ever_eliminated_count",
)


def draw(topic_id: str, bulletin: Bulletin) -> tuple[Chart, ...]:
    """Return the charts of a topic that has data, in order; none for a topic of tables only."""
    if topic_id == "cases":
        return (
            case_flow_chart(bulletin.case_flows[-1]),
            ageing_chart(bulletin, "verification", "待核实案件的账龄"),
            ageing_chart(bulletin, "completion", "属实未结案件的账龄"),
        )
    if topic_id == "inspection-districts":
        return (progress_chart(bulletin), pass_share_chart(bulletin))
    if topic_id == "danger":
        of_city = danger_of_city(bulletin)
        grades = danger_grades_chart(of_city)
        return (danger_funnel_chart(of_city), grades, danger_stages_chart(bulletin))
    return ()


def danger_of_city(bulletin: Bulletin) -> dict[str, DangerClosure]:
    """Return the city's dangerous buildings by grade."""
    return {r.grade_code: r for r in bulletin.danger_closures if r.district_id == CITY_ID}


def case_flow_chart(city: CaseFlow) -> Chart:
    """Return how the number of the city's open cases changed over the month."""
    level = city.opening_count or 0
    opening, closing = map(short_name, ("alteration_opening_count", "alteration_closing_count"))
    values: list[Spec] = [_step(opening, 0, level, "stock", f"{level}")]
    steps = [
        (short_name("verified_count"), city.verified_count, "verified"),
        (short_name("alteration_reopened_count"), city.reopened_count, "verified"),
        (short_name("completed_count"), -(city.completed_count or 0), "completed"),
        (short_name("alteration_withdrawn_count"), -(city.withdrawn_count or 0), "completed"),
    ]
    if city.adjustment_count:
        steps.append((short_name("alteration_adjustment_count"), city.adjustment_count, "rule"))
    for name, change, series in steps:
        after = level + (change or 0)
        values.append(_step(name, level, after, series, f"{change or 0:+}".replace("-", "−")))
        level = after
    last = city.closing_count
    values.append(_step(closing, 0, last or 0, "stock", f"{last}"))
    key = {"stock": "在办", "verified": "增加", "completed": "减少"}
    whole = "已报地区" if city.is_partial else "全市"
    reading = f"{whole}由月初{city.opening_count}起到月末{city.closing_count}起。"
    return chart_of("案件收支", "起，本月", reading, key, waterfall_spec(values, [*key, "rule"]))


def _step(name: str, start: int, end: int, series: str, label: str) -> Spec:
    low, high = sorted((start, end))
    return {"name": name, "low": low, "value": high, "series": series, "label": label}


def ageing_chart(bulletin: Bulletin, step: str, title: str) -> Chart:
    """Return a step's open cases by district, stacked by age."""
    rows = [row for row in bulletin.open_cases if row.step == step]
    bands = {row.age_band_order: row.age_band_name for row in rows}
    colours = dict(zip(sorted(bands), _AGE_COLOURS, strict=False))
    if len(bands) > len(colours):
        raise ValueError(f"{len(bands)} age bands have only {len(colours)} colours")
    by_district = {(row.district_id, row.age_band_order): row for row in rows}
    values = [
        _point(district.district_name, None if row is None else row.open_count, colours[order])
        for district in bulletin.districts
        for order in sorted(bands)
        for row in [by_district.get((district.district_id, order))]
    ]
    labels = [
        _point(district.district_name, _sum_open(rows, district.district_id), "stock")
        for district in bulletin.districts
    ]
    overdue = sum(row.overdue_count or 0 for row in rows if row.district_id == CITY_ID)
    reading = f"合计{_sum_open(rows, CITY_ID) or 0}起，其中已超办理期限{overdue}起。"
    key = {colours[order]: name for order, name in sorted(bands.items())}
    return chart_of(title, "起，月末", reading, key, stacked_spec(values, list(key), labels))


def _sum_open(rows: list[OpenCases], district_id: str) -> int | None:
    counts = [row.open_count for row in rows if row.district_id == district_id]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def progress_chart(bulletin: Bulletin) -> Chart:
    """Return the share of planned buildings inspected, by district."""
    values = []
    for name, row in _by_place(bulletin, bulletin.inspections):
        point = _point(name, None if row is None else row.progress_share, "stock")
        if row is not None and row.progress_share is not None:
            point["label"] = wording.share_text(row.inspected_count, row.planned_count)
        values.append(point)
    [city] = [row for row in bulletin.inspections if row.district_id == CITY_ID]
    reading = (
        f"{short_name('inspected_count')}{city.inspected_count}幢，"
        f"{short_name('planned_count')}{city.planned_count}幢。"
    )
    return chart_of("抽检进度", "占计划幢数", reading, {}, bars_spec(values, ["stock"]))


def pass_share_chart(bulletin: Bulletin) -> Chart:
    """Return the pass rate by district with its 95% interval."""
    values = []
    for name, row in _by_place(bulletin, bulletin.inspections):
        point = _point(name, None if row is None else row.pass_share, "completed")
        if row is not None and row.pass_share is not None:
            point["label"] = wording.share_text(row.passed_count, row.inspected_count)
            point["low"] = float(_or(row.pass_share_low, row.pass_share))
            point["high"] = float(_or(row.pass_share_high, row.pass_share))
        else:
            point["label"] = wording.MISSING
        values.append(point)
    reading = (
        "圆点为初检合格率，横线为95%置信区间：核查的幢数少，横线就长；横线相交的地区不宜排先后。"
    )
    title, unit = metric_name("pass_share"), "占已核查幢数"
    return chart_of(title, unit, reading, {}, intervals_spec(values))


def _or(value: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if value is None else value


def danger_funnel_chart(of_city: Mapping[str, DangerClosure]) -> Chart:
    """Return how many cases reached each stage, from found to eliminated."""
    row = of_city["all"]
    values = [_point(_danger_name(field), getattr(row, field), "stock") for field in _STEPS]
    reading = "发现—鉴定—认定危房—治理—消险，各等级合计。"
    return chart_of("危房闭环", "起，截至月末", reading, {}, bars_spec(values, ["stock"]))


def danger_grades_chart(of_city: Mapping[str, DangerClosure]) -> Chart:
    """Return the same for grades C and D, side by side."""
    key = {"patrol": "C级", "complaint": "D级"}
    values = [
        _point(_danger_name(field), getattr(of_city[grade[0]], field), series)
        for series, grade in key.items()
        for field in _STEPS[2:]
    ]
    reading = "等级为最近一次鉴定的等级。"
    return chart_of("C级、D级危房", "起，截至月末", reading, key, bars_spec(values, list(key)))


def danger_stages_chart(bulletin: Bulletin) -> Chart:
    """Return the stages of each district's open cases."""
    rows = _by_place(bulletin, filter(_is_whole, bulletin.danger_closures))
    values = [
        _point(name, None if row is None else getattr(row, field), series)
        for series, field in _STAGES.items()
        for name, row in rows
    ]
    labels = [
        _point(name, None if row is None else row.closing_count, "stock") for name, row in rows
    ]
    key = {series: _danger_name(field) for series, field in _STAGES.items()}
    reading = "月末未关闭的案件现在所处环节；已消险和以其他原因关闭的不计。"
    spec = stacked_spec(values, list(key), labels)
    return chart_of("未关闭危房的环节", "起，月末", reading, key, spec)


def _danger_name(field: str) -> str:
    return short_name(f"danger_{field}")


def _is_whole(row: DangerClosure) -> bool:
    return row.grade_code == "all"


def _by_place(bulletin: Bulletin, rows: Iterable[_Row]) -> list[tuple[str, _Row | None]]:
    """Return each district's name with its row of ``rows``, None if it has none."""
    by_district = {row.district_id: row for row in rows}
    return [(d.district_name, by_district.get(d.district_id)) for d in bulletin.districts]


def _point(name: str, value: int | Decimal | None, series: str) -> Spec:
    label = vocabulary.ABSENT if value is None else str(value)
    return {"name": name, "series": series, "value": float(value or 0), "label": label}
