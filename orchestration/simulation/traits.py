"""What a simulated building is like: kind, size, age, and what its survey found.

Every trait is drawn by the building's slot alone, so that it stays the same from month to month.
The mixes and sizes are invented but plausible; only their sum is calibrated, in ``buildings``.
Which of it a ledger shows at a date is decided in ``survey``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.simulation.draws import Draws, Floats, Ints
from orchestration.simulation.files.columns import Shown, day_number
from orchestration.simulation.places import Places

CATEGORIES = ("城镇住宅", "城镇非住宅", "农村住宅", "农村非住宅")
USES = ("居住", "商业", "办公", "工业", "仓储", "教育", "医疗", "文体", "养老", "宗教", "其他")
STRUCTURES = ("钢筋混凝土", "砌体", "钢", "木", "石", "生土", "混合", "其他")
STRUCTURE_NOTES = ("集装箱式房屋", "轻钢龙骨结构", "膜结构")

_URBAN_MIX, _RURAL_MIX = (0.68, 0.27, 0.03, 0.02), (0.02, 0.04, 0.84, 0.10)
_OTHER_USES = (0.24, 0.12, 0.36, 0.10, 0.05, 0.02, 0.02, 0.01, 0.02, 0.06)
_STOREYS = {
    0: ((2, 3, 4, 5, 6, 11, 18, 26, 32), (0.03, 0.07, 0.1, 0.22, 0.33, 0.08, 0.1, 0.04, 0.03)),
    1: ((1, 2, 3, 4, 5, 6, 12, 20), (0.28, 0.24, 0.18, 0.12, 0.08, 0.05, 0.04, 0.01)),
    2: ((1, 2, 3), (0.15, 0.65, 0.2)),
    3: ((1, 2, 3), (0.55, 0.35, 0.1)),
}
#: Median floor plan in 平方米 by category, and its spread on the logarithm.
_PLANS = (430.0, 900.0, 115.0, 340.0)
_PLAN_SPREAD = 0.35
_YEARS = (1950, 1970, 1980, 1990, 2000, 2010, 2021)
_YEAR_WEIGHTS = (0.03, 0.08, 0.2, 0.29, 0.26, 0.14)
_STRUCTURES_LOW = (0.12, 0.72, 0.02, 0.04, 0.005, 0.002, 0.09, 0.003)
_STRUCTURES_HIGH = (0.96, 0.0, 0.03, 0.0, 0.0, 0.0, 0.01, 0.0)
_STRUCTURES_WORKS = (0.38, 0.16, 0.42, 0.0, 0.0, 0.0, 0.035, 0.005)
_HIGH_FLOORS = 7
_WORKS = (USES.index("工业"), USES.index("仓储"))
_FIRST_SURVEY = day_number(date(2020, 11, 2))
_FIRST_SURVEY_DAYS = 420
_RISKS = (0.982, 0.0155, 0.0025)


@dataclass(frozen=True)
class Sizes:
    """Where and how large buildings are, one entry each; categories and uses by position.

    ``raw_area`` is in 平方米 before calibration.
    """

    community: Ints
    category: Ints
    use: Ints
    floors: Ints
    raw_area: Floats


@dataclass(frozen=True)
class Traits:
    """All traits, one entry a building; categories, uses and structures by position.

    ``height_cents`` is in hundredths of a metre; days are day numbers, also after a month's end.
    """

    community: Ints
    category: Ints
    use: Ints
    structure: Ints
    floors: Ints
    floors_below: Ints
    height_cents: Ints
    built_year: Ints
    risk: Ints
    has_defect: Shown
    is_altered: Shown
    altered_share: Floats
    first_surveyed_on: Ints
    hazard_due_after: Ints
    hazard_resolved_after: Ints
    is_appraised: Shown
    appraised_after: Ints


def sizes(draws: Draws, where: Places, slots: Ints) -> Sizes:
    """Return the sizes of the buildings in these slots."""
    community = draws.pick("community", slots, where.weights)
    category = np.where(
        where.is_rural[community],
        draws.pick("category", slots, _RURAL_MIX),
        draws.pick("category", slots, _URBAN_MIX),
    )
    is_home = category % 2 == 0
    use = np.where(is_home, 0, 1 + draws.pick("use", slots, _OTHER_USES))
    floors = _floors(draws, slots, category)
    floors = np.where(np.isin(use, _WORKS), np.minimum(floors, 4), floors)
    plan = np.asarray(_PLANS)[category] * np.exp(_PLAN_SPREAD * draws.normal("plan", slots))
    return Sizes(community, category, use, floors, raw_area=plan * floors)


def traits(draws: Draws, where: Places, slots: Ints) -> Traits:
    """Return the traits of the buildings in these slots."""
    size = sizes(draws, where, slots)
    floors, is_works = size.floors, np.isin(size.use, _WORKS)
    risk = draws.pick("risk", slots, _RISKS)
    return Traits(
        community=size.community,
        category=size.category,
        use=size.use,
        structure=_structures(draws, slots, floors, is_works),
        floors=floors,
        floors_below=np.where(floors >= 11, 1 + draws.below("basement", slots, 2), 0),
        height_cents=_heights(draws, slots, floors, size.category % 2 == 0, is_works),
        built_year=_built_years(draws, slots),
        risk=risk,
        has_defect=draws.uniform("defect", slots) < np.where(risk > 0, 0.6, 0.01),
        is_altered=draws.uniform("altered", slots) < 0.015,
        altered_share=draws.uniform("altered_on", slots),
        first_surveyed_on=_FIRST_SURVEY + draws.below("surveyed", slots, _FIRST_SURVEY_DAYS),
        hazard_due_after=60 + draws.below("due", slots, 300),
        hazard_resolved_after=20 + draws.below("resolved", slots, 500),
        is_appraised=draws.uniform("appraised", slots) < np.where(risk > 0, 0.3, 0.004),
        appraised_after=20 + draws.below("appraised_on", slots, 100),
    )


def _floors(draws: Draws, slots: Ints, category: Ints) -> Ints:
    floors = np.zeros(len(slots), np.int64)
    for number, (storeys, weights) in _STOREYS.items():
        drawn = np.asarray(storeys)[draws.pick("floors", slots, weights)]
        floors = np.where(category == number, drawn, floors)
    return floors


def _heights(draws: Draws, slots: Ints, floors: Ints, is_home: Shown, is_works: Shown) -> Ints:
    """Return heights in whole decimetres: homes about 3 m a storey, works up to 8."""
    chance = draws.uniform("storey", slots)
    storey = np.where(
        is_home, 2.8 + 0.4 * chance, np.where(is_works, 4.5 + 3.5 * chance, 3.4 + chance)
    )
    return np.rint(storey * floors * 10).astype(np.int64) * 10


def _structures(draws: Draws, slots: Ints, floors: Ints, is_works: Shown) -> Ints:
    low = draws.pick("structure", slots, _STRUCTURES_LOW)
    high = draws.pick("structure", slots, _STRUCTURES_HIGH)
    works = draws.pick("structure", slots, _STRUCTURES_WORKS)
    return np.where(is_works, works, np.where(floors >= _HIGH_FLOORS, high, low))


def _built_years(draws: Draws, slots: Ints) -> Ints:
    span = draws.pick("decade", slots, _YEAR_WEIGHTS)
    first = np.asarray(_YEARS)[span]
    return first + draws.below("year", slots, np.asarray(_YEARS)[span + 1] - first)
