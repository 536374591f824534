"""Which rows of a report are totals of others, by arithmetic alone.

Knows figures and the order of rows, no names: whether a row that is a sum may be taken out is
``report_rows``' decision.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

#: Decimal places that figures are compared in; a figure with more is not compared.
PLACES = 6
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d+)?", re.ASCII)
#: What Excel's binary numbers add behind fifteen digits is less, in millionths.
_NOISE = Decimal("0.001")
_MAX_LEVELS = 8
_TWO = 2


@dataclass(frozen=True)
class Line:
    """A row's 1-based number and its measures in millionths; None where it holds no number."""

    row: int
    figures: tuple[int | None, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every measure is known, and none is negative."""
        return all(figure is not None and figure >= 0 for figure in self.figures)


@dataclass(frozen=True)
class Sum:
    """The exact sums of some rows, measure by measure, in millionths."""

    rows: tuple[int, ...]
    figures: tuple[int, ...]


@dataclass(frozen=True)
class Lines:
    """The rows of a report in order, those known to be totals, and the measures' tolerances.

    A total may stand ``tolerances`` millionths from its rows, for each row added plus one.
    """

    lines: tuple[Line, ...]
    tolerances: tuple[int, ...]
    totals: frozenset[int] = field(default_factory=frozenset)

    @property
    def counted(self) -> list[Line]:
        """The rows that are no totals."""
        return [line for line in self.lines if line.row not in self.totals]

    def line(self, row: int) -> Line:
        """Return the line of that row."""
        return next(line for line in self.lines if line.row == row)

    def equals(self, target: Line, added: Sum) -> bool:
        """Whether the measures that ``target`` holds are the sum's, within the tolerances."""
        known = [
            abs(figure - total) <= tolerance * (len(added.rows) + 1)
            for figure, total, tolerance in zip(
                target.figures, added.figures, self.tolerances, strict=True
            )
            if figure is not None
        ]
        return bool(known) and all(known)

    def sum_of(self, lines: Iterable[Line]) -> Sum:
        """Return the sum of lines; what is no number adds nothing."""
        kept = list(lines)
        columns = zip(*(line.figures for line in kept), strict=True)
        sums = tuple(sum(figure or 0 for figure in column) for column in columns)
        return Sum(tuple(line.row for line in kept), sums or (0,) * len(self.tolerances))

    def rest(self, target: Line) -> Sum:
        """Return the sum of all rows that are no totals, without ``target``."""
        return self.sum_of(line for line in self.counted if line.row != target.row)

    def explained(self, target: Line, fewest: int = _TWO) -> Sum | None:
        """Return the sum that ``target`` is: of all other rows, or of a run of them beside it.

        Of at least ``fewest`` rows, none of them a total.
        """
        rest = self.rest(target)
        is_whole = all(line.is_whole for line in self.counted if line.row != target.row)
        if is_whole and len(rest.rows) >= fewest and self.equals(target, rest):
            return rest
        place = self.lines.index(target)
        runs = (
            self._run(target, part, fewest)
            for part in (reversed(self.lines[:place]), self.lines[place + 1 :])
        )
        return next((run for run in runs if run is not None), None)

    def _run(self, target: Line, beside: Iterable[Line], fewest: int) -> Sum | None:
        """Add up rows going away from ``target`` until they are it, or too much."""
        rows: list[int] = []
        added = [0] * len(self.tolerances)
        for line in beside:
            if line.row in self.totals:
                continue
            if not line.is_whole:
                return None
            rows.append(line.row)
            added = [
                total + (figure or 0) for total, figure in zip(added, line.figures, strict=True)
            ]
            if self._exceeds(added, target, len(rows)):
                return None
            found = Sum(tuple(rows), tuple(added))
            if len(rows) >= fewest and self.equals(target, found):
                return found
        return None

    def _exceeds(self, added: Sequence[int], target: Line, count: int) -> bool:
        return any(
            figure is not None and total > figure + tolerance * (count + 1)
            for total, figure, tolerance in zip(added, target.figures, self.tolerances, strict=True)
        )


def find_totals(lines: Lines, candidates: Collection[int], listed: Collection[int]) -> Lines:
    """Return the lines with those ``candidates`` marked as totals that are sums of others.

    Level by level, until none is found. A candidate that is the sum of all ``listed`` rows is a
    total whatever else stands among them. A total of one row only is believed if that row is
    listed.
    """
    for _ in range(_MAX_LEVELS):
        found = frozenset(_found(lines, candidates, listed))
        if not found:
            break
        lines = Lines(lines.lines, lines.tolerances, lines.totals | found)
    return lines


def _found(lines: Lines, candidates: Collection[int], listed: Collection[int]) -> Iterator[int]:
    """Yield the next totals; each is left out of what the later ones are held against."""
    for line in lines.lines:
        if line.row not in candidates or line.row in lines.totals or not line.is_whole:
            continue
        others = [other.row for other in lines.counted if other.row != line.row]
        fewest = 1 if len(others) == 1 and others[0] in listed else _TWO
        is_sum = lines.explained(line, fewest) or _is_sum_of_listed(lines, line, listed)
        if any(line.figures) and is_sum:
            lines = Lines(lines.lines, lines.tolerances, lines.totals | {line.row})
            yield line.row


def _is_sum_of_listed(lines: Lines, target: Line, listed: Collection[int]) -> bool:
    """Whether ``target`` is the sum of all listed rows.

    The total of all may stand inside a part and the part's own total among all rows, so that
    neither is found while the other is counted.
    """
    rows = [line for line in lines.counted if line.row in listed]
    is_whole = len(rows) >= _TWO and all(line.is_whole for line in rows)
    return is_whole and lines.equals(target, lines.sum_of(rows))


def millionths(text: str | None) -> int | None:
    """Return a number in millionths; None for what is none or has more decimal places.

    >>> millionths("7658.27"), millionths("7658.2699999999995"), millionths("0.1234567")
    (7658270000, 7658270000, None)
    """
    if text is None or not _NUMBER.fullmatch(text):
        return None
    scaled = Decimal(text).scaleb(PLACES)
    nearest = scaled.to_integral_value()
    return int(nearest) if abs(scaled - nearest) <= _NOISE else None


def plain(figure: int) -> str:
    """Return millionths as a number is written.

    >>> plain(7658270000), plain(30000000)
    ('7658.27', '30')
    """
    text = f"{Decimal(figure).scaleb(-PLACES):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
