"""The buildings that stand in one district's ledger at a month's end, with their areas.

Joins ``lives`` (who is there) and ``traits`` (what they are like), and fits floor areas to the
published sum once, in the calibrated month; a building keeps its area in every other. What the
ledger says of them, column by column, is in ``survey``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.reference.months import Month
from orchestration.simulation.draws import Draws, Ints
from orchestration.simulation.figures import AREA_STEP_CENTS, CALIBRATED, Figures
from orchestration.simulation.files.columns import Shown
from orchestration.simulation.lives import Lives, month_index
from orchestration.simulation.places import Places, as_listed, places
from orchestration.simulation.traits import Traits, sizes, traits

#: Where the numbers of successors and of exempt buildings begin; ids are made of them.
_SUCCESSORS, _EXEMPT = 9_000_000, 8_000_000
WAITING, IN_SURVEY, SURVEYED, EXEMPT = range(4)


@dataclass(frozen=True)
class Succession:
    """How each successor came to be, by successor number.

    ``parents`` holds its slot and, for a merger, a second one or -1; ``parts`` 0 for a whole
    parent, 1 and 2 for the halves of a split; ``is_moved`` for a transfer to another town.
    """

    month_indices: Ints
    parents: Ints
    parts: Ints
    is_moved: Shown


@dataclass(frozen=True)
class Buildings:
    """Buildings of a district, one entry each, in the order of their ids.

    ``numbers`` are slots, or numbers from 8 and 9 million on; ``slots`` those whose traits they
    have; ``area_cents`` hundredths of 平方米; ``surveyed_on`` day numbers.
    """

    places: Places
    numbers: Ints
    slots: Ints
    traits: Traits
    community: Ints
    status: Ints
    area_cents: Ints
    surveyed_on: Ints

    @property
    def towns(self) -> Ints:
        """Position of each building's town, computed on each call."""
        return self.places.towns[self.community]

    def positions(self, numbers: Ints) -> Ints:
        """Return where buildings of these numbers stand; raise KeyError if one does not."""
        order = np.argsort(self.numbers)
        found = np.searchsorted(self.numbers, numbers, sorter=order)
        positions = order[np.minimum(found, len(order) - 1)]
        if not np.array_equal(self.numbers[positions], numbers):
            raise KeyError("a building referred to has left the ledger")
        return positions


class District:
    """One simulated district, from which the buildings of any month can be had."""

    def __init__(
        self, district_id: str, order: int, figures: Figures, seed: int, month: Month
    ) -> None:
        """``order`` is its place among the districts, ``month`` the last month it can give."""
        self.district_id = district_id
        self.figures = figures
        self.draws = Draws(seed, district_id)
        self.places = places(district_id, seed)
        self.lives = Lives(order, figures.buildings, self.draws, month)
        self.succession = self._successions()
        self._factor, self._extra, self._extra_slots = self._calibrate()

    def buildings(self, month: Month) -> Buildings:
        """Return the whole ledger as it stands at the end of a month."""
        index = month_index(month)
        slots = self.lives.slots(index)
        exempt = np.arange(self.lives.exempt_count)
        successors = np.flatnonzero(self.succession.month_indices <= index)
        parents = self.succession.parents[successors, 0]
        sources = np.concatenate([slots, _EXEMPT + exempt, parents])
        found = traits(self.draws, self.places, sources)
        buildings = Buildings(
            places=as_listed(self.places, self.district_id, month),
            numbers=np.concatenate([slots, _EXEMPT + exempt, _SUCCESSORS + successors]),
            slots=sources,
            traits=found,
            community=np.concatenate(
                [found.community[: -len(successors) or None], self._communities(successors)]
            ),
            status=np.concatenate(
                [
                    self._status(slots, index),
                    np.full(len(exempt), EXEMPT),
                    np.full(len(successors), SURVEYED),
                ]
            ),
            area_cents=np.concatenate(
                [
                    self._areas(slots),
                    self._areas(_EXEMPT + exempt),
                    self._successor_areas(successors),
                ]
            ),
            surveyed_on=self._surveyed_on(sources, found),
        )
        return _sorted(buildings)

    def surveyed_on(self, slots: Ints) -> Ints:
        """Return the survey days of slots, whenever they are."""
        return self._surveyed_on(slots, traits(self.draws, self.places, slots))

    def successor_number(self, successor: int) -> int:
        """Return the building number of a successor."""
        return _SUCCESSORS + successor

    def building_id(self, number: int) -> str:
        """Return a building's id (its town's code and its number), also after it has left."""
        numbers = np.array([number])
        if number >= _SUCCESSORS:
            community = self._communities(numbers - _SUCCESSORS)
        else:
            community = sizes(self.draws, self.places, numbers).community
        return f"{self.places.town_codes[self.places.towns[community[0]]]}{number:07d}"

    def _status(self, slots: Ints, index: int) -> Ints:
        surveyed = self.lives.surveyed_until(index)
        next_surveyed = self.lives.surveyed_until(index + 1)
        return np.where(
            slots < surveyed, SURVEYED, np.where(slots < next_surveyed, IN_SURVEY, WAITING)
        )

    def _surveyed_on(self, slots: Ints, found: Traits) -> Ints:
        """Return survey days: before the first month as drawn, later within the slot's month."""
        months = self.lives.months_surveyed(slots)
        starts = np.datetime64("2022-01") + months
        first = starts.astype("datetime64[D]").astype(np.int64)
        length = (starts + 1).astype("datetime64[D]").astype(np.int64) - first
        within = first + self.draws.below("survey_day", slots, length)
        is_early = (months < 0) | (slots >= _EXEMPT)
        return np.where(is_early, found.first_surveyed_on, within)

    def _successions(self) -> Succession:
        rows = [
            (
                event.month_index,
                (event.leaving[0], event.leaving[1] if len(event.leaving) > 1 else -1),
                part if len(event.coming) > 1 else 0,
                event.change_type == "划转",
            )
            for event in self.lives.events
            for part, _ in enumerate(event.coming, start=1)
        ]
        return Succession(
            month_indices=np.array([row[0] for row in rows], np.int64),
            parents=np.array([row[1] for row in rows], np.int64).reshape(-1, 2),
            parts=np.array([row[2] for row in rows], np.int64),
            is_moved=np.array([row[3] for row in rows], bool),
        )

    def _communities(self, successors: Ints) -> Ints:
        """Return where successors stand: with their parent, or in the next town if moved."""
        parents = self.succession.parents[successors, 0]
        own = sizes(self.draws, self.places, parents).community
        first_of_next = np.searchsorted(self.places.towns, self.places.towns[own], side="right")
        moved = np.where(first_of_next < len(self.places.towns), first_of_next, 0)
        return np.where(self.succession.is_moved[successors], moved, own)

    def _calibrate(self) -> tuple[float, int, Ints]:
        """Return the factor on raw areas, and what is added to make up what rounding left.

        The remainder goes to buildings that never leave and have no successors: the same number of
        cents to each, and one more to those listed.
        """
        index = month_index(CALIBRATED)
        slots = self.lives.slots(index)
        surveyed = slots[slots < self.lives.surveyed_until(index)]
        successors = np.flatnonzero(self.succession.month_indices <= index)
        self._factor, self._extra, self._extra_slots = 1.0, 0, np.array([], np.int64)
        raw = self._areas(surveyed).sum() + self._successor_areas(successors).sum()
        target = self.figures.area_steps * AREA_STEP_CENTS
        self._factor = target / raw
        rest = target - int(self._areas(surveyed).sum() + self._successor_areas(successors).sum())
        lasting = self.lives.lasting
        extra, more = divmod(rest, len(lasting))
        return self._factor, extra, np.sort(lasting[:more])

    def _areas(self, slots: Ints) -> Ints:
        raw = sizes(self.draws, self.places, slots).raw_area
        cents = np.floor(raw * self._factor * 100).astype(np.int64)
        cents += np.where(np.isin(slots, self.lives.lasting), self._extra, 0)
        return cents + np.isin(slots, self._extra_slots)

    def _successor_areas(self, successors: Ints) -> Ints:
        """Return a parent's area, the sum of two merged, or a part of one split."""
        first, second = self.succession.parents[successors].T
        whole = self._areas(first)
        whole = whole + np.where(second >= 0, self._areas(np.maximum(second, 0)), 0)
        half = (whole * (0.4 + 0.2 * self.draws.uniform("split", first))).astype(np.int64)
        part = self.succession.parts[successors]
        return np.where(part == 1, half, np.where(part == 2, whole - half, whole))


def _sorted(buildings: Buildings) -> Buildings:
    """Sort the arrays in place: two of a district of a million would be half its memory."""
    order = np.lexsort((buildings.numbers, buildings.towns))
    arrays = [getattr(buildings, name) for name in _ARRAYS]
    arrays += [getattr(buildings.traits, name) for name in Traits.__annotations__]
    for array in arrays:
        array[:] = array[order]
    return buildings


_ARRAYS = ("numbers", "slots", "community", "status", "area_cents", "surveyed_on")
