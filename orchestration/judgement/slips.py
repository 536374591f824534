"""Recognising how a figure that cannot be was probably meant: its unit, a digit, the column.

A slip is named only if undoing it brings all figures it touches home into their bands. It is a
hint for the one who mends the report; nothing is ever counted by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from orchestration import terms
from orchestration.judgement.figures import Figures

_COUNT, _AREA = "surveyed_building_count", "surveyed_floor_area_10k_m2"
_MEAN = "mean_floor_area_m2"
#: By what a figure is multiplied when its slip is undone, and how that is written.
_FACTORS = {
    Decimal("0.0001"): "÷10,000",
    Decimal(10_000): "×10,000",
    Decimal("0.1"): "÷10",
    Decimal(10): "×10",
}
#: What a figure was probably taken for.
_MEANT = {
    (_AREA, "÷10,000"): "疑为平方米",
    (_AREA, "×10,000"): "疑为亿平方米",
    (_COUNT, "×10,000"): "疑为万幢",
}
_DIGIT = {"÷10": "疑多写一位", "×10": "疑少写一位"}
Bands = Mapping[str, tuple[float | None, float | None]]


def slip_told(measures: Sequence[str], figures: Figures, bands: Bands) -> list[str]:
    """Return the slips that explain why these figures are not in their bands; often none."""
    told: list[str] = []
    if {_COUNT, _AREA, _MEAN} & set(measures) and {_COUNT, _AREA} <= figures.keys():
        told += _of_stocks(figures, bands)
    for measure in measures:
        if measure in figures and measure not in (_COUNT, _AREA):
            told += _of_flow(measure, Decimal(figures[measure]), bands)
    return ["；或".join(told)] if told else []


def _of_stocks(figures: Figures, bands: Bands) -> Iterator[str]:
    count, area = Decimal(figures[_COUNT]), Decimal(figures[_AREA])
    for factor, written in _FACTORS.items():
        for measure, meant in ((_AREA, area * factor), (_COUNT, count * factor)):
            pair = (count, meant) if measure == _AREA else (meant, area)
            if _are_home(*pair, bands):
                yield _told(measure, Decimal(figures[measure]), written, meant)
    if _are_home(area, count, bands):
        yield (
            f"疑为两列填反：{terms.FIGURES[_COUNT][0]} {number(count)} 与"
            f"{terms.FIGURES[_AREA][0]} {number(area)} 对调后均在合理的范围内"
        )


def _are_home(count: Decimal, area: Decimal, bands: Bands) -> bool:
    if count <= 0 or count != count.to_integral_value():
        return False
    values = {_COUNT: count, _AREA: area, _MEAN: area * 10_000 / count}
    return all(_is_home(value, bands.get(name)) for name, value in values.items())


def _is_home(value: Decimal, band: tuple[float | None, float | None] | None) -> bool:
    low, high = band or (None, None)
    return (low is None or value >= Decimal(str(low))) and (
        high is None or value <= Decimal(str(high))
    )


def _of_flow(measure: str, value: Decimal, bands: Bands) -> Iterator[str]:
    for factor, written in _FACTORS.items():
        meant = value * factor
        if meant == meant.to_integral_value() and _is_home(meant, bands.get(measure)):
            yield _told(measure, value, written, meant)


def _told(measure: str, value: Decimal, written: str, meant: Decimal) -> str:
    name, unit = terms.FIGURES[measure]
    what = _MEANT.get((measure, written)) or _DIGIT.get(written, "疑为单位错误")
    return f"{name} {number(value)} {unit}{what}：{written} 得 {number(meant)}"


def number(value: float | Decimal) -> str:
    """Write a number with separators and at most two places, six below 1.

    >>> number(Decimal("76582700.00")), number(7658.27), number(Decimal("0.765827"))
    ('76,582,700', '7,658.27', '0.765827')
    """
    exact = Decimal(str(value))
    places = Decimal("0.01") if abs(exact) >= 1 else Decimal("0.000001")
    text = f"{exact.quantize(places, 'ROUND_HALF_UP'):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def band_told(low: float | None, high: float | None, unit: str = "") -> str:
    """Return a band in words, as what a figure should be.

    >>> band_told(1, 99366, "幢"), band_told(None, 5000)
    ('在 1 至 99,366 幢之间', '不多于 5,000')
    """
    behind = f" {unit}" if unit else ""
    if low is None:
        return f"不多于 {number(high or 0)}{behind}"
    if high is None:
        return f"不少于 {number(low)}{behind}"
    return f"在 {number(low)} 至 {number(high)}{behind or ' '}之间"
