"""Markers in the machine-readable table, as official spreadsheets have them: [p], [r], [x].

Add a marker here when programs must read another fact about a figure. Marks beside a title, which
people read, are in ``vocabulary``; ``open_data.writing`` writes the markers.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.publication.bulletin.history import Revision
from orchestration.publication.bulletin.rows import DistrictFigures
from orchestration.reference.measures import PRINTED_MEASURES

PROVISIONAL, REVISED, NOT_AVAILABLE = "[p]", "[r]", "[x]"
#: The column with a row's markers, and what they mean.
STATUS_MARKER = "status_marker"
LEGEND = (
    f"数据标记 · markers of the row: {PROVISIONAL} 初步数据，正式发布前可能修订 may be revised;"
    f" {REVISED} 较上一版修订的列 columns revised since the last vintage;"
    f" {NOT_AVAILABLE} 无数的列，不是零 columns without a figure, which is not zero"
)


def status_marker(row: DistrictFigures, revisions: Sequence[Revision]) -> str:
    """Return a row's markers: ``[p]``, ``[r]`` and ``[x]`` with the measures they are about.

    ``revisions`` are the month's, for all its vintages.
    """
    revised = {
        revision.metric_id
        for revision in revisions
        if (revision.district_code, revision.vintage) == (row.district_code, row.vintage)
    }
    markers = [PROVISIONAL] if row.status == "provisional" else []
    for marker, measures in (
        (REVISED, [name for name in PRINTED_MEASURES if name in revised]),
        (NOT_AVAILABLE, [name for name in PRINTED_MEASURES if getattr(row, name) is None]),
    ):
        markers += [f"{marker} {' '.join(measures)}"] if measures else []
    return " ".join(markers)
