"""The published figures that a text may quote, each with the names that announce it.

They are taken unrounded from the bulletin's model; the names come from the metric registry. Add a
fact when texts may quote a mart's figure; ``newsletter.fact_check`` compares texts with facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from orchestration.publication.bulletin.matching_rows import CodeMatching
from orchestration.publication.bulletin.matching_wording import CAUSES
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.rows import DistrictFigures, Inspection
from orchestration.publication.bulletin.sentences import CITY_PLACE
from orchestration.publication.bulletin.topic_rows import CaseFlow, DangerClosure, MeasureChange
from orchestration.publication.bulletin.topic_wording import (
    CHANGES_SAID,
    change_measure,
    comparable_difference,
    direction,
)
from orchestration.publication.newsletter.fact_check import Fact
from orchestration.reference.districts import CITY_ID
from orchestration.reference.metrics import metric_unit, prose_names

_MONTHLY = "rpt_district_monthly"
_TABLE = (
    "surveyed_building_count",
    "surveyed_floor_area_m2",
    "suspected_count",
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)
_INSPECTED = ("planned_count", "inspected_count", "inspected_floor_area_m2", "passed_count")
_CODES = (
    *("building_code_count", "matched_code_count", "new_matched_code_count"),
    *CAUSES,
    *("labelled_match_count", "correct_match_count"),
)
_FLOWS = ("opening_count", "reopened_count", "withdrawn_count", "closing_count")
_Row = DistrictFigures | Inspection | CodeMatching | CaseFlow | DangerClosure


def facts_of(bulletin: Bulletin) -> tuple[Fact, ...]:
    """Return every figure of the bulletin that a text may quote; missing figures are left out."""
    of_table = (fact for row in bulletin.rows for fact in _of_columns(row, _MONTHLY, _TABLE))
    return (
        *of_table,
        *(fact for row in bulletin.inspections for fact in _of_inspection(row)),
        *(fact for row in bulletin.code_matchings for fact in _of_codes(row)),
        *(fact for row in bulletin.case_flows for fact in _of_case_flow(row)),
        *(fact for row in bulletin.danger_closures for fact in _of_danger(row)),
        *(fact for row in bulletin.city_changes.values() for fact in _of_change(row)),
    )


def _place(row: _Row) -> str:
    return CITY_PLACE if row.district_id == CITY_ID else row.district_name


def _of_columns(row: _Row, mart: str, columns: Iterable[str], prefix: str = "") -> Iterator[Fact]:
    """Yield a row's figures; a column's metric is called like it, after ``prefix``."""
    for column in columns:
        value, metric_id = getattr(row, column), f"{prefix}{column}"
        if value is not None:
            names, unit = prose_names(metric_id), metric_unit(metric_id)
            yield Fact(names, _place(row), Decimal(value), unit, f"{mart}.{column}")


def _of_inspection(row: Inspection) -> Iterator[Fact]:
    mart = "rpt_inspection_progress"
    yield from _of_columns(row, mart, _INSPECTED)
    for share, part, whole in (
        ("progress_share", row.inspected_count, row.planned_count),
        ("pass_share", row.passed_count, row.inspected_count),
    ):
        if whole:
            yield _share_fact(share, _place(row), part, whole, f"{mart}.{share}")


def _of_codes(row: CodeMatching) -> Iterator[Fact]:
    mart = "rpt_code_matching_monthly"
    yield from _of_columns(row, mart, _CODES)
    for share, part, whole in (
        ("code_matched_share", row.matched_code_count, row.building_code_count),
        ("matching_precision_share", row.correct_match_count, row.labelled_match_count),
    ):
        if getattr(row, share) is not None:
            yield _share_fact(share, _place(row), part, whole, f"{mart}.{share}")


def _of_case_flow(row: CaseFlow) -> Iterator[Fact]:
    return _of_columns(row, "rpt_alteration_flow_monthly", _FLOWS, "alteration_")


def _of_danger(row: DangerClosure) -> Iterator[Fact]:
    """Return the figures of grades C and D; the grade is part of the name that announces them."""
    if row.grade_code not in ("C", "D"):
        return
    for field in ("ever_found_count", "ever_treated_count", "ever_eliminated_count"):
        value = getattr(row, field)
        if value is not None:
            metric_id = f"danger_{field}"
            [name] = prose_names(metric_id)
            labels = (f"{row.grade_code}级危房{name}", f"{row.grade_code}级{name}")
            source = f"rpt_danger_closure_monthly.{field}（{row.grade_code}级）"
            yield Fact(labels, _place(row), Decimal(value), metric_unit(metric_id), source)


def _of_change(row: MeasureChange) -> Iterator[Fact]:
    """Return the change of a measure since last month, if the two months can be compared."""
    difference = comparable_difference(row)
    if row.metric_id in CHANGES_SAID and difference:
        label = f"{prose_names(row.metric_id)[0]}{direction(difference)}"
        unit = metric_unit(row.metric_id)
        yield Fact((label,), CITY_PLACE, abs(difference), unit, change_measure(row.metric_id))


def _share_fact(metric_id: str, place: str, part: int, whole: int, source: str) -> Fact:
    """Return a share in percent, made from its counts."""
    return Fact(prose_names(metric_id), place, Decimal(part) * 100 / whole, "%", source)
