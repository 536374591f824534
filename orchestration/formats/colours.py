"""Colours that more than one kind of file shows, as RGB on a light ground.

Add one here when a second file needs it. The colours of charts on a dark screen, and all that a
page alone shows, are in ``page.css``.
"""

from __future__ import annotations

#: The ground of a table's header, a remark that must be noticed, a link.
HEADER_GROUND, REMARK, LINK = "#E8EDF3", "#9C0006", "#1F4E79"
#: Names of the page's style sheet: series of a chart, its lines, and tiles from empty to full.
CHART_COLOURS = {
    "stock": "#1f4e79",
    "complaint": "#a8632a",
    "patrol": "#d9a441",
    "verified": "#5a6b7b",
    "completed": "#2f7d6b",
    "rule": "#c9d1d9",
    "tile0": "#eef0f2",
    "tile1": "#e1ecf6",
    "tile2": "#c2d9ec",
    "tile3": "#9dc1df",
    "tile4": "#78a8d1",
}
