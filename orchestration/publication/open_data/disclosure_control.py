"""Leaving small counts of towns and communities out of what the public is given.

A count of one to four buildings or cases can point at one owner. Such a cell is left out
(primary suppression), and with it as many of its siblings as keep it from being worked out again
from their published total (secondary suppression). Knows neither marts nor files; which tables it
is applied to stands in their yml, see ``public_marts``. The limit is a seed, one for all.

What it keeps: no cell left out follows from its published total and the siblings that stay, not
even for a reader who knows this method. It treats each measure by itself: what two different
measures of one place say of each other is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR

LIMITS = SEEDS_DIR / "disclosure_limits.csv"
#: Below three, ones would stand alone among zeros, and the method itself would tell them.
_LOWEST_LIMIT = 3


class DisclosureLimitError(ValueError):
    """The seed of limits cannot be used; says what is wrong with it, and where."""


@cache
def smallest_published_count() -> int:
    """Return the smallest count but zero that may stand alone below district level."""
    rows = read_rows(LIMITS)
    text = rows[0].get("smallest_published_count", "") if len(rows) == 1 else ""
    if not text.isdecimal() or int(text) < _LOWEST_LIMIT:
        raise DisclosureLimitError(
            f"{LIMITS.name}：须有一行，smallest_published_count 为不小于 {_LOWEST_LIMIT} 的整数。"
            f"One row is needed, with a whole number from {_LOWEST_LIMIT} on; found {text or rows}"
        )
    return int(text)


def suppressed_of(counts: Sequence[int | None], limit: int) -> frozenset[int]:
    """Return the places of the cells to leave out of one group whose total is published.

    ``counts`` are the group's cells, None where a figure is missing; ``limit`` is the smallest
    count that may stand. A group of one says what its total says, and nothing is left out. Zeros
    stay, unless the others are too few to hide among: then the whole group goes. Cells of the
    same count are treated alike, lest their order tell one.
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
    """Whether what hidden cells, none of them zero, add up to leaves each of them open.

    Each may be any of ``limit`` numbers or more, and they are not all just below the limit:
    that is the most that small counts can add up to, and whoever knows the limit would see it.
    """
    found = [counts[place] for place in hidden]
    open_numbers = sum(found) - len(found) + 1
    return len(found) >= 2 and open_numbers >= limit and set(found) != {limit - 1}


def suppressed_below(
    counts: Sequence[int | None], groups: Sequence[object], hidden_groups: Collection[object]
) -> frozenset[int]:
    """Return the places of the cells to leave out of a whole column of grouped cells.

    ``groups`` names each cell's group. The total of a group in ``hidden_groups`` is itself left
    out: all its cells go, else they would add up to it.
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
