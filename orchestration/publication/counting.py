"""What is counted for a measure of the table: which ledger, which rows of it, which column.

The condition itself is dbt's macro ``counted_rows``, read here so that the rows that are
explained are those that were counted. Add a measure here when the table gains one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from jinja2 import Environment

from orchestration.settings import DBT_PROJECT_DIR

REPORT = "monthly_report"


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


_SURVEY = ("building_survey", "survey_basis", "surveyed_building_count")
_AREA = "surveyed_floor_area_10k_m2"
MEASURED = {
    "surveyed_building_count": Measured(*_SURVEY, reported="surveyed_building_count"),
    _AREA: Measured(
        *_SURVEY, reported=_AREA, summed="floor_area_m2", ledger_factor=Decimal("0.0001")
    ),
    "surveyed_floor_area_m2": Measured(
        *_SURVEY, reported=_AREA, summed="floor_area_m2", reported_factor=Decimal(10_000)
    ),
    **{
        measure: Measured("alteration_cases", "case_basis", measure, reported=measure)
        for measure in (
            "suspected_complaint_count",
            "suspected_patrol_count",
            "verified_count",
            "completed_count",
        )
    },
}


@cache
def counted_condition(measure: str) -> str:
    """Return the SQL condition on a staged row that counts for the measure."""
    source = (DBT_PROJECT_DIR / "macros" / "counted_rows.sql").read_text(encoding="utf-8")
    macros = Environment(autoescape=False).from_string(source).module  # noqa: S701 - SQL, no page
    return str(macros.counted_rows(MEASURED[measure].condition)).strip()  # type: ignore[attr-defined]
