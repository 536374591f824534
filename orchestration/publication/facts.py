"""The published figures that a text may speak of, each with the words that announce it.

Made from the bulletin's model, unrounded. Add a fact when a mart's figure may stand in prose;
how texts are held against facts is ``prose``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.publication.bulletin import Bulletin
from orchestration.publication.figures import DistrictFigures
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
    return tuple(fact for row in bulletin.rows for fact in _of_table(row))


def _of_table(row: DistrictFigures) -> Iterator[Fact]:
    place = CITY_PLACE if row.is_city else row.district_name
    for field, (labels, unit) in _TABLE_WORDS.items():
        value = getattr(row, field)
        if value is not None:
            source = f"marts.rpt_district_monthly.{field}，{place}"
            yield Fact(labels, place, Decimal(value), unit, source)
