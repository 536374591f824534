"""Writing an address again: in one standard form for people, in parts for matching.

Add here how parsed elements are written or compared. Taking apart is ``parsing``'s.
"""

from __future__ import annotations

from typing import NamedTuple

from orchestration.addresses.elements import KINDS, REMARK, Address
from orchestration.addresses.parsing import parse

_UNITS = {
    "group": "组",
    "lane": "弄",
    "number": "号",
    "building": "幢",
    "unit": "单元",
    "floor": "层",
    "room": "室",
}
#: Of these the first counts; of names the order in the text is kept.
_SINGLE = frozenset(KINDS) - {"road", "estate"}
_TURNS = 9


class Parts(NamedTuple):
    """What addresses are compared by; empty where the address does not say.

    ``district_ids`` are joined by a bar; ``road`` is the one of the door, or the village where
    doors are counted by village; ``door`` is lane, number and sub-number; ``rooms`` is filled
    where the address is of a part of a building. ``problem`` as in ``Address``, or empty.
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
    lane, number, sub = (values.get(kind, "") for kind in ("lane", "number", "sub_number"))
    door = (f"{lane}弄" if lane else "") + number + (f"附{sub}" if sub else "")
    return Parts(
        address.problem or "",
        "|".join(address.districts),
        values.get("town", ""),
        values.get("community", ""),
        _road(address) or _village(values, door),
        door,
        "".join(e.value for e in address.elements if e.kind == "estate"),
        values.get("building", ""),
        "-".join(values[kind] for kind in ("unit", "floor", "room") if kind in values),
    )


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
    '姑苏区人民路12号附3号3幢'
    """
    values = _first_values(address)
    written = []
    for kind in KINDS:
        if kind in _SINGLE and kind in values:
            value = values[kind]
            written.append(f"附{value}号" if kind == "sub_number" else value + _UNITS.get(kind, ""))
        elif kind not in _SINGLE:
            written += [e.value for e in address.elements if e.kind == kind]
    return "".join(written)


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
