"""The published figures that a text may speak of, each with the words that announce it.

Made from the bulletin's model, unrounded. Add a fact when a mart's figure may stand in prose;
how texts are held against facts is ``newsletter.fact_check``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.publication.bulletin.matching_rows import CodeMatching
from orchestration.publication.bulletin.matching_wording import CAUSES
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.rows import DistrictFigures, Inspection
from orchestration.publication.bulletin.sentences import CITY_PLACE
from orchestration.publication.bulletin.subject_rows import CaseFlow, DangerClosure, MeasureChange
from orchestration.publication.bulletin.subject_wording import (
    CHANGE_NAMES,
    change_measure,
    comparable_difference,
    direction,
)
from orchestration.publication.newsletter.fact_check import Fact
from orchestration.reference.districts import CITY_ID

#: The words for each figure of the table, and its unit.
_TABLE_WORDS = {
    "surveyed_building_count": (("已排查",), "幢"),
    "surveyed_floor_area_m2": (("面积",), "平方米"),
    "suspected_count": (("受理疑似违法拆改", "受理"), "起"),
    "suspected_complaint_count": (("投诉举报",), "起"),
    "suspected_patrol_count": (("巡查发现",), "起"),
    "verified_count": (("核实存在违法拆改", "核实"), "起"),
    "completed_count": (("处理完成",), "起"),
}


def facts_of(bulletin: Bulletin) -> tuple[Fact, ...]:
    """Return every figure of the bulletin that prose may quote; missing figures are none."""
    of_table = (fact for row in bulletin.rows for fact in _of_table(row))
    return (
        *of_table,
        *(fact for row in bulletin.inspections for fact in _of_inspection(row)),
        *(fact for row in bulletin.code_matchings for fact in _of_codes(row)),
        *(fact for row in bulletin.case_flows for fact in _of_case_flow(row)),
        *(fact for row in bulletin.danger_closures for fact in _of_danger(row)),
        *(fact for row in bulletin.city_changes.values() for fact in _of_change(row)),
    )


def _of_table(row: DistrictFigures) -> Iterator[Fact]:
    place = CITY_PLACE if row.is_city else row.district_name
    for field, (labels, unit) in _TABLE_WORDS.items():
        value = getattr(row, field)
        if value is not None:
            yield Fact(labels, place, Decimal(value), unit, f"rpt_district_monthly.{field}")


def _of_inspection(row: Inspection) -> Iterator[Fact]:
    place = CITY_PLACE if row.district_id == CITY_ID else row.district_name
    mart = "rpt_inspection_progress"
    for field, labels, unit in (
        ("planned_count", ("计划",), "幢"),
        ("inspected_count", ("已完成抽检核查",), "幢"),
        ("inspected_floor_area_m2", ("建筑面积",), "平方米"),
        ("passed_count", ("通过核查",), "幢"),
    ):
        yield Fact(labels, place, Decimal(getattr(row, field)), unit, f"{mart}.{field}")
    for share, part, whole, label in (
        ("progress_share", row.inspected_count, row.planned_count, "总体进度"),
        ("pass_share", row.passed_count, row.inspected_count, "合格率"),
    ):
        if whole:
            value = Decimal(part) * 100 / whole
            yield Fact((label,), place, value, "%", f"{mart}.{share}")


def _of_codes(row: CodeMatching) -> Iterator[Fact]:
    place = CITY_PLACE if row.district_id == CITY_ID else row.district_name
    mart = "rpt_code_matching_monthly"
    for field, labels in (
        ("building_code_count", ("有效编码",)),
        ("matched_code_count", ("匹配关联",)),
        ("new_matched_code_count", ("新增匹配",)),
        *((field, (name,)) for field, name in CAUSES.items()),
        ("labelled_match_count", ("已人工复核",)),
        ("correct_match_count", ("认定相同",)),
    ):
        value = getattr(row, field)
        if value is not None:
            yield Fact(labels, place, Decimal(value), "个", f"{mart}.{field}")
    for share, part, whole, label in (
        ("code_matched_share", row.matched_code_count, row.building_code_count, "匹配率"),
        (
            "matching_precision_share",
            row.correct_match_count,
            row.labelled_match_count,
            "匹配准确率",
        ),
    ):
        if getattr(row, share) is not None:
            value = Decimal(part) * 100 / whole
            yield Fact((label,), place, value, "%", f"{mart}.{share}")


def _of_case_flow(row: CaseFlow) -> Iterator[Fact]:
    place = CITY_PLACE if row.district_id == CITY_ID else row.district_name
    for field, labels in (
        ("opening_count", ("月初在办",)),
        ("reopened_count", ("重新立案",)),
        ("withdrawn_count", ("撤销",)),
        ("closing_count", ("月末在办",)),
    ):
        value = getattr(row, field)
        if value is not None:
            measure = f"rpt_alteration_flow_monthly.{field}"
            yield Fact(labels, place, Decimal(value), "起", measure)


def _of_danger(row: DangerClosure) -> Iterator[Fact]:
    """Return what became of C and D grade; the grade is part of the words that announce it."""
    if row.grade_code not in ("C", "D"):
        return
    place = CITY_PLACE if row.district_id == CITY_ID else row.district_name
    for field, name in (
        ("ever_found_count", "累计发现"),
        ("ever_treated_count", "累计治理"),
        ("ever_eliminated_count", "累计消险"),
    ):
        value = getattr(row, field)
        if value is not None:
            labels = (f"{row.grade_code}级危房{name}", f"{row.grade_code}级{name}")
            measure = f"rpt_danger_closure_monthly.{field}（{row.grade_code}级）"
            yield Fact(labels, place, Decimal(value), "起", measure)


def _of_change(row: MeasureChange) -> Iterator[Fact]:
    """Return what may be said of a measure since last month, where both months are whole."""
    difference = comparable_difference(row)
    if row.measure in CHANGE_NAMES and difference:
        name, unit = CHANGE_NAMES[row.measure]
        label = f"{name}{direction(difference)}"
        measure = change_measure(row.measure)
        yield Fact((label,), CITY_PLACE, abs(difference), unit, measure)
