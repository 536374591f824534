"""The towns and communities that simulated buildings stand in, and the names of their streets.

Towns and communities are real: the seeds ``areas_*.csv``. Buildings are placed by one vintage for
all months; a month whose list has dropped a name is written with another. Streets and estates
are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from orchestration.reference.months import Month
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR
from orchestration.simulation.draws import Draws, Floats, Ints

#: The list that held when the calibrated month ended.
VINTAGE = "2022-10-31"
#: First parts of street names, two characters each.
_STEMS = (
    "人民解放建设新华东风劳动民治竹辉干将桐泾广济滨河长江珠江金枫玉山塔园狮山枫桥木渎中山文昌阳澄星湖"
    "现代钟园苏虹葑亭东吴宝带吴东太湖枫津石湖盘门竹园锦溪同乐友新福星南环北园学士仓街临顿景德道前十梓"
    "凤凰白塔齐门桃坞山塘虎阜留园西园彩香三香金门"
)
_ENDINGS = ("路", "街", "巷", "弄", "大道")
_ENDING_WEIGHTS = (0.6, 0.15, 0.15, 0.05, 0.05)
_ESTATES = (
    "新康花园、彩虹新村、桂花公寓、玉兰苑、锦绣家园、湖畔佳苑、运河新村、枫林雅苑、翠湖花园、金色家园、"
    "水香新村、荷塘月色、南园小区、北苑小区、东港新村、西环新村、莲花公寓、梅花苑、湖滨花园、新城公馆"
)


@dataclass(frozen=True)
class Places:
    """The communities of one district, in code order, and its street and estate names.

    ``towns`` holds the position of each community's town in ``town_names`` and ``town_codes``;
    ``weights`` says how many of the district's buildings stand in each community.
    """

    town_codes: tuple[str, ...]
    town_names: tuple[str, ...]
    community_codes: tuple[str, ...]
    community_names: tuple[str, ...]
    towns: Ints
    is_rural: np.ndarray
    weights: Floats
    roads: tuple[str, ...]
    estates: tuple[str, ...]


@cache
def places(district_id: str, seed: int) -> Places:
    """Return the places of a district; raise KeyError if the seeds have none."""
    communities = [
        row for row in _rows("areas_communities.csv", VINTAGE) if row["district_id"] == district_id
    ]
    if not communities:
        raise KeyError(f"areas_communities.csv has no community of {district_id!r} as of {VINTAGE}")
    names = {row["town_code"]: row["town_name"] for row in _rows("areas_towns.csv", VINTAGE)}
    codes = sorted({row["town_code"] for row in communities})
    towns = np.array([codes.index(row["town_code"]) for row in communities])
    draws = Draws(seed, f"{district_id}/places")
    return Places(
        town_codes=tuple(codes),
        town_names=tuple(names[code] for code in codes),
        community_codes=tuple(row["community_code"] for row in communities),
        community_names=tuple(row["community_name"] for row in communities),
        towns=towns,
        is_rural=np.array([row["community_name"].endswith("村委会") for row in communities]),
        weights=np.exp(0.4 * draws.normal("weight", np.arange(len(communities)))),
        roads=_roads(draws),
        estates=tuple(_ESTATES.split("、")),
    )


def as_listed(own: Places, district_id: str, month: Month) -> Places:
    """Return a district's places under the names that the list of a month knows.

    A community that a later list has dropped is written as another of its town, a dropped town as
    the next one listed; where buildings stand, and the codes in their ids, stay.
    """
    end = month.last_day.isoformat()
    vintage = max(vintage for vintage in _vintages() if vintage <= max(end, VINTAGE))
    if vintage == VINTAGE:
        return own
    names = {row["town_code"]: row["town_name"] for row in _rows("areas_towns.csv", vintage)}
    listed: dict[str, list[str]] = {}
    for row in _rows("areas_communities.csv", vintage):
        if row["district_id"] == district_id:
            listed.setdefault(names[row["town_code"]], []).append(row["community_name"])
    towns = tuple(
        next(name for name in own.town_names[n:] + own.town_names[:n] if name in listed)
        for n in range(len(own.town_names))
    )
    known = [listed[towns[town]] for town in own.towns]
    communities = tuple(
        name if name in names_of_town else names_of_town[n % len(names_of_town)]
        for n, (name, names_of_town) in enumerate(zip(own.community_names, known, strict=True))
    )
    return replace(own, town_names=towns, community_names=communities)


def pilot_communities(district_id: str) -> list[str]:
    """Return the codes of a district's pilot communities of danger supervision; often none."""
    pilots = {row["area_code"] for row in _seed("danger_pilot_areas.csv")}
    communities = _rows("areas_communities.csv")
    own = [row["community_code"] for row in communities if row["district_id"] == district_id]
    return [code for code in own if code in pilots]


@cache
def earlier_towns() -> dict[str, str]:
    """Return, by community, the town that it belonged to in the first list, if another."""
    held: list[dict[str, str]] = []
    for vintage in (_vintages()[0], VINTAGE):
        names = {row["town_code"]: row["town_name"] for row in _rows("areas_towns.csv", vintage)}
        held.append(
            {
                row["community_name"]: names[row["town_code"]]
                for row in _rows("areas_communities.csv", vintage)
            }
        )
    former, present = held
    return {name: town for name, town in former.items() if present.get(name, town) != town}


@cache
def _vintages() -> tuple[str, ...]:
    return tuple(sorted({row["vintage"] for row in _seed("areas_towns.csv")}))


@cache
def _rows(name: str, vintage: str = VINTAGE) -> list[dict[str, str]]:
    return [row for row in _seed(name) if row["vintage"] == vintage]


@cache
def _seed(name: str) -> list[dict[str, str]]:
    return read_rows(SEEDS_DIR / name)


def _roads(draws: Draws) -> tuple[str, ...]:
    stems = [_STEMS[n : n + 2] for n in range(0, len(_STEMS), 2)]
    endings = draws.pick("road", np.arange(len(stems)), _ENDING_WEIGHTS)
    return tuple(stem + _ENDINGS[ending] for stem, ending in zip(stems, endings, strict=True))
