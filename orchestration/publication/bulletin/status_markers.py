"""Markers in the machine-readable table, as official spreadsheets have them: [p], [r], [x].

Add a marker here when programs must read another fact about a figure. Marks beside a title, which
people read, are in ``vocabulary``.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.publication.bulletin.history import Revision
from orchestration.publication.bulletin.rows import DistrictFigures
from orchestration.reference.measures import PRINTED_MEASURES

PROVISIONAL, REVISED, NOT_AVAILABLE = "[p]", "[r]", "[x]"


def status_marker(row: DistrictFigures, revisions: Sequence[Revision]) -> str:
    """Return a row's markers: ``[p]``, and ``[r]`` with the measures that were revised.

    ``revisions`` are the month's, for all its vintages.
    """
    revised = {
        revision.metric_id
        for revision in revisions
        if (revision.district_code, revision.vintage) == (row.district_code, row.vintage)
    }
    measures = [name for name in PRINTED_MEASURES if name in revised]
    markers = [PROVISIONAL] if row.status == "provisional" else []
    markers += [f"{REVISED} {' '.join(measures)}"] if measures else []
    return " ".join(markers)


def legend() -> tuple[str, ...]:
    """Return what the markers mean."""
    return (
        f"{PROVISIONAL} 初步数据，正式发布前可能修订（status_marker 列，对整行）。",
        f"{REVISED} 本版较上一版修订的数（status_marker 列，标记后为修订的列名）。",
        f"{NOT_AVAILABLE} 无数：该地区缺报或未采用；不是零。",
    )
