"""The geometry of sparklines: recent months of one figure as lines, with gaps for missing months.

It knows numbers only. Colours and size are in the style sheet; charts with axes are in ``vega``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT = 96, 26
_MARGIN = 3


@dataclass(frozen=True)
class Sparkline:
    """Points ``x,y`` of each unbroken run of months, and the position of the last month's dot.

    A run ends before a month without a value or with another coverage. A run of one month is a
    point, which a line with round ends shows as a dot. ``last`` is None if the last month has no
    value.
    """

    lines: tuple[str, ...]
    last: tuple[float, float] | None
    width: int = WIDTH
    height: int = HEIGHT


def sparkline(
    values: Sequence[float | None], coverage: Sequence[Collection[str]] | None = None
) -> Sparkline:
    """Return the line through monthly ``values``, scaled from zero to the largest.

    ``coverage`` has, for each month, the places behind its value, if these can differ.
    """
    places = coverage or [()] * len(values)
    largest = max((value for value in values if value is not None), default=0) or 1
    step = (WIDTH - 2 * _MARGIN) / max(len(values) - 1, 1)
    rise = HEIGHT - 2 * _MARGIN

    def point(place: int, value: float) -> tuple[float, float]:
        return round(_MARGIN + place * step, 1), round(HEIGHT - _MARGIN - value / largest * rise, 1)

    points = [None if value is None else point(n, value) for n, value in enumerate(values)]
    runs = [
        [p for p, _ in run if p]
        for (present, _), run in groupby(
            zip(points, places, strict=True), key=lambda point: (bool(point[0]), point[1])
        )
        if present
    ]
    # a polyline of one point draws nothing; with the point twice it draws the round end
    lines = [" ".join(f"{x},{y}" for x, y in run + run[:1] * (len(run) == 1)) for run in runs]
    return Sparkline(lines=tuple(lines), last=points[-1] if points else None)
