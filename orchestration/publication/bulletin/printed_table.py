"""The header of the table as the bureau prints it, the same in every format.

Two rows over seven columns: the two suspected columns share one heading, the rest span both.
Body rows are the bulletin's; words are ``wording``'s.
"""

from __future__ import annotations

from orchestration.publication.bulletin.wording import MEASURE_NAMES, SUSPECTED_HEADER

#: (row, column, text, (last row, last column)): where a heading stands, and how far it reaches.
HEADER_CELLS: tuple[tuple[int, int, str, tuple[int, int]], ...] = (
    (0, 0, "地区", (1, 0)),
    (0, 1, MEASURE_NAMES["surveyed_building_count"], (1, 1)),
    (0, 2, MEASURE_NAMES["surveyed_floor_area_10k_m2"], (1, 2)),
    (0, 3, SUSPECTED_HEADER, (0, 4)),
    (1, 3, MEASURE_NAMES["suspected_complaint_count"], (1, 3)),
    (1, 4, MEASURE_NAMES["suspected_patrol_count"], (1, 4)),
    (0, 5, MEASURE_NAMES["verified_count"], (1, 5)),
    (0, 6, MEASURE_NAMES["completed_count"], (1, 6)),
)
