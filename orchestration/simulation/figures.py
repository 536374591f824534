"""The totals of the simulated city: the published figures, scaled.

Lives here: the seed ``published_figures.csv`` of October 2022, from which every other month is
invented, and the scaling of counts by largest remainder. How buildings and cases come to these
sums is in ``lives`` and ``cases``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month
from orchestration.reference.seeds import read_rows
from orchestration.sampling.draw import largest_remainder
from orchestration.settings import SEEDS_DIR

#: The month whose published table the city reproduces; all others are invented around it.
CALIBRATED = Month(2022, 10)
#: 0.01 万平方米, the precision of a published area, in the ledger's hundredths of 平方米.
AREA_STEP_CENTS = 100 * 100


@dataclass(frozen=True)
class Figures:
    """The six published measures of one district; ``area_steps`` counts 0.01 万平方米."""

    buildings: int
    area_steps: int
    complaints: int
    patrols: int
    verified: int
    completed: int


@dataclass(frozen=True)
class InspectionFigures:
    """The city's sampling inspection as at 2 November 2022; the area as in ``Figures``."""

    planned: int
    inspected: int
    area_steps: int
    passed: int


#: Printed in the bulletin of October 2022.
INSPECTION = InspectionFigures(planned=3475, inspected=1368, area_steps=30664, passed=1131)


@cache
def published(path: Path = SEEDS_DIR / "published_figures.csv") -> dict[str, Figures]:
    """Return the published figures of ``CALIBRATED`` by district id, in bulletin order."""
    rows = [row for row in read_rows(path) if row["month"] == str(CALIBRATED)]
    return {
        row["district_id"]: Figures(
            buildings=int(row["surveyed_building_count"]),
            area_steps=int(Decimal(row["surveyed_floor_area_10k_m2"]) * 100),
            complaints=int(row["suspected_complaint_count"]),
            patrols=int(row["suspected_patrol_count"]),
            verified=int(row["verified_count"]),
            completed=int(row["completed_count"]),
        )
        for row in rows
        if row["district_id"] != CITY_ID
    }


def scaled(scale: float) -> dict[str, Figures]:
    """Return the figures at ``scale``, summing to the scaled city, by district id.

    Buildings and area scale with the city. Cases are counted in ones and tens: they grow with a
    larger city, but a smaller one keeps them, since a share of them would be none.
    """
    figures = published()
    at_least_one = max(scale, 1.0)
    columns = {
        "buildings": _share(figures, "buildings", scale),
        "area_steps": _share(figures, "area_steps", scale),
        **{
            name: _share(figures, name, at_least_one)
            for name in ("complaints", "patrols", "verified", "completed")
        },
    }
    return {
        district_id: Figures(**{name: values[n] for name, values in columns.items()})
        for n, district_id in enumerate(figures)
    }


def _share(figures: dict[str, Figures], name: str, scale: float) -> list[int]:
    values = [getattr(item, name) for item in figures.values()]
    return largest_remainder(values, rounded(sum(values) * scale))


def rounded(value: float) -> int:
    """Return the nearest whole number, halves up."""
    return int(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))
