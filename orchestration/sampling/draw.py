"""The draw: strata, how many of each, and which. Pure: no file, no clock, no random generator.

A building's place in its stratum's order is SHA-256 of the seed and its id, so that a sample
hangs on frame and seed alone, whatever the order of rows, the machine or the versions of
libraries. Add here what decides which building is drawn; where buildings come from is ``frame``'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple


class FrameRow(NamedTuple):
    """One building that may be drawn; all but its id is its stratum."""

    district_id: str
    building_category: str
    initial_risk: str
    building_id: str

    @property
    def stratum(self) -> tuple[str, str, str]:
        """District, category and risk."""
        return self[:3]


class SampleSizeError(ValueError):
    """A size that the frame does not allow."""


@dataclass(frozen=True)
class Stratum:
    """One stratum: buildings in the frame, and those drawn of them in the order of the draw."""

    frame_count: int
    drawn: tuple[FrameRow, ...]


@dataclass(frozen=True)
class Draw:
    """A sample: its strata in the order of their names, and the hash of the frame."""

    strata: tuple[Stratum, ...]
    frame_sha256: str

    @property
    def rows(self) -> tuple[FrameRow, ...]:
        """All drawn buildings, stratum by stratum."""
        return tuple(row for stratum in self.strata for row in stratum.drawn)


def draw(frame: Iterable[FrameRow], size: int, seed: int) -> Draw:
    """Draw ``size`` buildings, each stratum by its share of the frame (largest remainder).

    Raises SampleSizeError for a size below 1 or above the frame, ValueError for a building that
    stands twice in the frame.
    """
    rows = sorted(frame)
    if len({(row.district_id, row.building_id) for row in rows}) < len(rows):
        raise ValueError("a building stands twice in the frame")
    if not 1 <= size <= len(rows):
        raise SampleSizeError(f"size is {size}; it must be from 1 to {len(rows)}, the frame")
    strata = [list(group) for _, group in groupby(rows, key=lambda row: row.stratum)]
    parts = largest_remainder([len(stratum) for stratum in strata], size)
    return Draw(
        strata=tuple(
            Stratum(len(stratum), tuple(_first(stratum, part, seed)))
            for stratum, part in zip(strata, parts, strict=True)
        ),
        frame_sha256=_frame_hash(rows),
    )


def _first(stratum: list[FrameRow], count: int, seed: int) -> list[FrameRow]:
    return sorted(stratum, key=lambda row: (_place(row, seed), row))[:count] if count else []


def _place(row: FrameRow, seed: int) -> bytes:
    text = f"{seed}\n{row.district_id}\n{row.building_id}"
    return hashlib.sha256(text.encode()).digest()


def _frame_hash(rows: list[FrameRow]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(("\t".join(row) + "\n").encode())
    return digest.hexdigest()


def largest_remainder(weights: Sequence[int], total: int) -> list[int]:
    """Divide ``total`` by ``weights`` into whole numbers that sum to it exactly.

    Of equal remainders the first wins. No part is more than its weight if ``total`` is no more
    than all weights together.

    >>> largest_remainder([1, 1, 2], 5)
    [1, 1, 3]
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [weight * total // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(weights[n] * total % whole))
    for n in by_remainder[: total - sum(parts)]:
        parts[n] += 1
    return parts
