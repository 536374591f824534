"""The places of Suzhou under every name that people write: districts, towns, communities.

Read from the seeds ``districts.csv`` and ``areas_*.csv``, all vintages, so that an address of
any month is understood. Add here a name that was abolished or a place outside the city that
addresses are mistaken for. General libraries put 吴县市木渎镇中山西路 into Chongqing; these
lists know nothing but Suzhou.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from orchestration.addresses.tables import former_towns, sound
from orchestration.reference.districts import load_districts
from orchestration.reference.places import all_communities, community_name, community_spellings
from orchestration.reference.places import town_spellings as usual_town_spellings

#: Abolished names of what is one district today.
_SUCCESSORS = {
    "吴江县": "wujiang",
    "昆山县": "kunshan",
    "常熟县": "changshu",
    "太仓县": "taicang",
    "沙洲县": "zhangjiagang",
}
#: Abolished names of what is several districts today; the town decides which.
FORMER = {"吴县市": ("wuzhong", "xiangcheng"), "吴县": ("wuzhong", "xiangcheng")}
#: What a name must be followed by to be a road or an estate instead of a place: 昆山路, 平江新村.
NAME_GOES_ON = re.compile(
    r"[东南西北中]?(?:大道|大街|公路|路|[老新横]?街(?!道)|巷|弄"
    r"|(?:新村|小区|花园|公寓|家园|苑|广场|大厦|中心)(?![街路]))|桥"
)
_IS_EXPLICIT = re.compile(r"(?:区|市|县|园|城|镇|街道|乡|社区|村|委员?会|办事处|人民政府|公司)$")
_IS_COMMUNITY = re.compile(r"(?:社区|村|委员?会)$")
_NEW_VILLAGE = re.compile(r"新村$")
_TWO_NAMES = re.compile(r"(.+?)（(.+)）")
_BOARD = "社区工作委员会"
#: What the official list counts as a town though it is a zone ends otherwise.
_IS_TOWN = re.compile(r"(?:街道|镇|乡|社区工作委员会)$")


@dataclass(frozen=True)
class Place:
    """A place that an address may name; ``value`` is its official name.

    ``kind`` is district, town, zone or community. ``districts`` are the ids it may lie in, several
    for a name that was divided or is borne twice. ``is_explicit`` where the name alone says
    what it is (木渎镇); a bare one (木渎) may as well begin the name of a road.
    """

    kind: str
    value: str
    districts: tuple[str, ...]
    is_explicit: bool


#: A spelling of so few signs may begin another name.
_SHORT = 2
#: Kind, official name, one spelling, districts.
_Named = tuple[str, str, str, tuple[str, ...]]


@cache
def gazetteer() -> dict[str, Place]:
    """Return every spelling with its place; a district's name wins over a town's and so on."""
    found: dict[str, Place] = {}
    bare = {town.name for town in former_towns()} | {"相城"}
    for kind, value, spelling, districts in (
        *_former_towns(),
        *_communities(),
        *_towns(),
        *_districts(),
    ):
        known = found.get(spelling)
        if known and (known.kind, known.value) == (kind, value):
            districts = tuple(dict.fromkeys([*known.districts, *districts]))
        says_what_it_is = kind == "zone" or _IS_EXPLICIT.search(spelling) is not None
        is_explicit = spelling not in bare and says_what_it_is
        found[spelling] = Place(kind, value, districts, is_explicit)
    return found


@cache
def names_by_sound() -> dict[str, str]:
    """Return, by how they sound, the whole names of districts and towns that no other resembles."""
    found: dict[str, set[str]] = {}
    for name, place in gazetteer().items():
        if place.kind in ("district", "town") and place.is_explicit and len(name) > _SHORT:
            found.setdefault(sound(name), set()).add(name)
    return {heard: names.pop() for heard, names in found.items() if len(names) == 1}


def _districts() -> list[_Named]:
    rows = [row for row in load_districts() if row.level == "district"]
    names: list[_Named] = [
        ("district", row.district_name, _plain_brackets(name), (row.district_id,))
        for row in rows
        for name in (row.district_name, *row.aliases)
    ]
    names += [("district", name, name, ids) for name, ids in FORMER.items()]
    official = {row.district_id: row.district_name for row in rows}
    names += [("district", official[id_], name, (id_,)) for name, id_ in _SUCCESSORS.items()]
    return names


def _plain_brackets(name: str) -> str:
    return name.replace("（", "(").replace("）", ")")


def _towns() -> list[_Named]:
    towns = dict.fromkeys((place.district_id, place.town) for place in all_communities())
    return [
        (town_kind(town, spelling), town_name(town), spelling, (district_id,))
        for spellings in (_former_spellings, town_spellings)
        for district_id, town in towns
        for spelling in spellings(town)
    ]


def town_name(town: str) -> str:
    """Return the name that addresses have for a town of the official list.

    >>> town_name("科技城（东渚街道）"), town_name("浒墅关经开区（镇）"), town_name("平江街道")
    ('东渚街道', '浒墅关镇', '平江街道')
    """
    two = _TWO_NAMES.fullmatch(town)
    if two is None:
        return town
    return two[1].removesuffix("经开区") + two[2] if two[2] == "镇" else two[2]


def town_kind(town: str, spelling: str) -> str:
    """Return whether a spelling of a town names the town itself, or a zone.

    >>> town_kind("科技城（东渚街道）", "科技城"), town_kind("平江街道", "平江")
    ('zone', 'town')
    """
    two = _TWO_NAMES.fullmatch(town)
    if two is not None:
        return "zone" if spelling == two[1] else "town"
    return "town" if _IS_TOWN.search(town) else "zone"


def _former_towns() -> list[_Named]:
    """Return merged towns: whole names as the town of today, bare ones as one of its parts."""
    whole = [("town", t.successor, f"{t.name}镇", (t.district_id,)) for t in former_towns()]
    return [*whole, *(("community", t.name, t.name, (t.district_id,)) for t in former_towns())]


def town_spellings(town: str) -> list[str]:
    """Return the ways to write a town, also those that its official name joins in brackets.

    >>> town_spellings("科技城（东渚街道）")[1:3]
    ['科技城', '东渚街道']
    """
    names = [town]
    if two := _TWO_NAMES.fullmatch(town):
        names += [two[1], town_name(town)]
    if town.endswith(_BOARD):
        names.append(town.removesuffix(_BOARD) + "社工委")
    spellings = [_plain_brackets(town)]
    for name in names[1:] if len(names) > 1 else names:
        spellings += usual_town_spellings(name)
    return list(dict.fromkeys(spellings))


def _former_spellings(town: str) -> list[str]:
    """Return what a town was called before it became a sub-district, or the reverse: 松陵镇."""
    for ending, former in (("街道", "镇"), ("镇", "街道")):
        if town.endswith(ending) and len(town) > len(ending) + 1:
            return [town.removesuffix(ending) + former]
    return []


def _communities() -> list[_Named]:
    found: list[_Named] = []
    for place in all_communities():
        name = community_name(place.community)
        for spelling in community_spellings(place.community):
            is_estate = _NEW_VILLAGE.search(spelling) is not None
            if _IS_COMMUNITY.search(spelling) and not is_estate and len(spelling) > _SHORT:
                found.append(("community", name, spelling, (place.district_id,)))
    return found


@cache
def lengths_by_beginning() -> dict[str, tuple[int, ...]]:
    """Return, by their first two characters, how long names are, the longest first."""
    lengths: dict[str, set[int]] = {}
    for name in gazetteer():
        lengths.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}


@cache
def moved_towns() -> frozenset[tuple[str, str, str]]:
    """Return (district, town, town) where a community passed from one to the other, both ways.

    Addresses keep naming the town that a community belonged to.
    """
    held: dict[tuple[str, str], dict[str, set[str]]] = {}
    for place in all_communities():
        by_vintage = held.setdefault((place.district_id, community_name(place.community)), {})
        by_vintage.setdefault(place.vintage, set()).add(town_name(place.town))
    return frozenset(
        (district_id, *pair)
        for (district_id, _), by_vintage in held.items()
        for former in by_vintage.values()
        for later in by_vintage.values()
        for one in former - later
        for other in later - former
        for pair in ((one, other), (other, one))
    )
