"""The city's sampling inspection: a plan of buildings, and how far it has come by a date.

The sample is drawn once for all months, a district's part by its count of buildings; in October
2022 exactly the published number, area and passes have been inspected. Before September 2022
there is no inspection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from orchestration.months import Month
from orchestration.simulation.draws import Draws, Ints
from orchestration.simulation.figures import (
    AREA_STEP_CENTS,
    CALIBRATED,
    INSPECTION,
    largest_remainder,
    rounded,
)

FIRST_INSPECTION = Month(2022, 9)
#: Days after the month's end up to which an inspection's delivery runs.
_DAYS_AFTER = 2
#: Invented: the share of the plan inspected by the end of other months.
_PROGRESS = {-1: 0.2, 0: INSPECTION.inspected / INSPECTION.planned, 1: 0.62, 2: 0.85}
_GROUPS = ("第一核查组", "第二核查组", "第三核查组", "第四核查组")
_CONTRACTORS = tuple(f"模拟{name}房屋安全技术有限公司" for name in ("甲", "乙", "丙", "丁"))
_ISSUES = ("完整性", "规范性", "一致性", "准确性", "其他")
_SECOND_ISSUE_SHARE = 0.3
_SWAPS = 200


@dataclass(frozen=True)
class Candidates:
    """The buildings of one district that may be inspected; all of them last."""

    district_name: str
    building_ids: tuple[str, ...]
    area_cents: Ints


def plan_sizes(buildings: dict[str, int], scale: float) -> dict[str, int]:
    """Return how many buildings of each district are planned."""
    planned = rounded(INSPECTION.planned * scale)
    sizes = largest_remainder(list(buildings.values()), planned)
    return dict(zip(buildings, sizes, strict=True))


def inspection_as_at(month: Month) -> date:
    """Return the day to which a month's delivery shows the inspection."""
    return month.last_day + timedelta(days=_DAYS_AFTER)


def inspection_rows(
    candidates: list[Candidates], seed: int, scale: float, month: Month
) -> list[dict[str, Any]]:
    """Return the rows of ``quality_inspection``; none before the inspection began."""
    if month < FIRST_INSPECTION:
        return []
    places = [
        (part.district_name, building_id)
        for part in candidates
        for building_id in part.building_ids
    ]
    cents = np.concatenate([part.area_cents for part in candidates])
    draws = Draws(seed, "inspection")
    order = _inspection_order(draws, cents, scale)
    is_failed = _failures(draws, order, scale)
    inspected = _count_by(month, len(order))
    as_at = inspection_as_at(month)
    rows = []
    for place, position in enumerate(order):
        day = _day_of(place, len(order)) if place < inspected else None
        name, building_id = places[position]
        base = {
            "inspection_id": f"CJ2022{place + 1:06d}",
            "district": name,
            "building_id": building_id,
            "floor_area_m2": _decimal(int(cents[position])),
            "inspection_group": _GROUPS[position % len(_GROUPS)],
            "contractor": _CONTRACTORS[position % len(_CONTRACTORS)],
        }
        rows += _rounds(base, place, day, bool(is_failed[place]), as_at)
    return rows


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
        gains = cents[rest][None, :] - cents[first][:, None]
        taken, given = np.unravel_index(np.abs(gains - lacking).argmin(), gains.shape)
        first[taken], rest[given] = rest[given], first[taken]
    return np.concatenate([first, rest])


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
