"""The suspected alterations of one district, from its first month to the one wanted.

Cases are few, so each month is played through: some are received, verified, completed, withdrawn
or reopened, by draws that depend on the month alone. In the calibrated month
the counts are the published ones; in others they are invented around them. ``registers`` makes the
rows of them.
"""

from __future__ import annotations

import calendar
import math
import random
from dataclasses import dataclass, field
from datetime import date

from orchestration.reference.months import Month
from orchestration.simulation.figures import CALIBRATED, Figures
from orchestration.simulation.lives import FIRST_MONTH

CONFIRMED, UNFOUNDED, NO_ACCESS, DUPLICATE = "属实", "不属实", "无法入户", "重复受理"
COMPLAINT, PATROL = "投诉举报", "巡查发现"
TRANSFERRED = "移送"
_RESOLUTIONS = ("恢复原状", "恢复原状", "恢复原状", "加固", "行政处罚", TRANSFERRED)
#: Invented: how much busier or quieter a calendar month is than October.
_SEASONS = (0.8, 0.6, 1.0, 1.1, 1.1, 1.0, 0.9, 0.9, 1.0, 1.0, 1.0, 0.9)
_MAX_PENDING = 12


@dataclass
class Case:
    """One case in its present state."""

    number: int
    received_on: date
    channel: str
    verified_on: date | None = None
    result: str | None = None
    duplicate_of: int | None = None
    ordered_on: date | None = None
    completed_on: date | None = None
    resolution: str | None = None
    withdrawn_on: date | None = None
    reopened_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether the case still waits for a result, or is confirmed and not completed."""
        if self.result in (UNFOUNDED, DUPLICATE):
            return False
        ended = max(filter(None, (self.completed_on, self.withdrawn_on)), default=None)
        return ended is None or (self.reopened_on is not None and self.reopened_on >= ended)

    @property
    def is_backlog(self) -> bool:
        """Whether the case is confirmed and not completed."""
        return self.is_open and self.result == CONFIRMED


@dataclass
class _Docket:
    """All a district knows of its cases while the months go by."""

    cases: list[Case] = field(default_factory=list)
    open: list[Case] = field(default_factory=list)
    closed_last_month: list[Case] = field(default_factory=list)


def cases_of_month(figures: Figures, name: str, seed: int, month: Month) -> list[Case]:
    """Return the rows of a month's ledger: open at its start, or received or reopened in it.

    ``name`` is the district's; raises ValueError if the calibrated figures cannot be met.
    """
    docket = _opening(figures, random.Random(f"{seed}/{name}/opening"))  # noqa: S311 - no secret
    listed: list[Case] = []
    present = FIRST_MONTH
    while present <= month:
        draw = random.Random(f"{seed}/{name}/{present}")  # noqa: S311 - no secret
        listed = _live(docket, figures, present, draw)
        present = present.shift(1)
    return listed


def _opening(figures: Figures, draw: random.Random) -> _Docket:
    """Return the confirmed cases left from before the first month."""
    docket = _Docket()
    before = FIRST_MONTH.previous
    for _ in range(_standing(figures)):
        case = Case(len(docket.cases) + 1, _day(draw, before, 1, 10), _channel(figures, draw))
        case.verified_on, case.result = _day(draw, before, 12, 20), CONFIRMED
        case.ordered_on = _day(draw, before, 21, 28)
        docket.cases.append(case)
        docket.open.append(case)
    return docket


def _standing(figures: Figures) -> int:
    """Return a district's usual backlog: enough for the calibrated month."""
    return 4 + 2 * max(0, figures.completed - figures.verified) + figures.completed // 4


def _live(docket: _Docket, figures: Figures, month: Month, draw: random.Random) -> list[Case]:
    counts = figures if month == CALIBRATED else _invented(docket, figures, month, draw)
    reopened = _reopen(docket, month, draw)
    received = _receive(docket, counts, month, draw)
    listed = [*docket.open, *reopened, *received]
    backlog = [case for case in docket.open if case.is_backlog]
    _withdraw(backlog, month, counts, draw)
    confirmed = _verify([*docket.open, *received], counts, month, draw)
    ready = [case for case in backlog if case.is_backlog] + confirmed
    _complete(ready, counts, month, draw)
    docket.open = [case for case in listed if case.is_open]
    docket.closed_last_month = [case for case in listed if case.completed_on and not case.is_open]
    return sorted(listed, key=lambda case: case.number)


def _invented(docket: _Docket, figures: Figures, month: Month, draw: random.Random) -> Figures:
    """Return counts for a month that was never published, near the published ones."""
    season = _SEASONS[month.number - 1]

    def near(count: int) -> int:
        spread = math.sqrt(count) if count else 0
        return max(0, round(count * season + draw.uniform(-spread, spread)))

    complaints, patrols = max(1, near(figures.complaints)), near(figures.patrols)
    verified = min(near(figures.verified), complaints + patrols)
    backlog = sum(case.is_backlog for case in docket.open)
    surplus = backlog - _standing(figures)
    completed = min(max(0, verified + (surplus + 1) // 2), backlog + verified)
    return Figures(0, 0, complaints, patrols, verified, completed)


def _reopen(docket: _Docket, month: Month, draw: random.Random) -> list[Case]:
    """Reopen now and then a case closed last month."""
    if not docket.closed_last_month or draw.random() > 0.25:
        return []
    case = draw.choice(docket.closed_last_month)
    case.reopened_on = _day(draw, month, 3, 24)
    return [case]


def _receive(docket: _Docket, counts: Figures, month: Month, draw: random.Random) -> list[Case]:
    days = calendar.monthrange(month.year, month.number)[1]
    channels = [COMPLAINT] * counts.complaints + [PATROL] * counts.patrols
    draw.shuffle(channels)
    received = sorted(_day(draw, month, 1, days) for _ in channels)
    found = [
        Case(len(docket.cases) + n, day, channel)
        for n, (day, channel) in enumerate(zip(received, channels, strict=True), start=1)
    ]
    docket.cases += found
    return found


def _withdraw(backlog: list[Case], month: Month, counts: Figures, draw: random.Random) -> None:
    """Withdraw now and then the oldest confirmed case, if enough are left to be completed."""
    if len(backlog) <= counts.completed + 1 or draw.random() > 0.2:
        return
    oldest = next((case for case in backlog if case.reopened_on is None), None)
    if oldest is not None:
        oldest.withdrawn_on = _day(draw, month, 1, 28)


def _verify(waiting: list[Case], counts: Figures, month: Month, draw: random.Random) -> list[Case]:
    """Verify waiting cases, as many as counted; return the confirmed ones.

    Some of the others stay unseen or locked; the older ones are settled first.
    """
    unsettled = [case for case in waiting if case.is_open and case.result != CONFIRMED]
    if counts.verified > len(unsettled):
        raise ValueError(
            f"{counts.verified} cases cannot be confirmed of {len(unsettled)} in {month}"
        )
    confirmed = draw.sample(unsettled, counts.verified)
    others = [case for case in unsettled if case not in confirmed]
    for case in confirmed:
        _look(case, CONFIRMED, month, draw)
        case.ordered_on = _later(draw, case.verified_on, month)
    for case in others[: max(0, len(others) - _MAX_PENDING)]:
        _settle(case, waiting, month, draw)
    for case in others[-_MAX_PENDING:]:
        if draw.random() < 0.35:
            _look(case, NO_ACCESS, month, draw)
    return confirmed


def _settle(case: Case, waiting: list[Case], month: Month, draw: random.Random) -> None:
    """Close a case that was not confirmed: unfounded, or the double of an earlier one."""
    earlier = [other for other in waiting if other.number < case.number]
    if earlier and draw.random() < 0.15:
        case.duplicate_of = draw.choice(earlier).number
        _look(case, DUPLICATE, month, draw)
    else:
        _look(case, UNFOUNDED, month, draw)


def _look(case: Case, result: str, month: Month, draw: random.Random) -> None:
    case.result = result
    case.verified_on = _later(draw, max(case.received_on, month.first_day), month)


def _complete(ready: list[Case], counts: Figures, month: Month, draw: random.Random) -> None:
    """Complete as many cases as counted, the oldest first; none reopened this month."""
    able = [
        case for case in ready if case.reopened_on is None or Month.of(case.reopened_on) != month
    ]
    if counts.completed > len(able):
        raise ValueError(f"{counts.completed} cases cannot be completed of {len(able)} in {month}")
    for case in able[: counts.completed]:
        since = max(filter(None, (case.ordered_on, case.verified_on, case.reopened_on)))
        case.completed_on = _later(draw, max(since, month.first_day), month)
        case.resolution = draw.choice(_RESOLUTIONS)


def _channel(figures: Figures, draw: random.Random) -> str:
    total = figures.complaints + figures.patrols
    return COMPLAINT if draw.random() * total < figures.complaints else PATROL


def _day(draw: random.Random, month: Month, first: int, last: int) -> date:
    return date(month.year, month.number, draw.randint(first, last))


def _later(draw: random.Random, since: date | None, month: Month) -> date:
    """Return a day of the month on or after another."""
    first = max(since, month.first_day) if since else month.first_day
    return first.replace(day=draw.randint(first.day, month.last_day.day))
