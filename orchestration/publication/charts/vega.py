"""Vega-Lite specifications of horizontal bars, dots and tiles, and their rendering as SVG.

The functions turn plain rows (``name``, ``value``, ``series``, ``label``) into a specification and
know no bulletin. Add a form of chart here, a chart itself in ``district_charts``. Use colours of
``CHART_COLOURS`` only, because the page replaces them on dark screens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import vl_convert

from orchestration.formats.colours import CHART_COLOURS

_INK, _QUIET = "#24292f", "#6e7781"
_WIDTH, _NAMES_WIDTH, _FONT_SIZE, _SMALL_FONT_SIZE = 380, 66, 13, 11.5
_ROW_HEIGHT, _TALL_ROW_HEIGHT = 27, 40
_TILE_HEIGHT, _TREND_HEIGHT = 62, 84
#: Space to the right of the longest bar for its figure.
_HEADROOM = 1.3

Spec = dict[str, Any]


def bars_spec(values: Sequence[Spec], series: Sequence[str]) -> Spec:
    """Return horizontal bars with their figures; several series are side by side."""
    offset = {"yOffset": {"field": "series", "sort": list(series)}} if len(series) > 1 else {}
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": _scale(values)}
    position = {"x": x, "y": _names_axis(), **offset}
    return _framed(
        values,
        [
            {"mark": {"type": "bar"}, "encoding": position | {"color": _colours(series)}},
            {
                "mark": _figure_mark(_SMALL_FONT_SIZE if len(series) > 1 else _FONT_SIZE),
                "encoding": position | {"text": {"field": "label"}},
            },
        ],
        row_height=_TALL_ROW_HEIGHT if len(series) > 1 else _ROW_HEIGHT,
    )


def stacked_spec(values: Sequence[Spec], series: Sequence[str], labels: Sequence[Spec]) -> Spec:
    """Return stacked horizontal bars with ``labels`` at the end of each stack."""
    scale = _scale(labels)
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": scale}
    return _framed(
        values,
        [
            {
                "transform": [{"calculate": f"indexof({list(series)}, datum.series)", "as": "nth"}],
                "mark": {"type": "bar"},
                "encoding": {
                    "x": x | {"stack": "zero"},
                    "y": _names_axis(),
                    "color": _colours(series),
                    "order": {"field": "nth"},
                },
            },
            {
                "data": {"values": list(labels)},
                "mark": _figure_mark(),
                "encoding": {"x": x, "y": _names_axis(), "text": {"field": "label"}},
            },
        ],
        row_height=_TALL_ROW_HEIGHT,
    )


def dots_spec(values: Sequence[Spec], reference: float | None) -> Spec:
    """Return one dot per district on a line from zero, and ``reference`` as a dashed line."""
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": _scale(values)}
    position = {"x": x, "y": _names_axis()}
    lines = {
        "mark": {"type": "rule", "color": CHART_COLOURS["rule"], "strokeWidth": 1.5},
        "encoding": position | {"x2": {"datum": 0}},
    }
    dashed = {
        "data": {"values": [] if reference is None else [{"value": reference}]},
        "mark": {"type": "rule", "color": _QUIET, "strokeDash": [4, 3]},
        "encoding": {"x": x},
    }
    dots = {
        "transform": [{"filter": "datum.value > 0"}],
        "mark": {"type": "circle", "size": 90, "opacity": 1, "color": CHART_COLOURS["stock"]},
        "encoding": position,
    }
    figures = {
        "mark": _figure_mark() | {"dx": 9},
        "encoding": position | {"text": {"field": "label"}},
    }
    return _framed(values, [lines, dashed, dots, figures])


def waterfall_spec(values: Sequence[Spec], series: Sequence[str]) -> Spec:
    """Return steps from ``low`` to ``value``, one below the other, with their figures."""
    x = {"type": "quantitative", "axis": None, "scale": _scale(values)}
    position = {"x": {"field": "value"} | x, "y": _names_axis()}
    bars = {
        "mark": {"type": "bar"},
        "encoding": position | {"x2": {"field": "low"}, "color": _colours(series)},
    }
    figures = {"mark": _figure_mark(), "encoding": position | {"text": {"field": "label"}}}
    return _framed(values, [bars, figures])


def intervals_spec(values: Sequence[Spec]) -> Spec:
    """Return one dot per name on a line from ``low`` to ``high``, in shares of one.

    A name without a value gets a label only. The figures are in a column on the right, so that no
    line crosses them.
    """
    scale = {"domain": [0, _HEADROOM], "nice": False}
    y = {"y": _names_axis()}
    known = {"transform": [{"filter": "isValid(datum.low)"}]}

    def x(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    ground = {
        "mark": {"type": "rule", "color": CHART_COLOURS["rule"], "strokeWidth": 1},
        "encoding": y
        | {"x": {"datum": 0, "type": "quantitative", "scale": scale, "axis": None}}
        | {"x2": {"datum": 1}},
    }
    lines = known | {
        "mark": {"type": "rule", "color": CHART_COLOURS["verified"], "strokeWidth": 3},
        "encoding": y | {"x": x("low"), "x2": {"field": "high"}},
    }
    dots = known | {
        "mark": {"type": "circle", "size": 90, "opacity": 1, "color": CHART_COLOURS["stock"]},
        "encoding": y | {"x": x("value")},
    }
    figures = {
        "mark": _figure_mark() | {"dx": 10},
        "encoding": y
        | {"x": {"datum": 1, "type": "quantitative", "scale": scale, "axis": None}}
        | {"text": {"field": "label"}},
    }
    return _framed(values, [ground, lines, dots, figures])


def tiles_spec(values: Sequence[Spec], series: Sequence[str]) -> Spec:
    """Return one tile per value at its ``column`` and ``row``, with name and figure."""
    position = {
        name: {
            "field": field,
            "type": "ordinal",
            "axis": None,
            "scale": {"domain": list(range(1, 1 + max(value[field] for value in values)))},
        }
        for name, field in (("x", "column"), ("y", "row"))
    }
    tiles = {"mark": {"type": "rect"}, "encoding": position | {"color": _colours(series)}}
    words = {"type": "text", "align": "center", "baseline": "middle", "color": _INK}
    texts = [
        {
            "mark": words | {"dy": dy, "fontSize": size},
            "encoding": position | {"text": {"field": field}},
        }
        for field, dy, size in (("name", -10, 14), ("label", 11, _FONT_SIZE))
    ]
    spec = _framed(values, [tiles, *texts])
    rows = max(value["row"] for value in values)
    spec |= {"width": _WIDTH, "height": rows * _TILE_HEIGHT}
    spec["padding"] = {side: 2 for side in ("left", "right", "top", "bottom")}
    spec["config"]["scale"] = {"rectBandPaddingInner": 0.04}
    return spec


def trend_spec(values: Sequence[Spec]) -> Spec:
    """Return a line over months (``month``, ``value``), broken where ``run`` changes.

    A rule from ``low`` to ``high`` is the range of a month's vintages; ``label`` is written above
    its point. The scale need not begin at zero: the line shows change, not size.
    """
    months = list(dict.fromkeys(value["month"] for value in values))
    low, high = (
        pick(value[end] for value in values) for pick, end in ((min, "low"), (max, "high"))
    )
    room = (high - low) * 0.35 or abs(high) * 0.1 or 1
    scale = {"domain": [low - room / 2, high + room], "nice": False, "zero": False}
    axis = {"title": None, "ticks": False, "labelAngle": 0, "values": [months[0], months[-1]]}
    x = {"field": "month", "type": "ordinal", "axis": axis | {"labelPadding": 6}}
    x["scale"] = {"padding": 0.6, "domain": months}
    y = {"field": "value", "type": "quantitative", "axis": None, "scale": scale}
    rules = {
        "transform": [{"filter": "datum.low < datum.high"}],
        "mark": {"type": "rule", "color": CHART_COLOURS["verified"], "strokeWidth": 5},
        "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}},
    }
    lines = {
        "mark": {"type": "line", "color": CHART_COLOURS["stock"], "strokeWidth": 2},
        "encoding": {"x": x, "y": y, "detail": {"field": "run", "type": "nominal"}},
    }
    dots = {
        "mark": {"type": "circle", "size": 45, "opacity": 1, "color": CHART_COLOURS["stock"]},
        "encoding": {"x": x, "y": y},
    }
    figures = {
        "mark": _figure_mark() | {"align": "center", "dx": 0, "dy": -14},
        "encoding": {"x": x, "y": y, "text": {"field": "label"}},
    }
    spec = _framed([{**value, "name": ""} for value in values], [rules, lines, dots, figures])
    padding = {"left": 4, "right": 4, "top": 4, "bottom": 24}
    return spec | {"width": _WIDTH - 8, "height": _TREND_HEIGHT, "padding": padding}


def _framed(values: Sequence[Spec], layers: list[Spec], row_height: int = _ROW_HEIGHT) -> Spec:
    """Combine layers over the same rows in a frame of fixed size.

    No text is measured, so that the SVG does not depend on the machine's fonts.
    """
    rows = len({value["name"] for value in values})
    return {
        "data": {"values": list(values)},
        "layer": layers,
        "width": _WIDTH - _NAMES_WIDTH,
        "height": row_height * rows,
        "padding": {"left": _NAMES_WIDTH, "right": 0, "top": 2, "bottom": 2},
        "autosize": "none",
        "background": None,
        "config": {
            "aria": False,
            "font": "sans-serif",
            "view": {"stroke": None},
            "axis": {"labelColor": _INK, "labelFontSize": _FONT_SIZE, "domainColor": _QUIET},
            "scale": {"bandPaddingInner": 0.38, "bandWithNestedOffsetPaddingInner": 0.35},
        },
    }


def _names_axis() -> Spec:
    axis = {"title": None, "ticks": False, "labelPadding": 8, "labelLimit": 0}
    return {"field": "name", "type": "nominal", "sort": None, "axis": axis}


def _figure_mark(font_size: float = _FONT_SIZE) -> Spec:
    return {
        "type": "text",
        "align": "left",
        "baseline": "middle",
        "dx": 5,
        "fontSize": font_size,
        "color": _INK,
    }


def _colours(series: Sequence[str]) -> Spec:
    scale = {"domain": list(series), "range": [CHART_COLOURS[name] for name in series]}
    return {"field": "series", "type": "nominal", "scale": scale, "legend": None}


def _scale(values: Sequence[Spec]) -> Spec:
    largest = max((value["value"] for value in values), default=0)
    return {"domain": [0, (largest or 1) * _HEADROOM], "nice": False}


def render_svg(spec: Spec, label: str) -> str:
    """Render a specification as an inline SVG with ``label`` for screen readers."""
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    # HTML knows these name spaces; without them the page contains no address at all.
    for name_space in (
        ' xmlns="http://www.w3.org/2000/svg"',
        ' xmlns:xlink="http://www.w3.org/1999/xlink"',
    ):
        svg = svg.replace(name_space, "", 1)
    # The chart is one image with one label; its groups need no names of their own.
    svg = re.sub(r' (?:role|aria-roledescription)="[a-z -]*"', "", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
