"""The header of the table as the bureau prints it, the same in every format.

It has two rows over seven columns: the two suspected columns share one heading, the others span
both rows. The names come from the metric registry, the body from the bulletin.
"""

from __future__ import annotations

from orchestration.reference.measures import PRINTED_MEASURES
from orchestration.reference.metrics import printed_header

#: By measure, in the order of the columns; two of them share a heading.
PRINTED_HEADERS = {measure: printed_header(measure) for measure in PRINTED_MEASURES}
SUSPECTED_HEADER = printed_header("suspected_count")
#: (row, column, text, (last row, last column)): position and extent of each heading.
HEADER_CELLS: tuple[tuple[int, int, str, tuple[int, int]], ...] = (
    (0, 0, "地区", (1, 0)),
    (0, 1, PRINTED_HEADERS["surveyed_building_count"], (1, 1)),
    (0, 2, PRINTED_HEADERS["surveyed_floor_area_10k_m2"], (1, 2)),
    (0, 3, SUSPECTED_HEADER, (0, 4)),
    (1, 3, PRINTED_HEADERS["suspected_complaint_count"], (1, 3)),
    (1, 4, PRINTED_HEADERS["suspected_patrol_count"], (1, 4)),
    (0, 5, PRINTED_HEADERS["verified_count"], (1, 5)),
    (0, 6, PRINTED_HEADERS["completed_count"], (1, 6)),
)
