"""How each measure of the table is counted: which ledger, which rows of it, which column.

The condition is dbt's macro ``counted_rows``, which is read here so that the explained rows are
the counted ones. Add a measure here when the table gets one.
"""

from __future__ import annotations

import re
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
    """How a measure is computed: a count of rows of ``ledger``, or their sum of ``summed``.

    ``reported`` is the report's column. A sum times its ``*_factor`` is in the measure's unit.
    ``condition`` is the measure whose condition applies; ``basis`` is the table's column that says
    where the figure came from.
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
#: The measures of the bulletin's table, in the order of its columns.
PRINTED_MEASURES = tuple(measure for measure in MEASURED if measure != EXACT_AREA)
#: A rounded measure and the exact one behind it, in which parts add up.
EXACT = {AREA: EXACT_AREA}


def is_count(measure: str) -> bool:
    """Whether a measure counts things, in whole numbers; else it is an area of two decimals."""
    return MEASURED[measure].summed is None


def measured_in(formula: str | None) -> list[str]:
    """Return the measures that a metric's formula names, in the table's order."""
    words = re.findall(r"\w+", formula or "")
    return [measure for measure in MEASURED if measure in words]


def rows_give(measure: str, value: int | Decimal | None, total: Decimal) -> bool:
    """Whether the counted rows' ``total`` equals the figure; a missing figure always passes.

    A stored ``value`` has the decimals of its column, so the total is rounded to them.
    """
    places = Decimal(1) if is_count(measure) else Decimal("0.01")
    return value is None or total.quantize(places, "ROUND_HALF_UP") == value


def parts_give(whole: int | Decimal | None, parts: Iterable[int | Decimal | None]) -> bool:
    """Whether the districts' figures add up to the city's, without missing ones.

    Each area is rounded once from its own exact sum, so each may differ by half of its last digit.
    """
    known = [Decimal(part) for part in parts if part is not None]
    total = sum(known, Decimal(0))
    if whole is None:
        return total == 0
    halves = len(known) + 1 if isinstance(whole, Decimal) else 0
    return abs(total - whole) <= Decimal("0.005") * halves


@cache
def counted_condition(measure: str) -> str:
    """Return the SQL condition on staged rows that count for the measure."""
    source = (DBT_PROJECT_DIR / "macros" / "counted_rows.sql").read_text(encoding="utf-8")
    macros = Environment(autoescape=False).from_string(source).module  # noqa: S701 - SQL, no page
    return str(macros.counted_rows(MEASURED[measure].condition)).strip()  # type: ignore[attr-defined]
