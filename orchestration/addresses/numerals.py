"""Numerals with a unit in addresses: doors, lanes, buildings, units, rooms.

Ranges are written ``1~10``, lists ``1、3``, whatever people typed. 12-3号 is door 12, sub-number
3; 12-16号 is the doors from 12 to 16, because a sub-number is rarely the larger one.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from orchestration.addresses.characters import GAP, number_of
from orchestration.addresses.elements import REMARK, Element

_ONE = r"(?:[A-Z]{0,2}\d+[A-Z]?(?![A-Z])|[零一二两三四五六七八九十百]+|[A-Z]{1,4}|[甲乙丙丁戊])"
_UNIT = (
    r"号楼|号院|号房|号(?!街|路|桥|线|公馆|公寓|码头|厂)|幢|栋|座|#楼?|单元|梯|室|房(?!屋|产|东)|弄(?!堂)"
    r"|(?:村民)?小?组|层|楼|F(?![A-Z])"
)
TOKEN = re.compile(
    # looked at first, because most characters begin no number
    rf"(?=[\dA-Z零一二两三四五六七八九十百甲乙丙丁戊])"
    rf"(?:(?P<numbers>{_ONE}(?:[幢栋]?[-~、至到]{_ONE})*)(?P<unit>{_UNIT})"
    rf"|(?<![A-Z])(?P<bare>\d+[A-Z]?(?:-\d+[A-Z]?)*)(?=[{GAP}~]|$))"
)
_PART = re.compile(rf"([-~、至到]?)({_ONE})([幢栋]?)")
_SUB_NUMBER = re.compile(
    rf"(?:之|附|副|-)(?P<sub>\d+|[零一二三四五六七八九十]+|[A-Z甲乙丙丁戊])(?:号(?!楼))?(?![\dA-Z]|{_UNIT}|-\d)"
    rf"|(?P<mark>[甲乙丙丁戊A-Z])(?![\dA-Z]|{_UNIT}|[区块期])"
)
_BUILDING = {"幢", "栋", "座", "号楼", "#", "#楼"}
_ROOM_LENGTH = 3


class _Part(NamedTuple):
    """One number of a token: the sign before it, its normal form and its slice."""

    sign: str
    value: str
    start: int
    end: int


def unit_of(token: re.Match[str]) -> str:
    """Return a token's unit, 组 for all kinds of groups, empty for a bare number."""
    unit = token["unit"] or ""
    return "组" if unit.endswith("组") else unit


def read_token(text: str, token: re.Match[str], found: list[Element]) -> int:
    """Append what a token says to ``found``; return where the text goes on."""
    unit = unit_of(token)
    parts = [
        _Part(m[1], normal_number(m[2]), m.start(2), m.end())
        for m in _PART.finditer(text, token.start(), token.end("numbers") if unit else token.end())
    ]
    inner = text[token.start() : parts[0].end][-1:]
    if inner in ("幢", "栋") and unit not in _BUILDING:
        found.append(_element("building", parts[:1]))
        return parts[0].end
    parts[-1] = parts[-1]._replace(end=token.end())
    kinds = {element.kind for element in found}
    if unit in ("号", "号院"):
        return _door(text, parts, kinds, found, token)
    if unit in _BUILDING:
        found.append(_element("building", parts))
    elif unit in ("弄", "组"):
        found.append(_element("lane" if unit == "弄" else "group", parts))
    elif unit in ("层", "楼", "F"):
        is_building = unit == "楼" and "estate" in kinds and "building" not in kinds
        found.append(_element("building" if is_building else "floor", parts))
    elif unit:
        _spread(parts, _inside(kinds, "unit" if unit in ("单元", "梯") else "room"), found)
    else:
        _bare(text, parts, kinds, found)
    return token.end()


def normal_number(text: str) -> str:
    """Return a number in Arabic figures without leading zeros; letters stay.

    >>> normal_number("十二"), normal_number("007"), normal_number("A03"), normal_number("甲")
    ('12', '7', 'A3', '甲')
    """
    value = number_of(text)
    if value is not None:
        return str(value)
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)


def _element(kind: str, parts: list[_Part]) -> Element:
    return Element(kind, _joined(parts), parts[0].start, parts[-1].end)


def _joined(parts: list[_Part]) -> str:
    """Return one number, a range or a list in normal form."""
    result = parts[0].value
    for before, part in pairwise(parts):
        if part.sign == "-":
            sign = "~" if _is_rising(before.value, part.value) else "-"
        else:
            sign = "、" if part.sign == "、" else "~"
        result += sign + part.value
    return result


def _is_rising(one: str, other: str) -> bool:
    return one.isdigit() and other.isdigit() and int(other) > int(one)


def _door(
    text: str, parts: list[_Part], kinds: set[str], found: list[Element], token: re.Match[str]
) -> int:
    """Read a door's number with its sub-number; a second one names a building or a part."""
    start = token.start()
    if "number" in kinds and text[start - 1 : start] in ("附", "副", "之"):
        found.append(_element("sub_number", parts))
        return token.end()
    if "number" in kinds:
        kind = "building" if "estate" in kinds and "building" not in kinds else "sub_number"
        found.append(_element(kind if "sub_number" not in kinds else REMARK, parts))
        return token.end()
    is_sub = len(parts) == 2 and parts[1].sign == "-"
    if is_sub and not _is_rising(parts[0].value, parts[1].value):
        found += [_element("number", parts[:1]), _element("sub_number", parts[1:])]
        return token.end()
    found.append(_element("number", parts))
    match = _SUB_NUMBER.match(text, token.end())
    if match is None:
        return token.end()
    value = normal_number(match["sub"] or match["mark"])
    found.append(Element("sub_number", value, match.start(), match.end()))
    return match.end()


def _inside(kinds: set[str], last: str) -> list[str]:
    """Return which kinds the numbers of 3-2-201室 may be, the last being ``last``."""
    order = ["building", "unit", "room"] if last == "room" else ["building", "unit"]
    return [kind for kind in order if kind == last or kind not in kinds]


def _spread(parts: list[_Part], kinds: list[str], found: list[Element]) -> None:
    """Give each number a kind from the end; of two, 3-201室 is a building's room."""
    if len(parts) == 2 and len(kinds) == 3:
        kinds = [kinds[0], kinds[2]]
    if len(parts) > len(kinds):
        found.append(_element(kinds[-1], parts))
        return
    for part, kind in zip(parts, kinds[-len(parts) :], strict=True):
        found.append(_element(kind, [part]))


def _bare(text: str, parts: list[_Part], kinds: set[str], found: list[Element]) -> None:
    """Read numbers without a unit from what stands before: 花园3-201, 路12, 3幢201."""
    if "building" in kinds:
        _spread(parts, _inside(kinds, "room"), found)
    elif "estate" in kinds:
        is_building = len(parts) == 1 and len(parts[0].value) < _ROOM_LENGTH
        _spread(parts, ["building"] if is_building else _inside(kinds, "room"), found)
    elif "number" in kinds:
        is_room = len(parts) == 1 and len(parts[0].value) >= _ROOM_LENGTH
        found.append(_element("room" if is_room else REMARK, parts))
    elif "road" in kinds:
        _after_road(parts, found)
    else:
        found.append(
            Element(REMARK, text[parts[0].start : parts[-1].end], parts[0].start, parts[-1].end)
        )


def _after_road(parts: list[_Part], found: list[Element]) -> None:
    """Read 路12, 路12-3 (a sub-number), 路12-401 (a room) and 路12-3-401."""
    found.append(_element("number", parts[:1]))
    rest = parts[1:]
    if len(rest) == 1:
        kind = "room" if len(rest[0].value) >= _ROOM_LENGTH else "sub_number"
        found.append(_element(kind, rest))
    elif rest:
        _spread(rest, ["building", "unit", "room"], found)
