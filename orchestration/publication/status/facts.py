"""The facts of the status board, from the ledger alone: one place a district and kind, by month.

Add a fact here when the board, ``fangan status`` and messages all need it. Verdicts in detail are
in ``quality``; how it is printed is in ``page`` and in the commands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from orchestration.reference import vocabulary
from orchestration.reference.calendar import MonthCalendar, month_calendar
from orchestration.reference.contracts import load_contracts, owed_deliveries
from orchestration.reference.deadlines import could_be_in_time, days_late
from orchestration.reference.districts import district_in
from orchestration.reference.months import Month
from orchestration.store.delivery_history import DeliveredVersion
from orchestration.store.ledger import Ledger
from orchestration.store.releases import ReleaseState

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """One district's kind in one month. Times have a time zone; None if it did not happen.

    ``versions`` counts what arrived and was not withdrawn, ``refused_count`` and
    ``returned_count`` how many of these versions were refused, or had anything to mend;
    ``turnaround_hours`` is how long the district took, from the first judgement of a version with
    anything to mend to the next version, on average. ``asking_count`` is how many rules the
    current version fails that ask the district to act, ``judged_at`` when it was first judged.
    """

    district_id: str
    district_name: str
    kind: str
    title: str
    state: str
    delivered_at: datetime | None
    redelivered_at: datetime | None
    accepted_at: datetime | None
    days_late: int | None
    versions: int
    refused_count: int
    returned_count: int
    asking_count: int
    judged_at: datetime | None
    turnaround_hours: float | None
    is_always_owed: bool

    @property
    def is_accepted(self) -> bool:
        """Whether its current version counts."""
        return self.state.startswith("accepted")

    @property
    def is_late(self) -> bool:
        """Whether its first version came after the deadline."""
        return self.days_late is not None and self.days_late > 0


@dataclass(frozen=True)
class MonthStatus:
    """One month: its calendar, its places in bulletin order, its release.

    ``on_time_count`` counts places whose first version came in time, None if nobody could be in
    time: the platform received its first file after the deadline. ``is_closed`` if the deadline
    has passed. ``latest_at`` is when anything of it last happened.
    """

    month: Month
    calendar: MonthCalendar
    places: tuple[Place, ...]
    release: ReleaseState
    is_closed: bool
    is_judged_for_lateness: bool
    is_simulated: bool
    latest_at: datetime | None

    @property
    def owed_count(self) -> int:
        """How many deliveries are owed."""
        return len(self.places)

    @property
    def delivered_count(self) -> int:
        """How many arrived, whatever became of them."""
        return sum(place.delivered_at is not None for place in self.places)

    @property
    def accepted_count(self) -> int:
        """How many count now."""
        return sum(place.is_accepted for place in self.places)

    @property
    def complete_count(self) -> int | None:
        """How many count now, None while the deadline is still ahead."""
        return self.accepted_count if self.is_closed else None

    @property
    def on_time_count(self) -> int | None:
        """How many arrived in time, None if nobody could or the deadline is still ahead."""
        if not (self.is_judged_for_lateness and self.is_closed):
            return None
        return sum(p.delivered_at is not None and not p.is_late for p in self.places)

    @property
    def release_state(self) -> str | None:
        """``provisional``, ``final`` or ``withdrawn`` of the last release, None before it."""
        vintages = self.release.vintages
        return vintages[-1].status if vintages else None


def board_months(ledger: Ledger, now: datetime) -> list[Month]:
    """Return the months with anything delivered, and the one being delivered now, in order."""
    current = Month.of(now.date()).previous
    months = set(ledger.months_of_arrivals())
    if months and min(months) <= current:
        months.add(current)
    return sorted(months)


def month_status(ledger: Ledger, month: Month, now: datetime) -> MonthStatus:
    """Return the state of every delivery owed for a month; ``now`` has a time zone."""
    calendar, opened_at = month_calendar(month), ledger.opened_at()
    delivered = ledger.delivered_versions(month)
    release = ledger.release_state(month)
    places = [
        _place(month, owed, delivered.get(owed, []), opened_at) for owed in owed_deliveries(month)
    ]
    versions = [version for of_place in delivered.values() for version in of_place]
    times = [
        time
        for version in versions
        for time in (version.arrived_at, version.judged_at, version.withdrawn_at)
        if time
    ]
    happened = [*map(datetime.fromisoformat, times), *(d.decided_at for d in release.decisions)]
    return MonthStatus(
        month=month,
        calendar=calendar,
        places=tuple(places),
        release=release,
        is_closed=now > calendar.deadline,
        is_judged_for_lateness=could_be_in_time(month, opened_at),
        is_simulated=any(vocabulary.SIMULATED in version.file_name for version in versions),
        latest_at=max(happened, default=None),
    )


def _place(
    month: Month,
    owed: tuple[str, str],
    versions: Sequence[DeliveredVersion],
    opened_at: datetime | None,
) -> Place:
    district_id, kind = owed
    contract = load_contracts()[kind]
    standing = [version for version in versions if version.withdrawn_at is None]
    last = standing[-1] if standing else None
    first_at = _time(standing[0].arrived_at) if standing else None
    state = (last.state or "arrived") if last else "missing"
    return Place(
        district_id=district_id,
        district_name=district_in(district_id, month).district_name,
        kind=kind,
        title=contract.title,
        state=state,
        delivered_at=first_at,
        redelivered_at=_time(last.arrived_at) if last and len(standing) > 1 else None,
        accepted_at=_time(last.judged_at) if last and state.startswith("accepted") else None,
        days_late=days_late(month, first_at, opened_at) if first_at else None,
        versions=len(standing),
        refused_count=sum(version.state == "refused" for version in standing),
        returned_count=sum(version.asking_count > 0 for version in standing),
        asking_count=last.asking_count if last else 0,
        judged_at=_time(last.judged_at) if last else None,
        turnaround_hours=_turnaround(standing),
        is_always_owed=contract.shown_when_missing,
    )


def _turnaround(versions: Sequence[DeliveredVersion]) -> float | None:
    """Return the mean hours from a returned version's first judgement to the next version.

    >>> first = DeliveredVersion(1, "a", "2022-11-01T08", None, "2022-11-01T09", "refused", 1)
    >>> again = DeliveredVersion(2, "b", "2022-11-02T09", None, None, None, 0)
    >>> _turnaround([first, again]), _turnaround([again])
    (24.0, None)
    """
    hours = [
        (datetime.fromisoformat(after.arrived_at) - datetime.fromisoformat(before.judged_at))
        / _HOUR
        for before, after in pairwise(versions)
        if before.judged_at and before.asking_count
    ]
    return round(sum(hours) / len(hours), 1) if hours else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
