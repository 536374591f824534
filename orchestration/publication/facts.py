"""The published figures that a text may speak of, each with the words that announce it.

Made from the bulletin's model, unrounded. Add a fact when a mart's figure may stand in prose;
how texts are held against facts is ``prose``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.districts import CITY_ID
from orchestration.publication.bulletin import Bulletin
from orchestration.publication.figures import DistrictFigures, Inspection
from orchestration.publication.prose import CITY_PLACE, Fact

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
    return (*of_table, *(fact for row in bulletin.inspections for fact in _of_inspection(row)))


def _of_table(row: DistrictFigures) -> Iterator[Fact]:
    place = CITY_PLACE if row.is_city else row.district_name
    for field, (labels, unit) in _TABLE_WORDS.items():
        value = getattr(row, field)
        if value is not None:
            source = f"marts.rpt_district_monthly.{field}，{place}"
            yield Fact(labels, place, Decimal(value), unit, source)


def _of_inspection(row: Inspection) -> Iterator[Fact]:
    place = CITY_PLACE if row.district_id == CITY_ID else row.district_name
    source = f"marts.rpt_inspection_progress.{{}}，{place}"
    for field, labels, unit in (
        ("planned_count", ("计划",), "幢"),
        ("inspected_count", ("已完成抽检核查",), "幢"),
        ("inspected_floor_area_m2", ("建筑面积",), "平方米"),
        ("passed_count", ("通过核查",), "幢"),
    ):
        yield Fact(labels, place, Decimal(getattr(row, field)), unit, source.format(field))
    for share, part, whole, label in (
        ("progress_share", row.inspected_count, row.planned_count, "总体进度"),
        ("pass_share", row.passed_count, row.inspected_count, "合格率"),
    ):
        if whole:
            value = Decimal(part) * 100 / whole
            yield Fact((label,), place, value, "%", source.format(share))
