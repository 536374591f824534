"""The names of an address between two numerals, split into roads, estates and villages.

Add an ending of roads or estates here. Names of towns, communities and zones are found before, by
``gazetteer`` and ``zones``; words that only say where one looks are in ``remarks``.
"""

from __future__ import annotations

import re

from orchestration.addresses.characters import name_numerals
from orchestration.addresses.elements import REMARK, Element, Found
from orchestration.addresses.gazetteer import NAME_GOES_ON
from orchestration.addresses.remarks import (
    IS_ASIDE,
    IS_BESIDE,
    IS_CROSSING,
    IS_NEAR,
    append_remark,
    without_remarks,
)

_ROAD = r"大道|大街|国道|省道|县道|公路|胡同|路|街(?!道|坊|区)|巷|弄(?!堂)"
_ESTATE = (
    "小区|新村|花园|公寓|家园|苑|公馆|山庄|别墅|名邸|华庭|豪庭|豪园|嘉园|佳园|雅园|广场|大厦|商厦|街坊"
    "|购物村|度假村|古镇|(?:商业|步行|风情|美食)街|[零一二三四五六七八九十\\d]村"
)
_PHASE = (
    r"(?:第?(?:[一二三四五六七八九十]|\d{1,2}|[IVX]{1,4})[期区]"
    r"|[东南西北中]区|[A-Z]区|[一二三四五六七八九十]村)*"
)
_VILLAGE = r"(?:村民|居民|村|居)委员?会|村|社区(?:居委会)?"
#: What endings begin with: looked at first, because most characters begin none.
_FIRST = (
    "路街巷弄大国省县公胡小新花家苑山别名华豪嘉佳雅商步风美购度古广"
    "零一二三四五六七八九十0-9村居社镇乡"
)
_NO_SPLIT = rf"(?!口|头|(?:{NAME_GOES_ON.pattern})|社区|村|居委|委)"
_ENDING = re.compile(
    rf"(?=[{_FIRST}])(?:(?P<remark>(?:路|街|巷)口)|(?P<estate>(?:{_ESTATE}){_PHASE})|(?P<road>(?:{_ROAD}))"
    rf"|(?P<community>(?:{_VILLAGE}))|(?P<town>(?<!古)镇|街道|乡))"
    # 沙洲镇南大街 is a street of a town
    rf"(?:(?<=[^古老小集]镇)(?=[东南西北中]大?街)|{_NO_SPLIT})"
)
_ENDS_AS_ESTATE = re.compile(rf"(?:{_ESTATE})$")
#: How a lane is called: a road behind another road is one, and the door is counted on it.
_LANE = re.compile(r"[弄巷里坊]$")
#: Endings of houses and sites; too short to split a name at, enough to tell what one is.
_HOUSE = re.compile(
    r"(?:大学|学院|学校|中学|小学|幼儿园|校区|医院|卫生院|中心|研究[所院]|公司|集团|厂区?|车间|仓库?|市场|商场"
    r"|大楼|酒店|宾馆|饭店|馆|站|所|园区?|苑|城|楼|院|店|府|邸|墅|轩|阁|庭|郡|寓|综合体|生活区|服务区|天地|宿舍"
    r"|古镇|半岛|座)$"
)
_COMMITTEE = re.compile(r"(?:村民|居民|村|居)?委员?会$")
#: A name has at least one Chinese character: markup and code are remarks.
_NO_NAME = re.compile(r"[^一-鿿]*")
_DOORS = ("号", "号院", "弄", "")


def split_names(text: str, start: int, end: int, unit: str | None, found: Found) -> int:
    """Append the elements of ``text[start:end]`` to ``found``; return how far it was read.

    ``unit`` is that of the numeral behind it, "" for a bare one, None if there is none: a name
    without ending is an estate before a building, a road before a door's number. It stops behind
    a town, village or road, because a zone may follow.
    """
    position = start
    while match := _ENDING.search(text, position + 1, end):
        if match["road"] and _is_house(text, position, match, end, unit, found):
            break
        kind = match.lastgroup
        assert kind is not None  # an ending is of one of these kinds
        stop = match.end()
        if kind == "road" and unit == "号" and stop == end - 1 and text[stop] in "东南西北":
            # 苏州大道东8号
            stop = end
        _append(found, kind, text, position, stop)
        position = stop
        if kind in ("town", "community", "road"):
            return position
    if position == end:
        return end
    begin, stop = without_remarks(text, position, end, unit, found)
    if unit is None and IS_BESIDE.match(text, stop, end):
        # 徐桥公交站旁 names what is near
        append_remark(text, begin, end, found)
        return end
    if begin < stop:
        kind = _kind_of_rest(text[begin:stop], unit, found.kinds)
        _append(found, kind, text, begin, stop)
    append_remark(text, stop, end, found)
    return end


def _is_house(
    text: str,
    start: int,
    ending: re.Match[str],
    end: int,
    unit: str | None,
    found: Found,
) -> bool:
    """Whether a road's ending is within a house's name: 永福街18号石路国际商城."""
    if IS_CROSSING.match(text, start) or IS_NEAR.match(text, start):
        return False
    if unit in _DOORS[:2] or _LANE.match(ending[0]) or not _HOUSE.search(text, start, end):
        return False
    return not found.kinds.isdisjoint(("road", "number"))


def _kind_of_rest(name: str, unit: str | None, kinds: set[str]) -> str:
    """Return what a name without ending is, from the numeral behind it and what came before."""
    if len(name) < 2 or "building" in kinds or "room" in kinds or IS_NEAR.match(name):
        return REMARK
    if IS_ASIDE.match(name):
        return REMARK
    if unit == "组":
        return "community"
    has_estate = "estate" in kinds
    is_house = _HOUSE.search(name) is not None
    if unit in _DOORS and not has_estate and not is_house and "number" not in kinds:
        return "lane" if "road" in kinds else "road"
    if unit is None and kinds & {"number", "road", "estate"}:
        return "estate" if not has_estate and ("number" in kinds or is_house) else REMARK
    return REMARK if has_estate else "estate"


def _append(found: Found, kind: str, text: str, start: int, end: int) -> None:
    name = text[start:end]
    kinds = found.kinds
    if _NO_NAME.fullmatch(name):
        kind = REMARK
    elif kind == "road" and "road" in kinds:
        is_no_name = name in ("步行街", "商业街", "老街")
        if is_no_name or IS_CROSSING.match(text, start) or IS_NEAR.match(name):
            kind = REMARK
        elif _LANE.search(name) and not kinds & {"number", "estate"}:
            kind = "lane"
    elif kind == "town" and "town" in kinds:
        kind = "community"
    if kind == "lane" and "lane" in kinds:
        kind = "sublane"
    found.append(Element(kind, name if kind == REMARK else _official(kind, name), start, end))


def _official(kind: str, name: str) -> str:
    if kind == "estate" and name.endswith("小区") and _ENDS_AS_ESTATE.search(name[:-2]):
        name = name[:-2]
    if kind == "community" and (match := _COMMITTEE.search(name)) and match.start() > 1:
        is_village = match[0].startswith("村") and not name[: match.start()].endswith("村")
        name = name[: match.start()] + ("村" if is_village else "")
    return name_numerals(name)
