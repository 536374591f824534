"""Lines of the city's figures over months, with the range of each month's vintages.

Add a figure in ``bulletin.trends``; ``vega`` draws the line. A line is broken where the districts
behind the figure change, since such months cannot be compared.
"""

from __future__ import annotations

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.trends import Trend, TrendPoint
from orchestration.publication.charts.district_charts import Chart, chart_of
from orchestration.publication.charts.vega import Spec, trend_spec
from orchestration.reference.metrics import metric_name, metric_unit


def trend_charts(bulletin: Bulletin) -> tuple[Chart, ...]:
    """Return a chart for each figure that has at least two months; none before that."""
    return tuple(_chart(trend) for trend in bulletin.trends)


def _chart(trend: Trend) -> Chart:
    first, *_, last = trend.points
    reading = f"{_month(first)}{_shown(first)}，{_month(last)}{_shown(last)}"
    if any(point.low < point.high for point in trend.points):
        reading += "；竖线为该月各版数字的范围"
    if _runs(trend)[-1] > 0:
        reading += "；线断处前后地区不同，不能比较"
    spec = trend_spec(_values(trend))
    return chart_of(
        metric_name(trend.metric_id), metric_unit(trend.metric_id), f"{reading}。", {}, spec
    )


def _values(trend: Trend) -> list[Spec]:
    ends = (0, len(trend.points) - 1)
    return [
        {
            "month": str(point.month),
            "value": point.value,
            "low": point.low,
            "high": point.high,
            "run": run,
            "label": _shown(point) if place in ends else "",
        }
        for place, (point, run) in enumerate(zip(trend.points, _runs(trend), strict=True))
    ]


def _runs(trend: Trend) -> list[int]:
    """Return the number of each month's unbroken run: the same districts, no month left out."""
    runs = [0]
    for before, point in zip(trend.points, trend.points[1:], strict=False):
        is_next = before.month.shift(1) == point.month and before.places == point.places
        runs.append(runs[-1] + (not is_next))
    return runs


def _month(point: TrendPoint) -> str:
    return f"{point.month.year}年{point.month.number}月"


def _shown(point: TrendPoint) -> str:
    return f"{point.value:.0f}" if point.value == int(point.value) else f"{point.value:.2f}"
