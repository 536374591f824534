"""Recognising how a figure that cannot be was probably meant: its unit, a digit, the column.

A slip is named only if undoing it brings all figures it touches home into their bands. It is a
hint for the one who mends the report; nothing is ever counted by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from orchestration.judgement.plausible.bands import Band, is_within, number
from orchestration.judgement.plausible.figures import MEAN, Figures
from orchestration.reference.measures import AREA, COUNT
from orchestration.reference.metrics import metric_name, prose_unit

#: By what a figure is multiplied when its slip is undone, and how that is written.
_FACTORS = {
    Decimal("0.0001"): "÷10,000",
    Decimal(10_000): "×10,000",
    Decimal("0.1"): "÷10",
    Decimal(10): "×10",
}
#: What a figure was probably taken for.
_MEANT = {
    (AREA, "÷10,000"): "疑为平方米",
    (AREA, "×10,000"): "疑为亿平方米",
    (COUNT, "×10,000"): "疑为万幢",
}
_DIGIT = {"÷10": "疑多写一位", "×10": "疑少写一位"}
#: Without a band any value is believed.
_ANY: Band = (None, None)
Bands = Mapping[str, Band]


def slip_text(measures: Sequence[str], figures: Figures, bands: Bands) -> list[str]:
    """Return the slips that explain why these figures are not in their bands; often none."""
    texts: list[str] = []
    if {COUNT, AREA, MEAN} & set(measures) and {COUNT, AREA} <= figures.keys():
        texts += _of_stocks(figures, bands)
    for measure in measures:
        if measure in figures and measure not in (COUNT, AREA):
            texts += _of_flow(measure, Decimal(figures[measure]), bands)
    return ["；或".join(texts)] if texts else []


def _of_stocks(figures: Figures, bands: Bands) -> Iterator[str]:
    count, area = Decimal(figures[COUNT]), Decimal(figures[AREA])
    for factor, written in _FACTORS.items():
        for measure, meant in ((AREA, area * factor), (COUNT, count * factor)):
            pair = (count, meant) if measure == AREA else (meant, area)
            if _are_home(*pair, bands):
                yield _slip_text(measure, Decimal(figures[measure]), written, meant)
    if _are_home(area, count, bands):
        yield (
            f"疑为两列填反：{metric_name(COUNT)} {number(count)} 与"
            f"{metric_name(AREA)} {number(area)} 对调后均在合理的范围内"
        )


def _are_home(count: Decimal, area: Decimal, bands: Bands) -> bool:
    if count <= 0 or count != count.to_integral_value():
        return False
    values = {COUNT: count, AREA: area, MEAN: area * 10_000 / count}
    return all(is_within(value, bands.get(name, _ANY)) for name, value in values.items())


def _of_flow(measure: str, value: Decimal, bands: Bands) -> Iterator[str]:
    for factor, written in _FACTORS.items():
        meant = value * factor
        if meant == meant.to_integral_value() and is_within(meant, bands.get(measure, _ANY)):
            yield _slip_text(measure, value, written, meant)


def _slip_text(measure: str, value: Decimal, written: str, meant: Decimal) -> str:
    name, unit = metric_name(measure), prose_unit(measure)
    what = _MEANT.get((measure, written)) or _DIGIT.get(written, "疑为单位错误")
    return f"{name} {number(value)} {unit}{what}：{written} 得 {number(meant)}"
