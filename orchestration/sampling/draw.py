"""The draw: strata, how many of each, and which. Pure: no file, no clock, no random generator.

The order of buildings in a stratum is that of the SHA-256 of seed and building id. So a sample
depends on frame and seed alone, not on the order of rows, the machine or versions of libraries.
Add here what decides which building is drawn; where buildings come from is ``frame``'s.

A stratum is a district's buildings of one category and risk, where its share of the sample is at
least MINIMUM_DRAWN: fewer do not show how buildings of a stratum differ. Smaller ones are joined:
among the risks of a category the smallest with the next smallest, until each is large enough or the
category is one stratum; then, by the same rule, among what is left in the district. No stratum
reaches beyond its district. So each building of the frame is drawn with a known chance above zero,
and the strata's weights sum to the frame.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

#: Buildings drawn of each stratum at least (or all it has), if the sample is large enough.
MINIMUM_DRAWN = 2
#: Stands between the names of strata that were joined.
JOINED = "+"
#: Stands between category and risk in a stratum's name.
_PARTED = "·"
#: District, category and risk.
Names = tuple[str, str, str]


class FrameRow(NamedTuple):
    """One building that may be drawn; all fields but the id name its stratum before joining."""

    district_id: str
    building_category: str
    initial_risk: str
    building_id: str

    @property
    def stratum(self) -> Names:
        """District, category and risk."""
        return self[:3]

    @property
    def stratum_name(self) -> str:
        """The stratum's name within its district: ``城镇住宅·一般隐患``."""
        return f"{self.building_category}{_PARTED}{self.initial_risk}"


class SampleSizeError(ValueError):
    """A size that the frame does not allow."""


@dataclass(frozen=True)
class Stratum:
    """One stratum: buildings in the frame, and those drawn of them in the order of the draw.

    ``name`` is unique in the district; that of joined strata holds each name, JOINED between them.
    """

    district_id: str
    name: str
    frame_count: int
    drawn: tuple[FrameRow, ...]


@dataclass(frozen=True)
class Draw:
    """A sample: its strata by district and name, and the hash of the frame."""

    strata: tuple[Stratum, ...]
    frame_sha256: str

    def require_every_stratum(self) -> None:
        """Raise SampleSizeError if a stratum has no drawn building: it would have no estimate."""
        if not all(stratum.drawn for stratum in self.strata):
            size, count = len(self.rows), len(self.strata)
            raise SampleSizeError(f"size is {size}; it must be at least {count}, one a stratum")

    @property
    def rows(self) -> tuple[FrameRow, ...]:
        """All drawn buildings, stratum by stratum."""
        return tuple(row for stratum in self.strata for row in stratum.drawn)


@dataclass(frozen=True)
class _Group:
    """A stratum before the draw: the names it was joined from, and its buildings."""

    names: tuple[str, ...]
    rows: list[FrameRow]
    count: int

    @property
    def name(self) -> str:
        return JOINED.join(sorted(self.names))

    def joined(self, other: _Group) -> _Group:
        return _Group(self.names + other.names, self.rows + other.rows, self.count + other.count)


def draw(frame: Iterable[FrameRow], size: int, seed: int) -> Draw:
    """Draw ``size`` buildings, each stratum by its share of the frame (largest remainder).

    With a size below the number of districts some get none. Raises SampleSizeError for a size
    below 1 or above the frame, ValueError for a building that stands twice in the frame.
    """
    rows = sorted(frame)
    if len({(row.district_id, row.building_id) for row in rows}) < len(rows):
        raise ValueError("a building stands twice in the frame")
    counts = Counter(row.stratum for row in rows)
    return Draw(drawn_strata(rows, counts, size, seed), _frame_hash(rows))


def drawn_strata(
    rows: Sequence[FrameRow], counts: Mapping[Names, int], size: int, seed: int
) -> tuple[Stratum, ...]:
    """Draw from strata of which ``counts`` says how many buildings each has in the frame.

    ``rows``, in order, need hold no more of a stratum than may be drawn of it: the first by
    ``place_in_draw``. Raises SampleSizeError for a size below 1 or above the frame.
    """
    whole = sum(counts.values())
    if not 1 <= size <= whole:
        raise SampleSizeError(f"size is {size}; it must be from 1 to {whole}, the frame")
    strata = [
        (district_id, group)
        for district_id, of_district in groupby(rows, key=lambda row: row.district_id)
        for group in _strata(list(of_district), counts, size, whole)
    ]
    ties = [_tie(seed, district_id, group.name) for district_id, group in strata]
    parts = allocate([group.count for _, group in strata], size, ties)
    return tuple(
        Stratum(district_id, group.name, group.count, tuple(_first(group.rows, part, seed)))
        for (district_id, group), part in zip(strata, parts, strict=True)
    )


def _strata(
    rows: list[FrameRow], counts: Mapping[Names, int], size: int, whole: int
) -> list[_Group]:
    """Return a district's strata, those too small for the sample joined, by name.

    ``rows`` are the district's in order; ``size`` of ``whole`` buildings are drawn in all.
    """
    left: list[_Group] = []
    for _, of_category in groupby(rows, key=lambda row: row.building_category):
        risks = [
            _Group((f"{stratum[1]}{_PARTED}{stratum[2]}",), list(group), counts[stratum])
            for stratum, group in groupby(of_category, key=lambda row: row.stratum)
        ]
        left += _join_small(risks, size, whole)
    return sorted(_join_small(left, size, whole), key=lambda group: group.name)


def _join_small(groups: list[_Group], size: int, whole: int) -> list[_Group]:
    """Join the two smallest until each can expect MINIMUM_DRAWN, or one is left.

    Of equal ones the first by name is the smaller.
    """
    groups = list(groups)
    while len(groups) > 1:
        groups.sort(key=lambda group: (group.count, group.name))
        if groups[0].count * size >= MINIMUM_DRAWN * whole:
            break
        groups[:2] = [groups[0].joined(groups[1])]
    return groups


def allocate(counts: Sequence[int], size: int, ties: Sequence[bytes]) -> list[int]:
    """Divide ``size`` among strata with these building counts.

    Each gets MINIMUM_DRAWN, or all it has, where the size is enough for that, else one, else its
    share; what is above follows the shares. Of equal remainders the lower of ``ties`` wins.

    >>> allocate([1000, 30, 1], 20, [b"a", b"b", b"c"])
    [17, 2, 1]
    """
    floor = next(n for n in (MINIMUM_DRAWN, 1, 0) if sum(min(n, c) for c in counts) <= size)
    least = [min(floor, count) for count in counts]
    given = dict[int, int]()
    while True:
        left = size - sum(given.values())
        weights = [0 if n in given else count for n, count in enumerate(counts)]
        short = {
            n: least[n] for n, w in enumerate(weights) if w and w * left < least[n] * sum(weights)
        }
        if not short:
            parts = largest_remainder(weights, left, ties)
            return [given.get(n, part) for n, part in enumerate(parts)]
        given |= short


def _tie(seed: int, district_id: str, name: str) -> bytes:
    """Return what breaks a tie between strata: chance of the seed, not the order of names."""
    return hashlib.sha256(f"{seed}\n{district_id}\n{name}".encode()).digest()


def _first(stratum: list[FrameRow], count: int, seed: int) -> list[FrameRow]:
    return sorted(stratum, key=lambda row: (place_in_draw(row, seed), row))[:count] if count else []


def place_in_draw(row: FrameRow, seed: int) -> bytes:
    """Return what the buildings of a stratum are drawn in the order of."""
    text = f"{seed}\n{row.district_id}\n{row.building_id}"
    return hashlib.sha256(text.encode()).digest()


def _frame_hash(rows: list[FrameRow]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(("\t".join(row) + "\n").encode())
    return digest.hexdigest()


def largest_remainder(
    weights: Sequence[int], total: int, ties: Sequence[bytes] | None = None
) -> list[int]:
    """Divide ``total`` by ``weights`` into whole numbers that sum to it exactly.

    Of equal remainders the lower of ``ties`` wins, the first without any. No part is more than its
    weight if ``total`` is no more than all weights together.

    >>> largest_remainder([1, 1, 2], 5)
    [1, 1, 3]
    >>> largest_remainder([1, 1, 2], 5, [b"b", b"a", b"c"])
    [1, 1, 3]
    >>> largest_remainder([1, 1], 1, [b"b", b"a"])
    [0, 1]
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [weight * total // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)),
        key=lambda n: (-(weights[n] * total % whole), ties[n] if ties else b""),
    )
    for n in by_remainder[: total - sum(parts)]:
        parts[n] += 1
    return parts
