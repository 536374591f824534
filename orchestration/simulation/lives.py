"""When each building of a district enters the ledger, is surveyed, and leaves it.

Buildings are numbered slots in the order in which they are surveyed, so that who stands in the
ledger in a month follows from a few running counts and nothing has to be remembered. What a
building is like is in ``buildings``; the register of changes is written from the events here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.reference.months import Month
from orchestration.simulation.draws import Draws, Ints
from orchestration.simulation.figures import CALIBRATED, rounded

#: Before this month the simulated city has no history.
FIRST_MONTH = Month(2022, 1)
#: Invented: how much the surveyed stock grows in a month.
_GROWTH = 1.002
#: Buildings enter the ledger this many months before they are surveyed.
_PENDING_MONTHS = 4
#: Buildings in a month that need no survey, and events in a month, by stock.
_EXEMPT_SHARE = 0.012
_EVENT_RATES = {
    "拆除": 3e-4,
    "合并": 5e-5,
    "拆分": 5e-5,
    "去重": 1e-4,
    "重编": 5e-5,
    "划转": 3e-5,
}
_LEAVING = {"拆除": 1, "合并": 2, "拆分": 1, "去重": 1, "重编": 1, "划转": 1}
_COMING = {"拆除": 0, "合并": 1, "拆分": 2, "去重": 0, "重编": 1, "划转": 1}


@dataclass(frozen=True)
class Event:
    """A change that ends buildings and may begin others.

    ``leaving`` are slots, ``coming`` numbers of successors; ``keeper`` is the slot that stays
    when a double entry (去重) is struck out.
    """

    month_index: int
    change_type: str
    leaving: tuple[int, ...]
    coming: tuple[int, ...]
    keeper: int | None


def month_index(month: Month) -> int:
    """Return how many months after the first one ``month`` is; raise ValueError before it."""
    if month < FIRST_MONTH:
        raise ValueError(f"the simulated city begins in {FIRST_MONTH}, {month} is earlier")
    return (month.year - FIRST_MONTH.year) * 12 + month.number - FIRST_MONTH.number


class Lives:
    """The running counts of one district up to a month, and the slots that follow from them."""

    def __init__(self, order: int, buildings: int, draws: Draws, month: Month) -> None:
        """``order`` is the district's place, ``buildings`` its count in the calibrated month."""
        calibrated = month_index(CALIBRATED)
        horizon = max(month_index(month), calibrated) + _PENDING_MONTHS
        self._stock = [
            rounded(buildings * _GROWTH ** (index - calibrated)) for index in range(horizon + 1)
        ]
        self._draws = draws
        self._leaving_order = draws.order("leaving", self._stock[0])
        self.events = self._make_events(order, buildings)
        self._surveyed = self._count_surveyed()
        self.exempt_count = rounded(buildings * _EXEMPT_SHARE)

    @property
    def lasting(self) -> Ints:
        """Slots that never leave, in a fixed order: what cases and inspections refer to."""
        return self._leaving_order[::-1][: len(self._leaving_order) - self._max_leaving]

    @property
    def _max_leaving(self) -> int:
        """A small city stops changing once half of its first buildings are gone."""
        return len(self._leaving_order) // 2

    def _make_events(self, order: int, buildings: int) -> list[Event]:
        events: list[Event] = []
        left = came = 0
        lasting = self.lasting
        for index in range(len(self._stock)):
            for change_type in self._types_of_month(index, order, buildings):
                leaving = _LEAVING[change_type]
                if left + leaving > self._max_leaving:
                    continue
                coming = _COMING[change_type]
                is_double = change_type == "去重"
                events.append(
                    Event(
                        index,
                        change_type,
                        tuple(int(n) for n in self._leaving_order[left : left + leaving]),
                        tuple(range(came, came + coming)),
                        int(lasting[len(events) % len(lasting)]) if is_double else None,
                    )
                )
                left += leaving
                came += coming
        return events

    def _types_of_month(self, index: int, order: int, buildings: int) -> list[str]:
        """Return the month's events; whatever the scale, each type comes round in turn.

        No more buildings come by splits than leave by demolition, so that the count of surveyed
        slots never falls.
        """
        types = list(_EVENT_RATES)
        chances = self._draws.uniform(f"events/{index}", np.arange(len(types)))
        counts = {
            name: int(buildings * rate + chance)
            for (name, rate), chance in zip(_EVENT_RATES.items(), chances, strict=True)
        }
        counts[types[(order + index) % len(types)]] += 1
        counts["拆除"] = max(counts["拆除"], counts["拆分"])
        return [name for name, count in counts.items() for _ in range(count)]

    def _count_surveyed(self) -> Ints:
        """Return, a month, how many slots have ever been surveyed: the stock and those gone."""
        gone = np.zeros(len(self._stock), np.int64)
        for event in self.events:
            gone[event.month_index] += len(event.leaving) - len(event.coming)
        return np.maximum.accumulate(np.asarray(self._stock) + np.cumsum(gone))

    def surveyed_until(self, index: int) -> int:
        """Return the number of slots surveyed by the end of a month."""
        return int(self._surveyed[index])

    def entered_until(self, index: int) -> int:
        """Return the number of slots in the ledger, surveyed or waiting, by a month's end."""
        return int(self._surveyed[index + _PENDING_MONTHS])

    def slots(self, index: int) -> Ints:
        """Return the slots that stand in the ledger at a month's end, in order."""
        stands = np.ones(self.entered_until(index), bool)
        for event in self.events:
            if event.month_index <= index:
                stands[list(event.leaving)] = False
        return np.flatnonzero(stands)

    def new_slots(self, index: int) -> Ints:
        """Return the slots that entered the ledger in a month."""
        first = int(self._surveyed[index + _PENDING_MONTHS - 1])
        return np.arange(first, self.entered_until(index))

    def months_surveyed(self, slots: Ints) -> Ints:
        """Return the month index in which each slot is surveyed; -1 for before the first."""
        found = np.searchsorted(self._surveyed, slots, side="right")
        return np.where(slots < self._surveyed[0], -1, found)
