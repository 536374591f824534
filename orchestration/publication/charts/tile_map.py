"""The schematic map: one tile per district, roughly where it lies, shaded by a figure.

The tiles are equal, so that no district looks important because it is large, and no unapproved
boundary is drawn. ``tile_map.csv`` has their positions; a district without one gets a tile below
the others. ``vega`` draws the tiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from pathlib import Path

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.charts.district_charts import Chart, chart_of
from orchestration.publication.charts.vega import Spec, tiles_spec
from orchestration.reference import vocabulary
from orchestration.reference.seeds import read_rows

_POSITIONS = Path(__file__).with_suffix(".csv")
NO_BOUNDARY = "示意图，不代表行政区划边界"
#: Colours of the classes, lowest first, and of a district without a figure.
_SHADES = ("tile1", "tile2", "tile3", "tile4")
_NO_SHADE = "tile0"
_TEN_THOUSAND = 10_000


def tile_positions(district_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return column and row of each district's tile, from 1."""
    known = {
        row["district_id"]: (int(row["tile_column"]), int(row["tile_row"]))
        for row in read_rows(_POSITIONS)
    }
    last = max(row for _, row in known.values())
    unknown = [district_id for district_id in district_ids if district_id not in known]
    below = {district_id: (n, last + 1) for n, district_id in enumerate(unknown, start=1)}
    return {district_id: (known | below)[district_id] for district_id in district_ids}


def tile_map(bulletin: Bulletin) -> Chart:
    """Return the districts' surveyed buildings on the schematic map."""
    counts = {row.district_id: row.surveyed_building_count for row in bulletin.districts}
    width = class_width(max((count or 0 for count in counts.values()), default=0))
    positions = tile_positions(list(counts))
    tiles: list[Spec] = []
    for row in bulletin.districts:
        count = counts[row.district_id]
        column, line = positions[row.district_id]
        nth = None if count is None else min(count // width, len(_SHADES) - 1)
        tiles.append(
            {
                "column": column,
                "row": line,
                "name": row.district_name,
                "label": vocabulary.ABSENT if count is None else str(count),
                "series": _NO_SHADE if nth is None else _SHADES[nth],
            }
        )
    key = dict(zip(_SHADES, _class_names(width), strict=True))
    if None in counts.values():
        key[_NO_SHADE] = vocabulary.ABSENT
    reading = f"{NO_BOUNDARY}：每格一个地区，大致按方位排列，各格一样大，颜色按幢数分档。"
    spec = tiles_spec(tiles, (*_SHADES, _NO_SHADE))
    return chart_of(
        "示意地图：已排查幢数",
        "幢",
        reading,
        key,
        spec,
        rows=tuple((tile["name"], tile["label"]) for tile in tiles),
    )


def class_width(largest: int) -> int:
    """Return how many buildings a class spans: a quarter of the largest, rounded up to one digit.

    >>> class_width(125_559), class_width(2_511), class_width(0)
    (40000, 700, 1)
    """
    quarter = Decimal(largest) / len(_SHADES)
    if quarter <= 1:
        return 1
    one_figure = Decimal(1).scaleb(quarter.adjusted())
    return int((quarter / one_figure).to_integral_value(ROUND_CEILING) * one_figure)


def _class_names(width: int) -> list[str]:
    bounds = [_short(width * nth) for nth in range(1, len(_SHADES))]
    middle = [f"{low}至不足{high}" for low, high in pairwise(bounds)]
    return [f"不足{bounds[0]}", *middle, f"{bounds[-1]}以上"]


def _short(count: int) -> str:
    return f"{count // _TEN_THOUSAND}万" if count % _TEN_THOUSAND == 0 else str(count)
