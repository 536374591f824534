"""The official list of towns and communities of a month, and how people write their names.

They are read from the seeds ``areas_*.csv``. Each vintage of the list is valid from its day on; a
month between two vintages accepts the names of both, since nobody knows when they changed. Add a
spelling here if districts use it and it names a place without doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR

#: Endings that people leave out or add: 平江街道 is 平江, and 平江街道办事处.
_TOWN_ENDINGS = ("街道", "镇")
_TOWN_OFFICES = ("办事处", "人民政府")
#: 历史街区社区居委会 is 历史街区社区, and 历史街区; 上山村委会 is 上山村, and 上山.
_COMMITTEE = re.compile(r"(?:村民|居民|村|居)?委员?会$")
_COMMITTEES = ("", "居委会", "居民委员会", "村委会", "村民委员会")
_COMMUNITY_ENDINGS = ("社区", "村")


@dataclass(frozen=True)
class Community:
    """A community of the official list and its town.

    ``town_key`` identifies a town, also across vintages.
    """

    district_id: str
    town: str
    town_key: str
    community: str
    vintage: str


@cache
def official_communities(month: Month, district_id: str) -> tuple[Community, ...]:
    """Return the communities of a district (or of the city) in every vintage valid in a month."""
    vintages = holding_vintages(month, sorted({place.vintage for place in all_communities()}))
    return tuple(
        place
        for place in all_communities()
        if place.vintage in vintages and district_id in (place.district_id, CITY_ID)
    )


def holding_vintages(month: Month, vintages: list[str]) -> list[str]:
    """Return the last vintage up to the month's end, and the next one unless it starts that day.

    ``vintages`` and the result are in order.
    """
    end = month.last_day.isoformat()
    earlier = [vintage for vintage in vintages if vintage <= end]
    later = [vintage for vintage in vintages if vintage > end]
    return earlier[-1:] if earlier[-1:] == [end] else earlier[-1:] + later[:1]


@cache
def all_communities() -> tuple[Community, ...]:
    """Return the city's communities in every vintage, the earliest first."""
    towns = {
        (row["vintage"], row["town_code"]): row["town_name"] for row in area_rows("areas_towns.csv")
    }
    return tuple(
        Community(
            row["district_id"],
            towns[row["vintage"], row["town_code"]],
            f"{row['vintage']} {row['town_code']}",
            row["community_name"],
            row["vintage"],
        )
        for row in sorted(area_rows("areas_communities.csv"), key=lambda row: row["vintage"])
    )


@cache
def area_rows(seed: str) -> list[dict[str, str]]:
    """Return the rows of a seed of areas, in all vintages."""
    return read_rows(SEEDS_DIR / seed)


def town_spellings(town: str) -> Iterator[str]:
    """Yield the ways to write a town's official name."""
    yield town
    for ending in _TOWN_ENDINGS:
        if town.endswith(ending) and len(town) > len(ending) + 1:
            yield town.removesuffix(ending)
            yield from (town + office for office in _TOWN_OFFICES)


def community_name(community: str) -> str:
    """Return the name of a community without its committee: 上山村委会 is 上山村."""
    ending = "村" if "村" in community[-5:] and community.endswith("会") else ""
    name = _COMMITTEE.sub("", community)
    return name + ending if ending and not name.endswith(("村", "社区")) else name


def community_spellings(community: str) -> Iterator[str]:
    """Yield the ways to write a community's official name."""
    name = _COMMITTEE.sub("", community)
    ending = next((ending for ending in _COMMUNITY_ENDINGS if name.endswith(ending)), "")
    base = name.removesuffix(ending)
    yield community
    for stem in dict.fromkeys((name, base, *(base + ending for ending in _COMMUNITY_ENDINGS))):
        yield from (stem + committee for committee in _COMMITTEES)
