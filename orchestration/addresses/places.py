"""Where an address names a place: a district, a town, a zone, a community, or the city.

Asked at each position before a name is read. The names themselves are in ``gazetteer``, the
endings of zones in ``zones``; add here a rule of when a name is a place and when a part of a
road's or an estate's name.
"""

from __future__ import annotations

import re

from orchestration.addresses.elements import REMARK, Element, Found
from orchestration.addresses.gazetteer import (
    NAME_GOES_ON,
    Place,
    gazetteer,
    lengths_by_beginning,
    names_by_sound,
)
from orchestration.addresses.tables import sound
from orchestration.addresses.zones import BUILDING_FOLLOWS, zone_at

_CITY = re.compile(r"(?:中国)?苏州市|苏州(?=.)(?!太湖国家)")
_ROAD_FOLLOWS = re.compile(r"[^\d|]{1,10}?(?:路|街|巷|弄|大道|村|社区|新村|花园|公寓|小区|苑|家园)")
#: A spelling of so few signs may begin the name of an estate: 新区花园.
_SHORT = 2
#: A town or district whose name may hold a sign of the same sound.
_LIKE_PLACE = re.compile(r"[一-鿿]{2,4}?(?:街道|[镇区市])")
#: Words that name a zone in every district.
_GENERIC = frozenset({"开发区", "经济开发区"})
_ABOVE_CITY = frozenset({"province"})
#: Kinds of places that may stand before each, where it is named without its ending.
_BEFORE = {
    "district": frozenset({"province", "city"}),
    "town": frozenset({"province", "city", "district", "zone", REMARK}),
    "zone": frozenset({"province", "city", "district", "zone", REMARK}),
    "community": frozenset({"province", "city", "district", "town", "zone", REMARK}),
}
#: Behind these neither a zone nor a bare name is looked for.
_BELOW_ZONE = frozenset({"group", "number", "estate", "building", "room"})


def read_place(text: str, start: int, found: Found) -> int:
    """Append the place that the text names at ``start``; return where it ends, or 0."""
    named = _named_at(text, start)
    for place, end in named:
        if place.is_explicit and _stands(place, text, start, end, found):
            return _take(place, end, text, start, found)
    if not found.kinds.isdisjoint(_BELOW_ZONE):
        return 0
    if found.kinds <= _ABOVE_CITY and (match := _CITY.match(text, start)):
        if match[0] == "苏州" and NAME_GOES_ON.match(text, match.end()):
            return 0
        found.append(Element("city", "苏州市", start, match.end()))
        return match.end()
    if zone := zone_at(text, start):
        found.districts = found.districts or _district_of_zone(zone[0])
        found.append(Element("zone", zone[0], start, zone[1]))
        return zone[1]
    if heard := _place_by_sound(text, start, found):
        return _take(*heard, text, start, found)
    for place, end in named:
        if not place.is_explicit and _may_be_bare(place, text, end, found):
            return _take(place, end, text, start, found)
        if _is_other_district(place, text, end, found):
            found.append(Element(REMARK, text[start:end], start, end))
            return end
    return 0


def _named_at(text: str, start: int) -> list[tuple[Place, int]]:
    """Return the places of the gazetteer whose names begin at ``start``, the longest first."""
    lengths = lengths_by_beginning().get(text[start : start + 2])
    if lengths is None:
        return []
    names = gazetteer()
    ends = [start + length for length in lengths if start + length <= len(text)]
    return [(names[text[start:end]], end) for end in ends if text[start:end] in names]


def _stands(place: Place, text: str, start: int, end: int, found: Found) -> bool:
    """Whether a name that says what it is stands for the place here."""
    if text[start:end] in _GENERIC or _is_taken(place, found):
        return False
    if end - start <= _SHORT and NAME_GOES_ON.match(text, end):
        return False
    may_begin_a_name = end - start <= _SHORT or place.kind == "zone"
    return not may_begin_a_name or not BUILDING_FOLLOWS.match(text, end)


def _place_by_sound(text: str, start: int, found: Found) -> tuple[Place, int] | None:
    """Return the town or district whose name sounds as what is written: 木读镇."""
    if not found.kinds <= _BEFORE["town"]:
        return None
    match = _LIKE_PLACE.match(text, start)
    name = names_by_sound().get(sound(match[0])) if match else None
    if match is None or name is None or _is_taken(gazetteer()[name], found):
        return None
    return gazetteer()[name], match.end()


def _is_taken(place: Place, found: Found) -> bool:
    """Whether the address already has such a place: 园区 in 吴中区 is not 工业园区."""
    if place.kind == "zone":
        return not found.kinds.isdisjoint(_BELOW_ZONE)
    districts = found.districts
    if place.kind == "district" and districts and set(districts).isdisjoint(place.districts):
        return True
    return place.kind in found.kinds and any(
        e.kind == place.kind and e.value != place.value for e in found
    )


def _may_be_bare(place: Place, text: str, end: int, found: Found) -> bool:
    """Whether a bare name is a place: before any road or number, and a name follows it."""
    if not found.kinds <= _BEFORE[place.kind] or end >= len(text):
        return False
    if NAME_GOES_ON.match(text, end) or text.startswith("古镇", end):
        return False
    return place.kind == "district" or _ROAD_FOLLOWS.match(text, end) is not None


def _is_other_district(place: Place, text: str, end: int, found: Found) -> bool:
    """Whether a whole name is of another district than the address's."""
    is_whole = place.kind == "district" and place.is_explicit and bool(found.districts)
    return is_whole and not NAME_GOES_ON.match(text, end)


def _take(place: Place, end: int, text: str, start: int, found: Found) -> int:
    """Append a place, unless it was named before; a zone keeps the name that was written."""
    found.districts = _narrowed(found.districts, place)
    value = text[start:end] if place.kind == "zone" else place.value
    if place.kind not in found.kinds or all(
        (e.kind, e.value) != (place.kind, value) for e in found
    ):
        found.append(Element(place.kind, value, start, end))
    return end


def _district_of_zone(zone: str) -> tuple[str, ...]:
    """Return the district whose bare name begins a zone's: 吴中经济开发区."""
    for length in lengths_by_beginning().get(zone[:2], ()):
        place = gazetteer().get(zone[:length])
        if place is not None and place.kind in ("district", "zone"):
            return place.districts if zone not in _GENERIC else ()
    return ()


def _narrowed(districts: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """Return the districts that fit all places named so far.

    In a conflict the town wins: it is the narrower name, and towns changed hands (虎丘区斜塘街道).
    """
    if place.kind == "community":
        return districts
    if not districts:
        return place.districts
    common = tuple(d for d in districts if d in place.districts)
    return common or (place.districts if place.kind == "town" else districts)
