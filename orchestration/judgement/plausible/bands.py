"""A band: whether a value lies in it, and how values and bands are written in Chinese.

What every sentence about a limit shares. Which bands there are is in the seeds (``reference``).
"""

from __future__ import annotations

from decimal import Decimal

Band = tuple[float | None, float | None]


def is_within(value: Decimal, band: Band) -> bool:
    """Whether a value is neither below the lower nor above the upper bound; None bounds nothing."""
    low, high = band
    return (low is None or value >= Decimal(str(low))) and (
        high is None or value <= Decimal(str(high))
    )


def number(value: float | Decimal) -> str:
    """Write a number with separators and at most two places, six below 1.

    >>> number(Decimal("76582700.00")), number(7658.27), number(Decimal("0.765827"))
    ('76,582,700', '7,658.27', '0.765827')
    """
    exact = Decimal(str(value))
    places = Decimal("0.01") if abs(exact) >= 1 else Decimal("0.000001")
    text = f"{exact.quantize(places, 'ROUND_HALF_UP'):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def band_text(low: float | None, high: float | None, unit: str = "") -> str:
    """Return a band in words, as what a figure should be.

    >>> band_text(1, 99366, "幢"), band_text(None, 5000)
    ('在 1 至 99,366 幢之间', '不多于 5,000')
    """
    behind = f" {unit}" if unit else ""
    if low is None:
        return f"不多于 {number(high or 0)}{behind}"
    if high is None:
        return f"不少于 {number(low)}{behind}"
    return f"在 {number(low)} 至 {number(high)}{behind or ' '}之间"
