"""What is counted for a measure of the table: which ledger, which rows of it, which column.

The condition itself is dbt's macro ``counted_rows``, read here so that the rows that are
explained are those that were counted. Add a measure here when the table gains one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from jinja2 import Environment

from orchestration.reference.kinds import ALTERATION_CASES, BUILDING_SURVEY, MONTHLY_REPORT
from orchestration.settings import DBT_PROJECT_DIR

REPORT = MONTHLY_REPORT


@dataclass(frozen=True)
class Measured:
    """How a measure is taken: by counting rows of ``ledger``, or by summing ``summed`` of them.

    ``reported`` is the report's column. A sum times its ``*_factor`` is in the measure's unit.
    ``condition`` names the measure whose condition holds; ``basis`` is the column of the table
    that says where the figure came from.
    """

    ledger: str
    basis: str
    condition: str
    reported: str
    summed: str | None = None
    ledger_factor: Decimal = Decimal(1)
    reported_factor: Decimal = Decimal(1)


COUNT, AREA, EXACT_AREA = (
    "surveyed_building_count",
    "surveyed_floor_area_10k_m2",
    "surveyed_floor_area_m2",
)
_SURVEY = (BUILDING_SURVEY, "survey_basis", COUNT)
MEASURED = {
    COUNT: Measured(*_SURVEY, reported=COUNT),
    AREA: Measured(
        *_SURVEY, reported=AREA, summed="floor_area_m2", ledger_factor=Decimal("0.0001")
    ),
    EXACT_AREA: Measured(
        *_SURVEY, reported=AREA, summed="floor_area_m2", reported_factor=Decimal(10_000)
    ),
    **{
        measure: Measured(ALTERATION_CASES, "case_basis", measure, reported=measure)
        for measure in (
            "suspected_complaint_count",
            "suspected_patrol_count",
            "verified_count",
            "completed_count",
        )
    },
}
#: The measures of the bulletin's table, as its columns run.
PRINTED_MEASURES = tuple(measure for measure in MEASURED if measure != EXACT_AREA)
#: A measure that is rounded, and the exact one it is rounded from: parts add up in that.
EXACT = {AREA: EXACT_AREA}


def rows_give(measure: str, value: int | Decimal | None, total: Decimal) -> bool:
    """Whether what the counted rows add is the figure, in its own unit; a missing one needs none.

    A stored ``value`` has as many places as its column, so that rows are rounded to those.
    """
    places = Decimal("0.01") if "floor_area" in measure else Decimal(1)
    return value is None or total.quantize(places, "ROUND_HALF_UP") == value


def parts_give(whole: int | Decimal | None, parts: Iterable[int | Decimal | None]) -> bool:
    """Whether the districts' figures give the city's; missing ones take no part.

    Areas are each rounded once from their own exact sum, so that they may differ by half of
    their last place each.
    """
    known = [Decimal(part) for part in parts if part is not None]
    total = sum(known, Decimal(0))
    if whole is None:
        return total == 0
    halves = len(known) + 1 if isinstance(whole, Decimal) else 0
    return abs(total - whole) <= Decimal("0.005") * halves


@cache
def counted_condition(measure: str) -> str:
    """Return the SQL condition on a staged row that counts for the measure."""
    source = (DBT_PROJECT_DIR / "macros" / "counted_rows.sql").read_text(encoding="utf-8")
    macros = Environment(autoescape=False).from_string(source).module  # noqa: S701 - SQL, no page
    return str(macros.counted_rows(MEASURED[measure].condition)).strip()  # type: ignore[attr-defined]
