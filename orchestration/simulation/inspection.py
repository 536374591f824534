"""The city's sampling inspection: the sample, who inspects it, and how far they are by a date.

The sample is the one that ``fangan sample`` draws from the simulated ledgers of September 2022
with the city's seed; some of its buildings are replaced. In October 2022 exactly the published
number, area and passes have been inspected. Before September 2022 there is no inspection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from orchestration.reference.districts import district_in
from orchestration.reference.inspection_groups import groups_in
from orchestration.reference.months import Month
from orchestration.sampling.draw import FrameRow, Names, drawn_strata
from orchestration.simulation.candidates import FIRST_INSPECTION, Candidate, Candidates
from orchestration.simulation.draws import Draws, Ints
from orchestration.simulation.figures import (
    AREA_STEP_CENTS,
    CALIBRATED,
    INSPECTION,
    rounded,
)

#: Days after the month's end up to which an inspection's delivery runs.
_DAYS_AFTER = 2
#: Invented: the share of the plan inspected by the end of other months.
_PROGRESS = {-1: 0.2, 0: INSPECTION.inspected / INSPECTION.planned, 1: 0.62, 2: 0.85}
#: Invented: of so many planned buildings one is replaced, for one of the reasons in turn.
_PLANNED_PER_REPLACEMENT = 100
_REPLACEMENT_REASONS = ("房屋已拆除", "多次上门无法入户", "正在施工，不具备核查条件")
_ISSUES = ("完整性", "规范性", "一致性", "准确性", "其他")
_SECOND_ISSUE_SHARE = 0.3
_SWAPS = 400


@dataclass(frozen=True)
class _Planned:
    """A building to be inspected, and in whose place it is, if in another's."""

    candidate: Candidate
    replaces: str | None = None
    reason: str | None = None


def inspection_rows(
    candidates: Candidates, seed: int, scale: float, month: Month
) -> list[dict[str, Any]]:
    """Return the rows of ``quality_inspection``; none before the inspection began."""
    if month < FIRST_INSPECTION:
        return []
    planned = _plan(candidates, seed, rounded(INSPECTION.planned * scale))
    cents = np.array([item.candidate.area_cents for item in planned])
    draws = Draws(seed, "inspection")
    order = _inspection_order(draws, cents, scale)
    is_failed = _failures(draws, order, scale)
    inspected = _count_by(month, len(order))
    as_at = inspection_as_at(month)
    rows = []
    for place, position in enumerate(order):
        day = _day_of(place, len(order)) if place < inspected else None
        base = {"inspection_id": f"CJ2022{place + 1:06d}"} | _fields(planned[position], month)
        rows += _rounds(base, place, day, bool(is_failed[place]), as_at)
    return rows


def _plan(candidates: Candidates, seed: int, size: int) -> list[_Planned]:
    """Return the drawn sample, a few of it replaced by others of the same stratum."""
    by_row = {candidate.row: candidate for candidate in candidates.kept}
    strata = drawn_strata(sorted(by_row), candidates.counts, size, seed)
    drawn = [row for stratum in strata for row in stratum.drawn]
    planned = [_Planned(by_row[row]) for row in drawn]
    spare: dict[Names, list[FrameRow]] = {}
    for row in sorted(by_row.keys() - set(drawn), reverse=True):
        spare.setdefault(row.stratum, []).append(row)
    replaceable = [n for n, row in enumerate(drawn) if spare.get(row.stratum)]
    count = min(max(1, size // _PLANNED_PER_REPLACEMENT), len(replaceable))
    for number in range(count):
        position = replaceable[(2 * number + 1) * len(replaceable) // (2 * count)]
        if not (others := spare[drawn[position].stratum]):
            continue
        planned[position] = _Planned(
            by_row[others.pop()],
            drawn[position].building_id,
            _REPLACEMENT_REASONS[number % len(_REPLACEMENT_REASONS)],
        )
    return planned


def _fields(planned: _Planned, month: Month) -> dict[str, Any]:
    """Return what a building's rows say of every round."""
    district_id = planned.candidate.row.district_id
    group = groups_in(month)[district_id]
    return {
        "district": district_in(district_id, month).district_name,
        "building_id": planned.candidate.row.building_id,
        "floor_area_m2": _decimal(planned.candidate.area_cents),
        "inspection_group": group.inspection_group,
        "contractor": group.contractor,
        "replaces_building_id": planned.replaces,
        "replacement_reason": planned.reason,
    }


def inspection_as_at(month: Month) -> date:
    """Return the day to which a month's delivery shows the inspection."""
    return month.last_day + timedelta(days=_DAYS_AFTER)


def _rounds(
    base: dict[str, Any], place: int, day: date | None, is_failed: bool, as_at: date
) -> list[dict[str, Any]]:
    """Return a building's first inspection and, once it was mended, the second."""
    first = base | {"round": "初检"}
    if day is None:
        return [first]
    first |= {"inspected_on": day, "inspector": "模拟核查员"}
    if not is_failed:
        return [first | {"conclusion": "通过"}]
    issues = [_ISSUES[place % len(_ISSUES)]]
    if place % 10 < _SECOND_ISSUE_SHARE * 10:
        issues.append(_ISSUES[(place + 2) % len(_ISSUES)])
    mended = day + timedelta(days=6 + place % 20)
    first |= {
        "conclusion": "不通过",
        "issue_types": "、".join(issues),
        "rectify_by": day + timedelta(days=15),
        "rectified_on": mended if mended <= as_at else None,
    }
    again = mended + timedelta(days=4 + place % 5)
    if again > as_at:
        return [first]
    second = base | {"round": "复检", "inspected_on": again, "inspector": "模拟核查员"}
    return [first, second | {"conclusion": "通过"}]


def _inspection_order(draws: Draws, cents: Ints, scale: float) -> Ints:
    """Return the order of inspection in which October's share has the published area.

    Buildings are exchanged between those inspected by then and the rest until the sum fits.
    """
    order = draws.order("order", len(cents))
    inspected = _count_by(CALIBRATED, len(order))
    target = rounded(INSPECTION.area_steps * scale) * AREA_STEP_CENTS
    first, rest = order[:inspected].copy(), order[inspected:].copy()
    for _ in range(_SWAPS if len(first) and len(rest) else 0):
        lacking = target - int(cents[first].sum())
        if abs(lacking) < AREA_STEP_CENTS // 2:
            break
        given, taken = _closest(cents[first], cents[rest], lacking)
        first[given], rest[taken] = rest[taken], first[given]
    return np.concatenate([first, rest])


def _closest(own: Ints, others: Ints, lacking: int) -> tuple[int, int]:
    """Return which of ``own`` to give for which of ``others``: it gains most nearly ``lacking``.

    Of equally good exchanges the first of the own, then the first of the others.
    """
    order = np.argsort(others, kind="stable")
    ordered = others[order]
    above = np.searchsorted(ordered, own + lacking)
    best: list[tuple[Ints, Ints]] = []
    for place in (np.maximum(above - 1, 0), np.minimum(above, len(others) - 1)):
        # of equal ones the first
        position = order[np.searchsorted(ordered, ordered[place])]
        best.append((np.abs(others[position] - own - lacking), position))
    (below, lower), (over, upper) = best
    is_lower = (below < over) | ((below == over) & (lower < upper))
    given = int(np.where(is_lower, below, over).argmin())
    return given, int(np.where(is_lower, lower, upper)[given])


def _failures(draws: Draws, order: Ints, scale: float) -> np.ndarray:
    """Return which buildings do not pass: the published number of those inspected in October."""
    inspected = _count_by(CALIBRATED, len(order))
    failed = inspected - rounded(inspected * INSPECTION.passed / INSPECTION.inspected)
    is_failed = draws.uniform("failed", np.arange(len(order))) < 1 - (
        INSPECTION.passed / INSPECTION.inspected
    )
    is_failed[:inspected] = False
    is_failed[draws.order("failed", inspected)[:failed]] = True
    return is_failed


def _count_by(month: Month, planned: int) -> int:
    """Return how many of the plan have been inspected by a month's delivery."""
    since = (month.year - CALIBRATED.year) * 12 + month.number - CALIBRATED.number
    return rounded(planned * _PROGRESS.get(since, 1.0))


def _day_of(place: int, planned: int) -> date:
    """Return the day on which a place of the order is inspected, within its month's span."""
    month = FIRST_INSPECTION
    done = 0
    while place >= _count_by(month, planned):
        done = _count_by(month, planned)
        month = month.shift(1)
    first = month.first_day if month == FIRST_INSPECTION else inspection_as_at(month.previous)
    first += timedelta(days=1)
    length = (inspection_as_at(month) - first).days + 1
    share = (place - done) / (_count_by(month, planned) - done)
    return first + timedelta(days=int(share * length))


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
