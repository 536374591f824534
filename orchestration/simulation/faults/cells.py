"""Changes to the cells of one row that an entry's ``cells`` cannot say.

A function takes the row as it was and the month, and returns the new cells by field, or None
for a row that does not suit. Add one here, list it in ``CHANGES`` and name it in the entry's
``change``.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.reference.months import Month
from orchestration.simulation.faults.form import Change, Row
from orchestration.simulation.files.sheets import Override

_NO_TOWN = "不存在镇"


def channel_of_an_earlier_case(row: Row, month: Month) -> Mapping[str, Override] | None:
    """Invent a channel for a case received before the month, which the report does not count."""
    is_earlier = Month.of(row["received_on"]) < month
    return {"source_channel": "热线转办"} if is_earlier else None


def another_districts_group(row: Row, month: Month) -> Mapping[str, Override]:
    """Give a row to a group that another district belongs to."""
    is_first = row["inspection_group"] == "第一核查组"
    return {"inspection_group": "第二核查组" if is_first else "第一核查组"}


def unlisted_town_in_address(row: Row, month: Month) -> Mapping[str, Override]:
    """Write a town that is on no list, in its own column and in the address."""
    address = row["standard_address"].replace(row["town"], _NO_TOWN)
    return {"town": _NO_TOWN, "standard_address": address}


def area_in_10k_m2(row: Row, month: Month) -> Mapping[str, Override] | None:
    """Give the area of a middling building in the wrong unit."""
    area = float(row["floor_area_m2"])
    return {"floor_area_m2": round(area / 10_000, 4)} if 200 < area < 5_000 else None


def surveyed_before_built(row: Row, month: Month) -> Mapping[str, Override]:
    """Date the survey in the year before the building was built."""
    return {"surveyed_on": f"{int(row['built_year']) - 1}-05-05"}


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        channel_of_an_earlier_case,
        another_districts_group,
        unlisted_town_in_address,
        area_in_10k_m2,
        surveyed_before_built,
    )
}
