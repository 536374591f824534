"""Writing an address again: in one standard form for people, in parts for matching.

Add here how parsed elements are written or compared. Taking apart is ``parsing``'s.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from orchestration.addresses.elements import KINDS, REMARK, Address, Element
from orchestration.addresses.gazetteer import gazetteer
from orchestration.addresses.parsing import parse
from orchestration.addresses.remarks import aside
from orchestration.reference.districts import load_districts

_UNITS = {
    "group": "组",
    "number": "号",
    "building": "幢",
    "unit": "单元",
    "floor": "层",
    "room": "室",
}
#: Of these the first counts; of names the order in the text is kept.
_SINGLE = frozenset(KINDS) - {"road", "estate", "zone"}
_LANES = ("lane", "sublane")
_TURNS = 9


class Parts(NamedTuple):
    """What addresses are compared by; empty where the address does not say.

    ``district_ids`` are joined by a bar; ``town`` is the zone where that stands for a town;
    ``road`` is the one of the door (a lane that has a name, a village where doors are counted by
    village); ``door`` is lane and number; ``rooms`` is filled where the address is of a part of a
    building. What is beside the house is another ``building``, named by the word: ``3·车库``.
    ``problem`` as in ``Address``, or empty.
    """

    problem: str
    district_ids: str
    town: str
    community: str
    road: str
    door: str
    estate: str
    building: str
    rooms: str


def parts_of(address: Address) -> Parts:
    """Return the parts that an address is compared by."""
    values = _first_values(address)
    lanes = [e for e in address.elements if e.kind in _LANES] if "lane" in values else []
    counted = "".join(f"{e.value}弄" for e in lanes if e.value.isdigit())
    door = counted + values.get("number", "")
    return Parts(
        address.problem or "",
        "|".join(address.districts),
        values.get("town") or _town_of_zone(values.get("zone"), address.districts),
        values.get("community", ""),
        _named_lane(lanes) or _road(address) or _village(values, door),
        door,
        "".join(e.value for e in address.elements if e.kind == "estate"),
        values.get("building", "") + (_aside(address) if REMARK in values else ""),
        "-".join(values[kind] for kind in ("unit", "floor", "room") if kind in values),
    )


def _aside(address: Address) -> str:
    words = aside(address)
    return f"·{words}" if words else ""


def _town_of_zone(zone: str | None, districts: tuple[str, ...]) -> str:
    """Return the zone's name in the official list, if that counts it as a town."""
    if zone is None or len(districts) != 1:
        return ""
    for name in (zone, _short_name(districts[0]) + zone):
        place = gazetteer().get(name)
        if place is not None and place.kind == "zone" and districts[0] in place.districts:
            return place.value
    return ""


@cache
def _short_name(district_id: str) -> str:
    names = {d.district_id: d.district_name for d in load_districts()}
    return names[district_id].removesuffix("市").removesuffix("区")


def _named_lane(lanes: list[Element]) -> str:
    return next((e.value for e in reversed(lanes) if not e.value.isdigit()), "")


def _first_values(address: Address) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in address.elements:
        values.setdefault(element.kind, element.value)
    return values


def _road(address: Address) -> str:
    """Return the road that the door is counted on: the last one before its number."""
    door = next((e.start for e in address.elements if e.kind in ("lane", "number")), None)
    roads = [e for e in address.elements if e.kind == "road"]
    before = [e for e in roads if door is None or e.start < door]
    return (before or roads)[-1].value if roads else ""


def _village(values: dict[str, str], door: str) -> str:
    if not door or "community" not in values or "estate" in values:
        return ""
    group = values.get("group")
    return values["community"] + (f"{group}组" if group else "")


def compose(address: Address) -> str:
    """Return an address in normal form and official order; remarks are left out.

    >>> compose(parse("人民路１２号附3号三栋，姑苏区"))
    '姑苏区人民路12-3号3幢'
    """
    values = _first_values(address)
    written = []
    for kind in KINDS:
        if kind in _SINGLE and kind in values:
            written.append(values[kind] + _unit(kind, values[kind]))
        elif kind not in _SINGLE:
            written += [e.value for e in address.elements if e.kind == kind]
    return "".join(written)


def _unit(kind: str, value: str) -> str:
    if kind in ("lane", "sublane"):
        return "弄" if value.isdigit() else ""
    return _UNITS.get(kind, "")


def normalise(text: str | None) -> str | None:
    """Return the normal form of an address, or None if it names no place in Suzhou.

    A form is normal when taking it apart again changes nothing; text that is no address may
    need a second turn.
    """
    written = text
    for _ in range(_TURNS):
        address = parse(written)
        named = [e for e in address.elements if e.kind != REMARK]
        composed = compose(address) if named else None
        if composed in (written, None):
            return composed
        written = composed
    return written
