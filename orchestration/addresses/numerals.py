"""Numerals with a unit in addresses: doors, lanes, buildings, units, storeys, rooms.

Ranges are written ``1-10``, lists ``1、3``, whatever people typed. 12-3号 is door 3 of 12, 12-16号
the doors from 12 to 16, because a sub-number is rarely the larger one; where it is, it is written
``12附16``. A storey (4楼) is never a building.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from orchestration.addresses.characters import GAP, number_of
from orchestration.addresses.elements import REMARK, Element, Found

_CHINESE = "零一二两三四五六七八九十百千廿卅壹贰叁肆伍陆柒捌玖拾佰仟"
_STEMS = "甲乙丙丁戊"
_WITH_STEM = rf"\d+[{_STEMS}](?![幢栋座])|[{_STEMS}]\d+|\d*[{_STEMS}]"
_LETTERED = r"[A-Z]{0,2}\d+[A-Z]?(?![A-EG-Z])"
_ONE = rf"(?:(?=[\d{_STEMS}])(?:{_WITH_STEM})|{_LETTERED}|[{_CHINESE}]+|[A-Z]{{1,4}})"
_SHOP = r"[号#]?(?:商铺|店铺|门面房?|店面|铺)"
_UNIT = (
    rf"{_SHOP}|号楼|号厂房|号车间|号仓?库|号院|号房|号(?!街|路|桥|线|公馆|公寓|码头|厂)|幢|栋|座|#楼?|单元|梯|室|房(?!屋|产|东)"
    r"|支?弄(?!堂)|(?:村民)?小?组|层|楼|F(?![A-Z])"
)
TOKEN = re.compile(
    # looked at first, because most characters begin no number
    rf"(?=[\dA-Z东南西北{_STEMS}{_CHINESE}])"
    rf"(?:(?P<numbers>{_ONE}(?:[幢栋号]?[-~、至到附]{_ONE})*)(?P<unit>{_UNIT})"
    rf"|(?<![A-Z])(?P<bare>[A-Z]?\d+[A-Z]?(?:-[A-Z]?\d+[A-Z]?)*)(?=[{GAP}~内]|$)"
    r"|(?<=[\d号厦城场园苑院|])(?P<side>[东南西北])(?P<house>楼|座|幢|栋)(?![东南西北]?[路街巷村]))"
)
_PART = re.compile(rf"([-~、至到附]?)({_ONE})([幢栋号]?)")
_SUB_NUMBER = re.compile(
    rf"(?:之|附|副|-)(?P<sub>\d+|[零一二三四五六七八九十]+|[A-Z{_STEMS}])(?:号(?!楼))?(?![\dA-Z]|{_UNIT}|-\d)"
    rf"|(?P<mark>[{_STEMS}A-Z])(?![\dA-Z]|{_UNIT}|[区块期])"
)
#: Units that count the buildings of a place.
BUILDING_UNITS = {"幢", "栋", "座", "号楼", "号厂房", "号车间", "号库", "号仓库", "#", "#楼"}
#: Units that count a street's doors where no number came before: 路12#, 路78号店面.
_STREET = {"#", *(f"号{shop}" for shop in ("商铺", "店铺", "门面", "门面房", "店面", "铺"))}
_LANES = {"弄", "支弄"}
_STOREY = {"层", "楼", "F"}
#: 甲幢 is A幢.
_LETTERS = str.maketrans(_STEMS, "ABCDE")
_ROOM_LENGTH = 3
#: No house has more storeys: 910楼 is a building of a campus.
_HIGHEST = 99
#: What numbers are counted by; the last one before a number counts it.
_NAMED = frozenset({"community", "road", "lane", "sublane", "estate"})


class _Part(NamedTuple):
    """One number of a token: the sign before it, its normal form and its slice."""

    sign: str
    value: str
    start: int
    end: int


def unit_of(token: re.Match[str]) -> str:
    """Return a token's unit, 组 for all kinds of groups, empty for a bare number."""
    unit = token["unit"] or token["house"] or ""
    return "组" if unit.endswith("组") else unit


def read_token(text: str, token: re.Match[str], found: Found) -> int:
    """Append what a token says to ``found``; return where the text goes on."""
    if token["side"]:
        found.append(Element("building", token["side"], token.start(), token.end()))
        return token.end()
    unit = unit_of(token)
    parts = [
        _Part(m[1], normal_number(m[2]), m.start(2), m.end())
        for m in _PART.finditer(text, token.start(), token.end("numbers") if unit else token.end())
    ]
    kinds = found.kinds
    inner = text[token.start() : parts[0].end][-1:]
    if inner in ("幢", "栋") and unit not in BUILDING_UNITS:
        found.append(_element("building", parts[:1]))
        return parts[0].end
    if inner == "号" and unit != "号":
        return _door(text, parts[:1], kinds, found, parts[0].end)
    parts[-1] = parts[-1]._replace(end=token.end())
    if unit in ("号", "号院") or (unit[:1] in ("#", "号") and _is_door(unit, kinds)):
        return _door(text, parts, kinds, found, token.end())
    if unit in BUILDING_UNITS:
        found.append(_element("building", parts))
    elif unit == "组":
        found.append(_element("group", parts))
    elif unit in _LANES:
        found.append(_element("sublane" if "lane" in kinds else "lane", parts))
    elif unit in _STOREY:
        _storey(parts, unit, kinds, found)
    elif unit:
        _inside_house(parts, unit, kinds, found)
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
    value = _joined(parts)
    if kind in ("building", "unit") and not value.isdigit():
        value = value.translate(_LETTERS)
    return Element(kind, value, parts[0].start, parts[-1].end)


def _joined(parts: list[_Part]) -> str:
    """Return one number, a range or a list in normal form."""
    result = parts[0].value
    if len(parts) == 1:
        return result
    for before, part in pairwise(parts):
        if part.sign == "、":
            sign = "、"
        elif part.sign == "附":
            sign = _sign_of_sub_number(before.value, part.value)
        elif part.sign == "-" or _is_rising(before.value, part.value):
            sign = "-"
        else:
            sign = "~"
        result += sign + part.value
    return result


def _sign_of_sub_number(door: str, sub: str) -> str:
    if not sub.isdigit():
        return ""
    return "附" if _is_rising(door, sub) or not door.isdigit() else "-"


def _is_rising(one: str, other: str) -> bool:
    return one.isdigit() and other.isdigit() and int(other) > int(one)


def _is_door(unit: str, kinds: set[str]) -> bool:
    """Whether # or a shop's 号 counts a street: behind a road or village, the first number."""
    is_first = not kinds & {"number", "estate", "building"}
    return unit in _STREET and is_first and bool(kinds & {"road", "lane", "community"})


def _door(text: str, parts: list[_Part], kinds: set[str], found: Found, end: int) -> int:
    """Read a door's number with its sub-number; a second one names a building or a room."""
    kind = _kind_of_number(parts[0].value, kinds, found)
    if kind != "number":
        found.append(_element(kind, parts))
        return end
    match = _SUB_NUMBER.match(text, end)
    element = _element("number", parts)
    if match is not None:
        sub = normal_number(match["sub"] or match["mark"])
        value = element.value + _sign_of_sub_number(element.value, sub) + sub
        element = element._replace(value=value, end=match.end())
        end = match.end()
    found.append(element)
    return end


def _kind_of_number(value: str, kinds: set[str], found: Found) -> str:
    """Return what 号 counts: doors of a street, else buildings of an estate, else rooms."""
    if "room" in kinds:
        return REMARK
    if "building" in kinds:
        return "room"
    is_in_estate = next((e.kind for e in reversed(found) if e.kind in _NAMED), "") == "estate"
    if "number" not in kinds and not is_in_estate:
        return "number"
    return "room" if "estate" in kinds and len(value) >= _ROOM_LENGTH else "building"


def _storey(parts: list[_Part], unit: str, kinds: set[str], found: Found) -> None:
    """Read 4楼 and 1F; A7楼 is a building, A8-2F the second storey of one."""
    has_letter = parts[0].value[:1].isalpha() and parts[0].value[-1:].isdigit()
    if has_letter and "building" not in kinds and unit != "层":
        if len(parts) > 1:
            found.append(_element("building", parts[:1]))
            found.append(_element("floor", parts[1:]))
        else:
            found.append(_element("floor" if unit == "F" else "building", parts))
        return
    is_storey = not parts[0].value.isdigit() or int(parts[0].value) <= _HIGHEST or unit != "楼"
    found.append(_element("floor" if is_storey or "building" in kinds else "building", parts))


def _inside_house(parts: list[_Part], unit: str, kinds: set[str], found: Found) -> None:
    """Read units and rooms; in offices 702单元 is a room."""
    is_unit = unit in ("单元", "梯")
    if is_unit and any(len(part.value) >= _ROOM_LENGTH for part in parts):
        if len(parts) > 1 and "building" not in kinds:
            found.append(_element("building", parts[:1]))
            parts = parts[1:]
        found.append(_element("room", parts))
        return
    if _is_stall(parts):
        found.append(_element("room", parts))
        return
    _spread(parts, _inside(kinds, "unit" if is_unit else "room"), found)


def _is_stall(parts: list[_Part]) -> bool:
    """Whether the numbers are of a stall on a storey: 2M-130, on the mezzanine."""
    first = parts[0].value
    return len(parts) > 1 and first[:1].isdigit() and first[-1:].isalpha()


def _inside(kinds: set[str], last: str) -> list[str]:
    """Return which kinds the numbers of 3-2-201室 may be, the last being ``last``."""
    order = ["building", "unit", "room"] if last == "room" else ["building", "unit"]
    return [kind for kind in order if kind == last or kind not in kinds]


def _spread(parts: list[_Part], kinds: list[str], found: Found) -> None:
    """Give each number a kind from the end; of two, 3-201室 is a building's room."""
    if len(parts) == 1:
        found.append(_element(kinds[-1], parts))
        return
    if kinds[-1] == "room":
        parts = _with_one_room(parts)
    if len(parts) == 2 and len(kinds) == 3:
        kinds = [kinds[0], kinds[2]]
    if len(parts) > len(kinds) or any(part.sign == "、" for part in parts):
        found.append(_element(kinds[-1], parts))
        return
    for part, kind in zip(parts, kinds[-len(parts) :], strict=True):
        found.append(_element(kind, [part]))


def _with_one_room(parts: list[_Part]) -> list[_Part]:
    """Join all from the first number that is as long as a room's: A3-403-3."""
    for index, part in enumerate(parts):
        if len(part.value) >= _ROOM_LENGTH and part.value[-1:].isdigit():
            rest = parts[index:]
            return [*parts[:index], part._replace(value=_joined(rest), end=rest[-1].end)]
    return parts


def _bare(text: str, parts: list[_Part], kinds: set[str], found: Found) -> None:
    """Read numbers without a unit from what stands before: 花园3-201, 路12, 3幢201."""
    if _is_stall(parts) and kinds & {"estate", "number", "building"}:
        found.append(_element("room", parts))
    elif "building" in kinds:
        _spread(parts, _inside(kinds, "room"), found)
    elif "estate" in kinds:
        is_building = len(parts) == 1 and len(parts[0].value) < _ROOM_LENGTH
        _spread(parts, ["building"] if is_building else _inside(kinds, "room"), found)
    elif "number" in kinds and len(parts) > 1:
        _spread(parts, _inside(kinds, "room"), found)
    elif "number" in kinds:
        is_room = len(parts[0].value) >= _ROOM_LENGTH
        found.append(_element("room" if is_room else REMARK, parts))
    elif kinds & {"road", "lane"}:
        _after_road(parts, found)
    else:
        found.append(
            Element(REMARK, text[parts[0].start : parts[-1].end], parts[0].start, parts[-1].end)
        )


def _after_road(parts: list[_Part], found: Found) -> None:
    """Read 路12, 路12-3 (a sub-number), 路12-401 (a room) and 路12-3-401."""
    if len(parts) == 2 and len(parts[1].value) < _ROOM_LENGTH:
        found.append(_element("number", parts))
        return
    found.append(_element("number", parts[:1]))
    if len(parts) > 1:
        _spread(parts[1:], ["building", "unit", "room"], found)
