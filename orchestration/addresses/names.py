"""The names of an address between two numerals, split into roads, estates and villages.

Add an ending of roads or estates here. Names of towns and communities are found before, by
``gazetteer``.
"""

from __future__ import annotations

import re

from orchestration.addresses.characters import name_numerals
from orchestration.addresses.elements import REMARK, Element
from orchestration.addresses.gazetteer import NAME_GOES_ON

_ROAD = r"大道|大街|国道|省道|县道|公路|胡同|路|街(?!道|坊)|巷"
_ESTATE = (
    "小区|新村|花园|公寓|家园|苑|公馆|山庄|别墅|名邸|华庭|广场|大厦|街坊"
    r"|[零一二三四五六七八九十\d]村"
)
_PHASE = (
    r"(?:第?(?:[一二三四五六七八九十]|\d{1,2}|[IVX]{1,4})[期区]"
    r"|[东南西北中]区|[A-Z]区|[一二三四五六七八九十]村)*"
)
_VILLAGE = r"(?:村民|居民|村|居)委员?会|村|社区(?:居委会)?"
#: What endings begin with: looked at first, because most characters begin none.
_FIRST = "路街巷大国省县公胡小新花家苑山别名华广零一二三四五六七八九十0-9村居社镇乡"
_NO_SPLIT = rf"(?!口|头|(?:{NAME_GOES_ON.pattern})|社区|村|居委|委)"
_ENDING = re.compile(
    rf"(?=[{_FIRST}])(?:(?P<remark>(?:路|街|巷)口)|(?P<road>(?:{_ROAD}))|(?P<estate>(?:{_ESTATE}){_PHASE})"
    rf"|(?P<community>(?:{_VILLAGE}))|(?P<town>镇|街道|乡)){_NO_SPLIT}"
)
_ENDS_AS_ESTATE = re.compile(rf"(?:{_ESTATE})$")
_COMMITTEE = re.compile(r"(?:村民|居民|村|居)?委员?会$")
#: Words beside a name that say where one looks, not what it is called.
_BESIDE = re.compile(
    r"(?:[东南西北]?(?:侧|首|面|端)|对面|旁边?|附近|内|口|交叉口|地块|附|副|之|的|第|与|和|至|到|-|~|#)+"
)
#: A name has at least one Chinese character: markup and code are remarks.
_NO_NAME = re.compile(r"[^一-鿿]*")


def split_names(text: str, start: int, end: int, unit: str | None, found: list[Element]) -> None:
    """Append the elements of ``text[start:end]`` to ``found``.

    ``unit`` is that of the numeral behind it, "" for a bare one, None if there is none: a name
    without ending is an estate before a building, a road before a door's number.
    """
    position = start
    while match := _ENDING.search(text, position + 1, end):
        kind = match.lastgroup
        assert kind is not None  # an ending is of one of these kinds
        _append(found, kind, text, position, match.end())
        position = match.end()
    begin, stop = _without_words_beside(text, position, end)
    if begin == stop:
        return
    _append(found, _kind_of_rest(unit, stop - begin, found), text, begin, stop)


def _without_words_beside(text: str, start: int, end: int) -> tuple[int, int]:
    if match := _BESIDE.match(text, start, end):
        start = match.end()
    for begin in range(start, end):
        match = _BESIDE.match(text, begin, end)
        if match and match.end() == end:
            return start, begin
    return start, end


def _kind_of_rest(unit: str | None, length: int, found: list[Element]) -> str:
    """Return what a name without ending is, from the numeral behind it and what came before."""
    kinds = {element.kind for element in found}
    if length < 2 or "building" in kinds or "room" in kinds:
        return REMARK
    if unit == "组":
        return "community"
    if unit in ("号", "号院", "弄", "") and not kinds & {"road", "estate", "number"}:
        return "road"
    if unit is None and kinds & {"number", "road", "estate"}:
        return "estate" if "number" in kinds and "estate" not in kinds else REMARK
    return "estate" if "estate" not in kinds else REMARK


def _append(found: list[Element], kind: str, text: str, start: int, end: int) -> None:
    name = text[start:end]
    if _NO_NAME.fullmatch(name):
        kind = REMARK
    found.append(Element(kind, name if kind == REMARK else _official(kind, name), start, end))


def _official(kind: str, name: str) -> str:
    if kind == "estate" and name.endswith("小区") and _ENDS_AS_ESTATE.search(name[:-2]):
        name = name[:-2]
    if kind == "community" and (match := _COMMITTEE.search(name)) and match.start() > 1:
        is_village = match[0].startswith("村") and not name[: match.start()].endswith("村")
        name = name[: match.start()] + ("村" if is_village else "")
    return name_numerals(name)
