"""The picture of what a month costs against its size, for the report and the capacity page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import vl_convert

PICTURE = Path(__file__).parent.parent.parent / "docs" / "pictures" / "cost-against-size.svg"


def draw(costs: Mapping[int, tuple[float, float]]) -> None:
    """Draw CPU seconds and peak MiB by number of buildings; both axes are logarithmic."""
    rows = [
        {"buildings": buildings, "CPU s": cpu, "peak MiB": peak}
        for buildings, (cpu, peak) in sorted(costs.items())
    ]
    panels = [
        {
            "width": 300,
            "height": 240,
            "mark": {"type": "line", "point": True},
            "encoding": {"x": _axis("buildings"), "y": _axis(what)},
        }
        for what in ("CPU s", "peak MiB")
    ]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "hconcat": panels,
    }
    PICTURE.write_text(
        vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]) + "\n", encoding="utf-8"
    )


def _axis(field: str) -> dict[str, object]:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"type": "log", "nice": True},
        "axis": {"format": "~s"},
    }
