"""Zones: development zones, parks, resorts and new towns, which stand between town and road.

A zone is one name, however much of a district's or a town's name it holds: 吴中经济开发区 is not
吴中 with an estate. Add the ending of a kind of zone here. A park that has buildings
(创意产业园5幢) is an estate and ``names``'s; zones that the official list counts as towns are in
``gazetteer``.
"""

from __future__ import annotations

import re

from orchestration.addresses.numerals import BUILDING_UNITS, TOKEN, unit_of

#: Always a zone. 新城 and 新区 end estates too, so theirs are named.
_ENDINGS = (
    r"开发区|度假区|工业园区|工业集中区|工业小区|工业区|农业园区|科技园区|(?:产业|生态)园区|保税港?区|出口加工区"
    r"|综保区|港区|示范园?区|管理区|风景(?:名胜)?区|高教区|科教城|创新区|商务[区城]|科学城|科技城|高新区|分区|试验区|集聚区"
    r"|(?:太湖|高铁|滨湖|科教|临港|城铁|平江|沧浪|金阊|滨江|汾湖|阳澄|石湖|尹山湖|活力岛|沙洲湖)新城|新区"
)
#: A zone before a road or at the end, an estate before a building.
_PARKS = r"工业园|科技园|产业园|农业园|高新园"
_FREE_TRADE = r"中国\|江苏\|自由贸易试验区(?:\|?苏州片区)?"
_PART = r"(?:[A-Z东南西北]区)?"
_NAME = r"[^\d|(路街道巷弄号镇乡村幢栋座]{0,10}?"
_ZONE = re.compile(
    rf"(?P<trade>{_FREE_TRADE})"
    rf"|(?P<zone>{_NAME}(?:{_ENDINGS}){_PART}(?![路街巷弄]))"
    rf"|(?P<park>{_NAME}(?:{_PARKS})(?!区){_PART}(?![路街巷弄]))"
)
#: Behind it the name is a building's: 科技城大厦, 新区医院.
BUILDING_FOLLOWS = re.compile(
    r"(?:大道|大街|路|街|巷|弄|新村|小区|花园|公寓|家园|广场|大厦|中心|桥)|大楼|医院|酒店|宾馆|饭店|公司|学校|中学|小学|幼儿园|法院|大学|学院"
    r"|[一二三四五六七八九十\d]+期"
)
_LONGEST = 30


def zone_at(text: str, start: int) -> tuple[str, int] | None:
    """Return the name of the zone that the normalised text names at ``start``, and its end.

    >>> zone_at("南麻开发区织庄路", 0), zone_at("创意产业园5幢", 0), zone_at("新区花园", 0)
    (('南麻开发区', 5), None, None)
    """
    near = text[start : start + _LONGEST]
    if "区" not in near and "园" not in near and "城" not in near:
        return None
    found = _ZONE.match(text, start)
    if found is None or BUILDING_FOLLOWS.match(text, found.end()):
        return None
    if found["trade"]:
        return found[0].replace("|江苏|", "(江苏)").replace("|", ""), found.end()
    if found["park"] and len(found[0]) > len("工业园") and _has_buildings(text, found.end()):
        return None
    return found[0], found.end()


def _has_buildings(text: str, start: int) -> bool:
    token = TOKEN.match(text, start)
    return token is not None and unit_of(token) in BUILDING_UNITS
