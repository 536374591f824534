"""The bulletin's charts by district.

Each chart is a function from the bulletin to a ``Chart``: its title, one line on how to read it,
the key to its colours and the SVG. Add one here and in ``draw``. Districts keep the bulletin's
order in every chart; a district without figures keeps its line and is marked as such. ``vega``
draws bars and dots; charts of cases, inspection and dangerous buildings are in ``topic_charts``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.rows import DistrictFigures
from orchestration.publication.bulletin.wording import MISSING
from orchestration.publication.charts.vega import (
    Spec,
    bars_spec,
    dots_spec,
    render_svg,
    stacked_spec,
)
from orchestration.reference import vocabulary
from orchestration.reference.metrics import metric_name, metric_unit, short_name

_NO_SURVEY, _NO_CASES = "没有可用的排查数据。", "没有可用的违法拆改数据。"

_Measure = Callable[[DistrictFigures], int | Decimal | None]


@dataclass(frozen=True)
class Chart:
    """One chart of the page; ``key`` maps a colour name of CHART_COLOURS to its meaning.

    ``rows`` have names and figures as text, where the chart shows them by place and colour only.
    """

    title: str
    unit: str
    reading: str
    key: dict[str, str]
    svg: str
    rows: tuple[tuple[str, str], ...] = ()


def draw(bulletin: Bulletin) -> tuple[Chart, ...]:
    """Return the page's charts by district, in order."""
    return (
        _buildings(bulletin),
        _floor_area(bulletin),
        _mean_area(bulletin),
        _suspected(bulletin),
        _verified_and_completed(bulletin),
    )


def _buildings(bulletin: Bulletin) -> Chart:
    values = _points(bulletin, lambda row: row.surveyed_building_count)
    reading = _largest_share(bulletin, lambda row: row.surveyed_building_count, "幢")
    return _bars("surveyed_building_count", values, reading)


def _floor_area(bulletin: Bulletin) -> Chart:
    values = _points(bulletin, lambda row: row.surveyed_floor_area_10k_m2)
    reading = _largest_share(bulletin, lambda row: row.surveyed_floor_area_10k_m2, "万平方米")
    return _bars("surveyed_floor_area_10k_m2", values, reading)


def _bars(metric_id: str, values: list[Spec], reading: str) -> Chart:
    spec = bars_spec(values, ["stock"])
    return chart_of(metric_name(metric_id), metric_unit(metric_id), reading, {}, spec)


def _mean_area(bulletin: Bulletin) -> Chart:
    values = _points(bulletin, _mean, absent=MISSING)
    city, reading = _mean(bulletin.city), _NO_SURVEY
    present = [row for row in bulletin.districts if _mean(row) is not None]
    if city is not None and present:
        low, high = min(present, key=_sortable(_mean)), max(present, key=_sortable(_mean))
        reading = (
            f"{_whole_of(bulletin, _mean)}平均{city}平方米（虚线）；{high.district_name}最大"
            f"（{_mean(high)}），{low.district_name}最小（{_mean(low)}）。"
        )
    spec = dots_spec(values, reference=None if city is None else float(city))
    name, unit = metric_name("mean_floor_area_m2"), metric_unit("mean_floor_area_m2")
    return chart_of(name, unit, reading, {}, spec)


def _mean(row: DistrictFigures) -> Decimal | None:
    mean = row.mean_floor_area_m2
    return None if mean is None else mean.quantize(Decimal(1), ROUND_HALF_UP)


def _suspected(bulletin: Bulletin) -> Chart:
    key = {
        "complaint": short_name("suspected_complaint_count"),
        "patrol": short_name("suspected_patrol_count"),
    }
    values = [
        *_points(bulletin, lambda row: row.suspected_complaint_count, "complaint"),
        *_points(bulletin, lambda row: row.suspected_patrol_count, "patrol"),
    ]
    labels = _points(bulletin, lambda row: row.suspected_count)
    for label, row in zip(labels, bulletin.districts, strict=True):
        if row.suspected_count is not None:
            label["label"] = f"{row.suspected_complaint_count} + {row.suspected_patrol_count}"
    city, reading = bulletin.city, _NO_CASES
    if city.suspected_count is not None:
        reading = (
            f"{_whole_of(bulletin, lambda row: row.suspected_count)}合计"
            f"{city.suspected_count}起：{key['complaint']}{city.suspected_complaint_count}起，"
            f"{key['patrol']}{city.suspected_patrol_count}起。"
        )
    spec = stacked_spec(values, list(key), labels)
    return chart_of(short_name("suspected_count"), "起，本月", reading, key, spec)


def _verified_and_completed(bulletin: Bulletin) -> Chart:
    key = {"verified": short_name("verified_count"), "completed": short_name("completed_count")}
    verified = _points(bulletin, lambda row: row.verified_count, "verified")
    completed = _points(bulletin, lambda row: row.completed_count, "completed")
    for point in completed:
        if point["label"] == vocabulary.ABSENT:  # said once a district
            point["label"] = ""
    more = [
        row.district_name
        for row in bulletin.districts
        if (row.completed_count or 0) > (row.verified_count or 0)
    ]
    reading = f"{key['completed']}含以前月份核实的。" + (
        f"{'、'.join(more)}本月完成多于核实。" if more else ""
    )
    spec = bars_spec([*verified, *completed], list(key))
    return chart_of("核实与处理完成", "起，本月", reading, key, spec)


def _points(
    bulletin: Bulletin, measure: _Measure, series: str = "stock", absent: str = vocabulary.ABSENT
) -> list[Spec]:
    """Return one point per district: its name, value, series, and its figure as text."""
    points = []
    for row in bulletin.districts:
        value = measure(row)
        points.append(
            {
                "name": row.district_name,
                "series": series,
                "value": float(value or 0),
                "label": absent if value is None else str(value),
            }
        )
    return points


def _largest_share(bulletin: Bulletin, measure: _Measure, unit: str) -> str:
    total = measure(bulletin.city)
    if not total:
        return _NO_SURVEY
    first = max(bulletin.districts, key=_sortable(measure))
    share = Decimal(measure(first) or 0) * 100 / Decimal(total)
    tenth = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{_whole_of(bulletin, measure)}{total}{unit}；{first.district_name}最多，占{tenth}%。"


def _whole_of(bulletin: Bulletin, measure: _Measure) -> str:
    """Return what a measure's total covers: the city, or the districts that have a figure."""
    is_partial = any(measure(row) is None for row in bulletin.districts)
    return "已报地区" if is_partial else "全市"


def _sortable(measure: _Measure) -> Callable[[DistrictFigures], Decimal]:
    return lambda row: Decimal(measure(row) or 0)


def chart_of(
    title: str,
    unit: str,
    reading: str,
    key: dict[str, str],
    spec: Spec,
    rows: tuple[tuple[str, str], ...] = (),
) -> Chart:
    """Draw a chart; a screen reader reads out its title, unit and reading."""
    svg = render_svg(spec, f"{title}（{unit}）。{reading}")
    return Chart(title, unit, reading, key, svg, rows)
