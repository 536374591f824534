"""Colours that more than one kind of file shows, as RGB on a light ground.

Add one here when a second file needs it. The colours of charts on a dark screen, and all that a
page alone shows, are in ``page.css``.
"""

from __future__ import annotations

#: The ground of a table's header, a remark that must be noticed, a link.
HEADER_GROUND, REMARK, LINK = "#E8EDF3", "#9C0006", "#1F4E79"
#: Names of the page's style sheet: series of a chart, ordered classes from young or light to old or
#: grave, its lines, and tiles from empty to full. Neighbours can be told apart in every theme and
#: by colour-blind readers (tests/publication/test_colours.py).
CHART_COLOURS = {
    "stock": "#1f4e79",
    "complaint": "#9a4f14",
    "patrol": "#b98517",
    "verified": "#8592a0",
    "completed": "#257a60",
    "class0": "#7396b8",
    "class1": "#567ea6",
    "class2": "#3c6591",
    "class3": "#264b76",
    "class4": "#112c49",
    "rule": "#c9d1d9",
    "tile0": "#eef0f2",
    "tile1": "#e1ecf6",
    "tile2": "#c2d9ec",
    "tile3": "#9dc1df",
    "tile4": "#78a8d1",
}
