"""The buildings that a simulated inspection may choose: counted by stratum, and the first of each.

Of a city of millions only those are kept that can be drawn or take another's place. Who is drawn
of them, and what the inspection finds, is in ``inspection``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.reference.months import Month
from orchestration.sampling.draw import FrameRow, Names, place_in_draw
from orchestration.simulation.buildings import SURVEYED, District
from orchestration.simulation.dangers import danger_cases, survey_of
from orchestration.simulation.files.columns import day_number
from orchestration.simulation.survey import RISKS, building_ids, initial_risk
from orchestration.simulation.traits import CATEGORIES

FIRST_INSPECTION = Month(2022, 9)
#: Positions of the urban categories, of which the frame is made.
_URBAN = (0, 1)
#: A stratum of so many is kept whole; of a larger one this share, which is four times what is
#: drawn, and so many of the lowest ids, which replace others.
_KEPT_WHOLE, _KEPT_SHARE = 5_000, 1 / 20


@dataclass(frozen=True)
class Candidate:
    """A building that may be inspected: its row of the frame and its area in 0.01 平方米."""

    row: FrameRow
    area_cents: int


@dataclass(frozen=True)
class Candidates:
    """How many buildings each stratum has, and those that may be chosen."""

    counts: dict[Names, int]
    kept: tuple[Candidate, ...]


NO_CANDIDATES = Candidates({}, ())


def candidates_of(district: District, seed: int) -> Candidates:
    """Return a district's surveyed urban buildings as its ledger of the first month has them."""
    buildings = district.buildings(FIRST_INSPECTION)
    as_at = day_number(FIRST_INSPECTION.last_day)
    risk = initial_risk(buildings, survey_of(danger_cases(district), as_at))
    category = buildings.traits.category
    is_chosen = (buildings.status == SURVEYED) & np.isin(category, _URBAN)
    ids = building_ids(buildings)
    counts: dict[Names, int] = {}
    kept: list[FrameRow] = []
    for kind, level in product(_URBAN, range(len(RISKS))):
        positions = np.flatnonzero(is_chosen & (category == kind) & (risk == level))
        names = (district.district_id, CATEGORIES[kind], RISKS[level])
        if len(positions):
            counts[names] = len(positions)
            kept += _first(names, ids.take(pa.array(positions)), seed)
    found = pc.index_in(pa.array([row.building_id for row in kept]), ids).to_pylist()
    areas = [int(buildings.area_cents[n]) for n in found]
    return Candidates(counts, tuple(map(Candidate, kept, areas)))


def _first(names: Names, ids: pa.StringArray, seed: int) -> list[FrameRow]:
    """Return the rows of a stratum that may be drawn, and those that may replace one."""

    def rows() -> Iterator[FrameRow]:
        return (FrameRow(*names, each.as_py()) for each in ids)

    if len(ids) <= _KEPT_WHOLE:
        return list(rows())
    room = max(_KEPT_WHOLE, int(len(ids) * _KEPT_SHARE))
    drawn = nsmallest(room, rows(), key=lambda row: place_in_draw(row, seed))
    return sorted({*drawn, *nsmallest(_KEPT_WHOLE, rows())})


def joined(parts: Iterable[Candidates]) -> Candidates:
    """Return the candidates of several districts."""
    parts = list(parts)
    counts = {stratum: n for part in parts for stratum, n in part.counts.items()}
    return Candidates(counts, tuple(one for part in parts for one in part.kept))
