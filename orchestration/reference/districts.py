"""The districts that deliver, and the names and codes they go by.

The list is the seed ``districts.csv``: one row per district and span of months in which its code
was valid. A new or renamed district is a new row and no code. Towns and communities are in
``places``; the contracts say which files a district owes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from orchestration.reference.months import Month
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR

Level = Literal["district", "city"]
CITY_ID = "city"


@dataclass(frozen=True)
class District:
    """One row of the seed: a district (or the city) while one code was valid.

    ``district_id`` is stable and used in asset keys and joins; ``district_code`` is a dated
    attribute of six digits.
    """

    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    level: Level
    first_month: Month
    last_month: Month | None
    aliases: tuple[str, ...]

    def holds_in(self, month: Month) -> bool:
        """Whether this row is valid in ``month``."""
        return self.first_month <= month and (self.last_month is None or month <= self.last_month)


@cache
def load_districts(path: Path = SEEDS_DIR / "districts.csv") -> tuple[District, ...]:
    """Read the seed; raise ValueError naming the row that cannot be read or repeats a name."""
    rows = []
    for number, row in enumerate(read_rows(path), start=2):
        try:
            rows.append(_district(row))
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name} line {number}: {error}") from error
    _refuse_shared_names(rows, path)
    return tuple(sorted(rows, key=lambda row: (row.sort_order, row.first_month)))


def _district(row: dict[str, str]) -> District:
    level = row["level"]
    if level not in ("district", "city"):
        raise ValueError(f"level {level!r} is neither 'district' nor 'city'")
    code = row["district_code"]
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        raise ValueError(f"district_code {code!r} is not six digits")
    return District(
        district_id=row["district_id"],
        district_code=code,
        district_name=row["district_name"],
        sort_order=int(row["sort_order"]),
        level=level,  # type: ignore[arg-type]  # narrowed by the check above
        first_month=Month.parse(row["first_month"]),
        last_month=Month.parse(row["last_month"]) if row["last_month"] else None,
        aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
    )


def _refuse_shared_names(rows: list[District], path: Path) -> None:
    owner: dict[str, str] = {}
    for row in rows:
        for name in (row.district_code, row.district_name, *row.aliases):
            if owner.setdefault(name, row.district_id) != row.district_id:
                raise ValueError(
                    f"{path.name}: {name!r} names both {owner[name]} and {row.district_id}"
                )


def reporting_districts(month: Month) -> tuple[District, ...]:
    """Return the districts of ``month`` in bulletin order, without the city."""
    return tuple(d for d in load_districts() if d.level == "district" and d.holds_in(month))


def district_ids() -> tuple[str, ...]:
    """Return every id that ever delivers, in bulletin order, the city last."""
    return tuple(dict.fromkeys(d.district_id for d in load_districts()))


def district_in(district_id: str, month: Month) -> District:
    """Return the district's row for ``month``; raise KeyError if it has none."""
    for district in load_districts():
        if district.district_id == district_id and district.holds_in(month):
            return district
    raise KeyError(f"no district {district_id!r} in {month}")


def folder_codes(district_id: str) -> tuple[str, ...]:
    """Return every current or former code: the names that a district's folder may have."""
    return tuple(d.district_code for d in load_districts() if d.district_id == district_id)


def find_district(name: str) -> str | None:
    """Return the id for an id, a code, a name or an alias, or None.

    >>> find_district("SIP"), find_district("平江区"), find_district("上海市")
    ('sip', 'gusu', None)
    """
    text = name.strip()
    for district in load_districts():
        if text in (
            district.district_id,
            district.district_code,
            district.district_name,
            *district.aliases,
        ):
            return district.district_id
    return None


def districts_named_in(text: str) -> set[str]:
    """Return the ids of the districts whose name or alias occurs in ``text``.

    The longest name wins, so that 苏州工业园区 is not also read as 园区; the city's own name, which
    any title may contain, is ignored.
    """
    names = sorted(
        (
            (name, d.district_id)
            for d in load_districts()
            if d.level == "district"
            for name in (d.district_name, *d.aliases)
        ),
        key=lambda pair: -len(pair[0]),
    )
    found = set()
    for name, district_id in names:
        if name in text:
            found.add(district_id)
            text = text.replace(name, "\n")
    return found
