"""Suppresses small counts of towns and communities in open data.

A count of one to four buildings or cases can point at one owner. Such a cell is left out (primary
suppression), together with enough other cells that it cannot be computed from the published total
(secondary suppression). This module knows neither marts nor files; the marts' yml says where it
applies, see ``public_marts``. One seed has the limit for all tables.

Its guarantee: no suppressed cell follows from the published total and the remaining cells, even
for a reader who knows this method. Each measure is treated by itself: relations between different
measures of a place are not considered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR

LIMITS = SEEDS_DIR / "disclosure_limits.csv"
#: With a lower limit a one could stand alone among zeros, and the method would reveal it.
_LOWEST_LIMIT = 3


class DisclosureLimitError(ValueError):
    """The seed of limits cannot be used; the message says what is wrong and where."""


@cache
def smallest_published_count() -> int:
    """Return the smallest non-zero count that may be published below district level."""
    rows = read_rows(LIMITS)
    text = rows[0].get("smallest_published_count", "") if len(rows) == 1 else ""
    if not text.isdecimal() or int(text) < _LOWEST_LIMIT:
        raise DisclosureLimitError(
            f"{LIMITS.name}：须有一行，smallest_published_count 为不小于 {_LOWEST_LIMIT} 的整数。"
            f"One row is needed, with a whole number from {_LOWEST_LIMIT} on; found {text or rows}"
        )
    return int(text)


def suppressed_of(counts: Sequence[int | None], limit: int) -> frozenset[int]:
    """Return the positions of the cells to leave out of a group whose total is published.

    ``counts`` are the group's cells, None for a missing figure; ``limit`` is the smallest count
    that may be published. A group of one equals its total, so nothing is left out. Zeros stay,
    unless the other cells are too few to hide among: then the whole group is left out. Cells with
    the same count are treated alike, so that their order reveals nothing.
    """
    known = {place: count for place, count in enumerate(counts) if count is not None}
    hidden = {place for place, count in known.items() if 0 < count < limit}
    if not hidden or len(known) == 1:
        return frozenset()
    while not _hides(known, hidden, limit):
        shown = [count for place, count in known.items() if count and place not in hidden]
        if not shown:
            return frozenset(known)
        hidden |= {place for place, count in known.items() if count == min(shown)}
    return frozenset(hidden)


def _hides(counts: Mapping[int, int], hidden: Collection[int], limit: int) -> bool:
    """Whether the sum of hidden cells, none of them zero, reveals none of them.

    Each must have at least ``limit`` possible values, and they must not all be just below the
    limit: that is the largest sum of small counts, which a reader who knows the limit would notice.
    """
    found = [counts[place] for place in hidden]
    open_numbers = sum(found) - len(found) + 1
    return len(found) >= 2 and open_numbers >= limit and set(found) != {limit - 1}


def suppressed_below(
    counts: Sequence[int | None], groups: Sequence[object], hidden_groups: Collection[object]
) -> frozenset[int]:
    """Return the positions of the cells to leave out of a whole column of grouped cells.

    ``groups`` has each cell's group. The total of a group in ``hidden_groups`` is itself left
    out, so all its cells are too: they would add up to it.
    """
    places: dict[object, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group, []).append(place)
    limit = smallest_published_count()
    hidden: set[int] = set()
    for group, members in places.items():
        if group in hidden_groups:
            hidden.update(place for place in members if counts[place] is not None)
        else:
            found = suppressed_of([counts[place] for place in members], limit)
            hidden.update(members[place] for place in found)
    return frozenset(hidden)
