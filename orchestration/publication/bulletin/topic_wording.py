"""The sentences on case flow, dangerous buildings, assessment and month-on-month change.

Add further sentences on the rows of ``topic_rows`` here; a missing figure is called missing and
never becomes a zero. ``issue.html_topics`` puts tables and charts beside the sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from orchestration.publication.bulletin.sentences import CITY_PLACE, FigureText, Sentence, joined
from orchestration.publication.bulletin.topic_rows import (
    Assessment,
    CaseFlow,
    DangerClosure,
    ExplainedCase,
    MeasureChange,
    SupervisedCase,
)
from orchestration.publication.bulletin.wording import MISSING, percent_text, printed_value
from orchestration.reference.districts import CITY_ID
from orchestration.reference.metrics import metric_unit, prose_names, short_name
from orchestration.reference.months import Month

NO_CASES = "本月没有地区报送可用的违法拆改案件台账，案件流转和账龄从缺。"
NO_INSPECTION = "本月没有报送可用的抽检核查数据。"
NO_DANGER = "本月没有地区报送可用的危房台账，危房治理情况从缺。"
NO_ASSESSMENT = "本月没有可以计分的指标，不作评价。"
INSPECTION_READ = (
    "进度为已核查幢数占计划幢数，合格率为初检通过幢数占已核查幢数；整改和复检另计。"
    "置信区间按威尔逊（Wilson）法计算。"
)
EARLIER_CASE = "completed_earlier_case"
#: The measures whose change since last month becomes a sentence.
CHANGES_SAID = (
    "surveyed_building_count",
    "surveyed_floor_area_m2",
    "verified_count",
    "completed_count",
)
#: The reason for a change that was kept before changes named the districts they compare.
_NOT_COVERED = "两月地区不全"
#: Why a case does not balance with last month's ledger, by the mart's code.
_ADJUSTMENTS = {
    "not_listed": "上月在办而本月未列",
    "opening_denied": "本月日期称月初不在办",
    "opening_unknown": "本月称月初在办而上月不在办",
    "unbalanced": "日期自相矛盾",
}


def month_on_month(change: MeasureChange | None) -> str:
    """Return a measure's 环比 with a sign that needs no colour; empty if it is not computed.

    Both values come from the mart and are rounded once; districts that they leave out are named.
    If a value is missing or the base is zero, the text is — with the reason.
    """
    if change is None:
        return ""
    difference = comparable_difference(change)
    base = change.previous_value if change.mom_base_value is None else change.mom_base_value
    if change.mom_reason is not None or difference is None or not base:
        reason = change.mom_reason or ("" if change.mom_difference is None else _NOT_COVERED)
        return f"环比{MISSING}（{reason}）" if reason else f"环比{MISSING}"
    caveat = f"，{change.mom_note}" if change.mom_note else ""
    if not difference:
        return f"环比持平{caveat}"
    share = abs(difference) / abs(base)
    size = percent_text(share) if share >= Decimal("0.00005") else "不足0.01%"
    return f"环比{'▲' if difference > 0 else '▼'}{size}{caveat}"


def case_flow_text(flows: Sequence[CaseFlow], month: Month) -> tuple[str, ...]:
    """Return the city's balance of cases, and districts that completed more than they verified."""
    *districts, city = flows
    left_out = [row.district_name for row in districts if row.closing_count is None]
    caveat = f"（不含{'、'.join(left_out)}）" if left_out else ""
    opening = short_name("alteration_opening_count")
    balance = (
        f"{month.number}{opening}{city.opening_count}起{caveat}，本月核实{city.verified_count}起、"
        f"重新立案{city.reopened_count}起、处理完成{city.completed_count}起、"
        f"撤销{city.withdrawn_count}起，月末在办{city.closing_count}起。"
    )
    sentences = [balance]
    if city.completed_count:
        sentences.append(
            f"处理完成的{city.completed_count}起中，{city.earlier_completed_count}起为以前月份核实。"
        )
    above = [
        f"{row.district_name}（完成{row.completed_count}起、核实{row.verified_count}起，"
        f"完成的有{row.earlier_completed_count}起为以前月份核实）"
        for row in districts
        if (row.completed_count or 0) > (row.verified_count or 0)
    ]
    if above:
        sentences.append(f"处理完成多于核实的地区：{'、'.join(above)}。")
    if city.opening_basis in ("derived", "mixed"):
        sentences.append("上月没有案件台账的地区，月初在办由本月台账的日期推算。")
    return tuple(sentences)


def adjustments_text(
    cases: Sequence[ExplainedCase], district_names: Mapping[str, str]
) -> tuple[str, ...]:
    """Return how many cases did not balance, by district and reason; empty if all did."""
    counts: dict[tuple[str, str], int] = {}
    for case in cases:
        if case.explanation != EARLIER_CASE:
            key = (case.district_id, case.explanation)
            counts[key] = counts.get(key, 0) + 1
    sentences = [
        f"{district_names.get(district_id, district_id)}{count}件"
        f"{_ADJUSTMENTS.get(explanation, explanation)}"
        for (district_id, explanation), count in counts.items()
    ]
    return (f"另有不平衡的案件，列入“调整”：{'、'.join(sentences)}。",) if sentences else ()


def danger_text(
    of_city: Mapping[str, DangerClosure], supervised: Sequence[SupervisedCase]
) -> tuple[str, ...]:
    """Return sentences on grades C and D and on open D cases; ``of_city`` has rows by grade."""
    sentences = []
    for grade in ("D", "C"):
        row = of_city.get(grade)
        if row is not None and row.ever_found_count is not None:
            sentences.append(
                f"{grade}级危房累计发现{row.ever_found_count}起，"
                f"{grade}级危房累计治理{row.ever_treated_count}起，"
                f"{grade}级危房累计消险{row.ever_eliminated_count}起。"
            )
    whole = of_city.get("all")
    if whole is not None and whole.is_partial:
        sentences.append("全市数为部分合计，缺报地区不计入，也不按零计。")
    overdue = sum(case.is_overdue for case in supervised)
    warned = sum(case.warnings is not None for case in supervised)
    sentences.append(
        f"D级危房在办{len(supervised)}起，其中超期{overdue}起，有提示{warned}起；临时管控不是消险。"
        if supervised
        else "月末没有在办的D级危房。"
    )
    return tuple(sentences)


def assessment_text(
    rows: Sequence[Assessment], district_name: Callable[[str], str]
) -> tuple[str, ...]:
    """Return why scores or their changes are missing, and which weights and gaps scores rest on."""
    sentences = [
        f"{district_name(row.district_id)}：{row.no_score_reason}。"
        for row in rows
        if row.no_score_reason
    ]
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        if row.total_score is not None and row.score_change_reason:
            place = CITY_PLACE if row.district_id == CITY_ID else district_name(row.district_id)
            by_reason.setdefault(row.score_change_reason, []).append(place)
    sentences += [
        f"得分不与上月比较（{why}）：{'、'.join(places)}。" for why, places in by_reason.items()
    ]
    if any(row.is_example for row in rows):
        sentences.append("〔示例〕权重、底线和目标为示例，尚未由主管部门确定，得分和名次不得引用。")
    rules = sorted({row.missing_rule for row in rows if row.missing_rule})
    sentences += [f"缺项规则：{rule}。" for rule in rules]
    return tuple(sentences)


def too_little_data_text(city: Assessment) -> tuple[str, ...]:
    """Return why the month has no ranks: the city's score would rest on too little weight."""
    return (
        f"本月不列得分和名次：全市{city.no_score_reason}。",
        f"缺项：{city.missing_indicator_names}。",
    )


def change_text(changes: Mapping[str, MeasureChange]) -> Sentence | None:
    """Return how the city's figures changed since last month; None if none can be compared.

    ``changes`` are the city's by measure. Districts that the comparison leaves out are named in a
    sentence of their own, so that no figure is read as theirs.
    """
    parts = []
    notes: dict[str, list[str]] = {}
    for measure in CHANGES_SAID:
        name, unit = prose_names(measure)[0], metric_unit(measure)
        change = changes.get(measure)
        difference = None if change is None else comparable_difference(change)
        if change is None or difference is None:
            continue
        if change.mom_note:
            notes.setdefault(change.mom_note, []).append(name)
        if not difference:
            parts.append(Sentence(f"{name}与上月持平"))
            continue
        size = abs(difference)
        amount = (
            f"{size:.0f}{unit}" if unit != "平方米" else f"{printed_value(size / 10**4)}万{unit}"
        )
        said = FigureText(amount, CITY_PLACE, change_measure(measure))
        parts.append(Sentence(f"{name}{direction(difference)}", said))
    if not parts:
        return None
    left_out = "；".join(f"{'、'.join(names)}{note}" for note, names in notes.items())
    compared = f"以上比较中，{left_out}。" if left_out else ""
    return Sentence("全市", joined("，", parts), f"。{compared}")


def change_measure(measure: str) -> str:
    """Return the name under which the change of a measure is traced."""
    return f"rpt_measure_change_monthly.mom_difference（{measure}）"


def comparable_difference(change: MeasureChange) -> Decimal | None:
    """Return the change since last month over the districts in both; None if there are none.

    Rows kept before the mart named these districts count only if both months are complete.
    """
    if change.mom_district_ids is None and (change.is_partial or change.is_previous_partial):
        return None
    return change.mom_difference


def direction(difference: Decimal) -> str:
    """Return the words for a change that is not zero."""
    return "较上月增加" if difference > 0 else "较上月减少"
