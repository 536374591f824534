"""Parsing an address into its elements, each with the text it came from.

Goes through the text once, from left to right: places of the gazetteer and zones, then names up
to the next numeral with a unit, then that numeral. Names are split in ``names``, numerals read
in ``numerals``; add here only what concerns the order of elements. Any text gives an
``Address``; nothing raises.
"""

from __future__ import annotations

import re
from functools import cache

from orchestration.addresses.characters import GAP, plain, positions
from orchestration.addresses.elements import (
    EMPTY,
    OUTSIDE,
    REMARK,
    TOO_LONG,
    Address,
    Element,
    Found,
)
from orchestration.addresses.gazetteer import FORMER, gazetteer
from orchestration.addresses.names import split_names
from orchestration.addresses.numerals import TOKEN, read_token, unit_of
from orchestration.addresses.outside import is_outside
from orchestration.addresses.places import read_place
from orchestration.reference.districts import load_districts

#: Longer texts are pasted documents, not addresses.
MAX_LENGTH = 200
_PROVINCE = re.compile(r"(?:中国)?江苏(?:省|(?=苏州|昆山|常熟|太仓|张家港|吴[江县]))")
_BRACKETS = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)")
_NOTHING = re.compile(
    rf"无(?:门牌号?|路名|小区名?|名称|号(?!楼)|单元|室)|(?<=[{GAP}无路街巷镇道村区])无(?=[{GAP}无]|$)"
    r"|^无+$|无(?=无)|无$|(?<=无)无|(?:无)(?=\d)"
)
#: Behind an address, for whom or how to reach it.
_CONTACT = re.compile(
    r"(?=[邮电手传收联])(?:邮编|邮政编码|(?:电话|手机|传真)号?码?(?=[|\d(])|收件?人|联系人).*$"
)


def parse(text: str | None) -> Address:
    """Take an address apart; without one, or if it is of another city, say so in ``problem``.

    >>> [(e.kind, e.value) for e in parse("吴县市木渎镇中山西路５号三栋").elements]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('district', '吴中区'), ('town', '木渎镇'), ('road', '中山西路'), ('number', '5'),
     ('building', '3')]
    >>> parse("上海市浦东新区世纪大道1号").problem
    'outside'
    """
    if text is None:
        return Address("", (), problem=EMPTY)
    if len(text) > MAX_LENGTH:
        return Address("", (), problem=TOO_LONG)
    typed = plain(text)
    if len(typed) > MAX_LENGTH:
        return Address("", (), problem=TOO_LONG)
    unbracketed, remarks = _without_brackets(typed)
    shown = _without_nothing(unbracketed)
    if not shown.strip(f"{GAP}-~#()"):
        return Address(typed, (), problem=EMPTY)
    start = _skip_gaps(shown, 0)
    if is_outside(shown, start):
        return Address(typed, (), problem=OUTSIDE)
    contact = _CONTACT.search(shown, start + 1)
    end = contact.start() if contact else len(shown)
    elements, districts = _elements(shown[:end], start)
    if contact:
        remarks.append(Element(REMARK, contact[0], end, len(shown)))
    return Address(typed, (*elements, *remarks), districts)


def sources(text: str, address: Address) -> list[str]:
    """Return, for each element of ``parse(text)``, the piece of ``text`` it came from."""
    came = positions(text)
    return [text[came[e.start] : came[e.end - 1] + 1] for e in address.elements]


def _without_brackets(typed: str) -> tuple[str, list[Element]]:
    """Blank what stands in brackets and return it as remarks.

    What belongs to the address stays: 高新区(虎丘区), (3幢).
    """
    if "(" not in typed and ")" not in typed:
        return typed, []
    remarks = []

    def shown(match: re.Match[str]) -> str:
        inner = match[1]
        token = TOKEN.match(inner)
        is_token = token is not None and token.end() == len(inner)
        place = gazetteer().get(inner)
        if (place is not None and place.is_explicit) or is_token or inner == "江苏":
            return GAP + inner + GAP
        if inner:
            remarks.append(Element(REMARK, inner, match.start(1), match.end(1)))
        return GAP * len(match[0])

    return _BRACKETS.sub(shown, typed).replace("(", GAP).replace(")", GAP), remarks


def _without_nothing(typed: str) -> str:
    """Blank the word 无 where it stands for a missing element, not in a name (无名巷)."""
    if "无" not in typed:
        return typed
    return _NOTHING.sub(lambda match: GAP * len(match[0]), typed)


def _skip_gaps(text: str, start: int) -> int:
    while start < len(text) and text[start] in f"{GAP}-~":
        start += 1
    return start


def _elements(text: str, start: int) -> tuple[list[Element], tuple[str, ...]]:
    found = Found()
    if match := _PROVINCE.match(text, start):
        found.append(Element("province", "江苏省", start, match.end()))
        start = match.end()
    position = start
    while position < len(text):
        position = _skip_gaps(text, position)
        position = read_place(text, position, found) or _name_and_token(text, position, found)
    return _settled(found), found.districts


def _name_and_token(text: str, start: int, found: Found) -> int:
    """Read the name at ``start`` and the numeral behind it; return where to go on."""
    gap = text.find(GAP, start)
    end = len(text) if gap < 0 else gap
    token = TOKEN.search(text, start)
    if token is None or token.start() > end:
        return max(split_names(text, start, end, None, found), start + 1)
    read = split_names(text, start, token.start(), unit_of(token), found)
    return read if read < token.start() else read_token(text, token, found)


def _settled(found: Found) -> list[Element]:
    """Join the parts of one name, and name the district that an abolished one stands for."""
    settled: list[Element] = found
    if not found.repeated.isdisjoint(_JOINED):
        settled = _joined(settled)
    if "road" in found.repeated:
        settled = _with_one_road(settled)
    if len(found.districts) == 1 and "district" in found.kinds:
        name = _district_names()[found.districts[0]]
        return [
            e._replace(value=name) if e.kind == "district" and e.value in FORMER else e
            for e in settled
        ]
    return settled


def _joined(found: list[Element]) -> list[Element]:
    joined: list[Element] = []
    for element in found:
        last = joined[-1] if joined else None
        if last and last.kind == element.kind in _JOINED and last.end == element.start:
            joined[-1] = last._replace(value=last.value + element.value, end=element.end)
        else:
            joined.append(element)
    return joined


def _with_one_road(found: list[Element]) -> list[Element]:
    """Leave the street that the door is counted on, else the first; the others are remarks."""
    roads = [e for e in found if e.kind == "road"]
    if len(roads) < 2:
        return found
    door = next((e.start for e in found if e.kind in ("lane", "number")), None)
    kept = [e for e in roads if door is not None and e.start < door][-1:] or roads[:1]
    return [e._replace(kind=REMARK) if e.kind == "road" and e is not kept[0] else e for e in found]


#: 锦绣新城雍景苑 is one estate, 太仓港经济技术开发区新区 one zone.
_JOINED = ("estate", "zone")


@cache
def _district_names() -> dict[str, str]:
    return {d.district_id: d.district_name for d in load_districts()}
