"""Which place a row of a report speaks of: a listed town, the district, somewhere else, nothing.

Names are compared without white space. The official list is ``places``', the names of districts
are ``reference``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from orchestration.judgement.reference import district_names, town_names
from orchestration.reference.districts import CITY_ID, district_in, reporting_districts
from orchestration.reference.months import Month


@dataclass(frozen=True)
class Place:
    """What a row's names say: whether a listed town, of which others, and in what words.

    ``is_other_district``: the column of the district names another one; ``is_foreign``: that, or
    the town is another district's. ``why`` says in Chinese why it is no listed town, ``remedy``
    what to do.
    """

    row: int
    text: str
    is_listed: bool
    is_other_district: bool
    is_foreign: bool
    why: str
    remedy: str


class ReportPlaces:
    """The names that rows of a district's report may bear in a month."""

    def __init__(self, district_id: str, month: Month) -> None:
        self._name = district_in(district_id, month).district_name
        self._own = {_folded(name) for name in district_names(district_id, month)}
        self._towns = {_folded(name) for name in town_names(district_id, month)}
        self._other_towns = {_folded(n) for n in town_names(CITY_ID, month)} - self._towns
        self._others = {
            _folded(name)
            for other in (*(d.district_id for d in reporting_districts(month)), CITY_ID)
            if other != district_id
            for name in district_names(other, month)
        } - self._own

    def resolved(self, table: pa.Table) -> pa.Table:
        """Return the rows with each name in its column, without spaces.

        Towns move out of the district's column, the district's name out of the towns'.
        """
        pairs = [
            self._resolved(district, town)
            for district, town in zip(
                table["district"].to_pylist(), table["town"].to_pylist(), strict=True
            )
        ]
        for position, name in enumerate(("district", "town")):
            values = pa.array([pair[position] for pair in pairs], pa.string())
            index = table.column_names.index(name)
            table = table.set_column(index, table.schema.field(index), values)
        return table

    def _resolved(self, district: str | None, town: str | None) -> tuple[str | None, str | None]:
        place, part = _folded(district), _folded(town)
        for name in sorted(self._own, key=len, reverse=True):
            if place.startswith(name) and place.removeprefix(name) in self._towns:
                place = place.removeprefix(name)  # 姑苏区平江街道
        if not place and part in self._towns:
            return self._name, part
        is_town = place in self._towns and place not in self._own
        if is_town and (not part or part == place):
            return self._name, place
        own = place if place in self._own else district
        if part in self._towns:
            return own, part
        return own, None if part in self._own else town

    def of(self, table: pa.Table) -> Iterator[Place]:
        """Yield the place of each row of a table whose names are resolved."""
        for row, district, town in zip(
            *(table[name].to_pylist() for name in ("row_number", "district", "town")), strict=True
        ):
            yield self._place(row, _folded(district), _folded(town))

    def _place(self, row: int, district: str, town: str) -> Place:
        is_own = district in self._own
        is_other = district in self._others or district in self._other_towns
        is_foreign = is_other or town in self._other_towns or town in self._others
        return Place(
            row=row,
            text=" ".join(filter(None, (district, town))),
            is_listed=is_own and town in self._towns,
            is_other_district=is_other,
            is_foreign=is_foreign,
            **self._described(is_own, is_foreign, town),
        )

    def _described(self, is_own: bool, is_foreign: bool, town: str) -> dict[str, str]:
        """Return ``why`` and ``remedy``: none of what may be followed here counts a row twice."""
        if not is_own and not is_foreign and town in self._towns:
            return {"why": f"的地区栏不是{self._name}", "remedy": f"把地区栏改为“{self._name}”"}
        why = "没有写镇街"
        if is_foreign:
            why = f"写的是其他地区，不是{self._name}的镇街"
        elif town and town not in self._own:
            why = f"写的不是当月官方名录中{self._name}的镇街"
        remedy = (
            "该行是合计、平均或“其中”的，删除该行；是其他地区的，也删除；"
            f"是{self._name}镇街的，按当月官方名录写镇街全称"
        )
        return {"why": why, "remedy": remedy}


def _folded(text: str | None) -> str:
    """Return a name without what does not show."""
    return "".join(char for char in text or "" if char.isprintable() and not char.isspace())
