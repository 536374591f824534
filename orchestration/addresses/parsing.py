"""Parsing an address into its elements, each with the text it came from.

Goes through the text once, from left to right: places of the gazetteer, then names up to the
next numeral with a unit, then that numeral. Names are split in ``names``, numerals read in
``numerals``; add here only what concerns the order of elements. Any text gives an
``Address``; nothing raises.
"""

from __future__ import annotations

import re
from functools import cache

from orchestration.addresses.characters import GAP, plain, positions
from orchestration.addresses.elements import (
    EMPTY,
    KINDS,
    OUTSIDE,
    REMARK,
    TOO_LONG,
    Address,
    Element,
)
from orchestration.addresses.gazetteer import (
    FORMER,
    NAME_GOES_ON,
    OUTSIDE_NAMES,
    Place,
    gazetteer,
    lengths_by_beginning,
)
from orchestration.addresses.names import split_names
from orchestration.addresses.numerals import TOKEN, read_token, unit_of
from orchestration.reference.districts import load_districts

#: Longer texts are pasted documents, not addresses.
MAX_LENGTH = 200
_PROVINCE = re.compile(r"(?:中国)?江苏(?:省|(?=苏州|昆山|常熟|太仓|张家港|吴江))")
_CITY = re.compile(r"苏州市|苏州(?=.)")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_NOTHING = re.compile(
    rf"无(?:门牌号?|路名|小区名?|名称|号(?!楼)|单元|室)|(?<=[{GAP}无路街巷镇道村区])无(?=[{GAP}无]|$)"
    r"|^无+$|无(?=无)|无$|(?<=无)无|(?:无)(?=\d)"
)
_ROAD_FOLLOWS = re.compile(r"[^\d|]{1,10}?(?:路|街|巷|弄|大道|村|社区|新村|花园|公寓|小区|苑|家园)")
_SHORT = 2
_KINDS_IN_ORDER = list(KINDS)


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
    if OUTSIDE_NAMES.match(shown, start):
        return Address(typed, (), problem=OUTSIDE)
    elements, districts = _elements(shown, start)
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
        if inner in gazetteer() or (token is not None and token.end() == len(inner)):
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
    found: list[Element] = []
    districts: tuple[str, ...] = ()
    if match := _PROVINCE.match(text, start):
        found.append(Element("province", "江苏省", start, match.end()))
        start = match.end()
    position = start
    while position < len(text):
        position = _skip_gaps(text, position)
        place = _place_at(text, position, found)
        if place is not None:
            known, end = place
            districts = _narrowed(districts, known)
            found.append(Element(known.kind, known.value, position, end))
            position = end
        elif (match := _CITY.match(text, position)) and not found_kinds(found) & _BELOW_CITY:
            if NAME_GOES_ON.match(text, match.end()) and match[0] == "苏州":
                position = _name_and_token(text, position, found)
            else:
                found.append(Element("city", "苏州市", position, match.end()))
                position = match.end()
        else:
            position = _name_and_token(text, position, found)
    return _settled(found, districts), districts


_BELOW_CITY = frozenset(_KINDS_IN_ORDER[2:])


def found_kinds(found: list[Element]) -> set[str]:
    """Return the kinds of elements found so far."""
    return {element.kind for element in found}


def _place_at(text: str, start: int, found: list[Element]) -> tuple[Place, int] | None:
    """Return the longest place that the text names at ``start``, and where it ends."""
    names = gazetteer()
    for length in lengths_by_beginning().get(text[start : start + 2], ()):
        end = start + length
        place = names.get(text[start:end])
        if place is None or end > len(text):
            continue
        if place.is_explicit and not _is_taken(place, found):
            # 新区花园 is an estate
            if length == _SHORT and NAME_GOES_ON.match(text, end):
                continue
            return place, end
        if not place.is_explicit and _may_be_bare(place, text, end, found):
            return place, end
    return None


def _is_taken(place: Place, found: list[Element]) -> bool:
    return any(e.kind == place.kind and e.value != place.value for e in found)


def _may_be_bare(place: Place, text: str, end: int, found: list[Element]) -> bool:
    """Whether a bare name is a place: before any road or number, and a name follows it."""
    above = {"province", "city", "district"} if place.kind == "town" else {"province", "city"}
    if found_kinds(found) - above or NAME_GOES_ON.match(text, end) or end == len(text):
        return False
    if place.kind == "town":
        return _ROAD_FOLLOWS.match(text, end) is not None
    return True


def _narrowed(districts: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """Return the districts that fit all places named so far; in a conflict the first place wins."""
    if not districts or place.kind == "community":
        return districts or (place.districts if place.kind != "community" else ())
    return tuple(d for d in districts if d in place.districts) or districts


def _name_and_token(text: str, start: int, found: list[Element]) -> int:
    """Read the name at ``start`` and the numeral behind it; return where to go on."""
    gap = text.find(GAP, start)
    end = len(text) if gap < 0 else gap
    token = TOKEN.search(text, start)
    if token is None or token.start() > end:
        split_names(text, start, end, None, found)
        return max(end, start + 1)
    split_names(text, start, token.start(), unit_of(token), found)
    return read_token(text, token, found)


def _settled(found: list[Element], districts: tuple[str, ...]) -> list[Element]:
    """Name the district that a divided or abolished name stands for, as the town tells."""
    if len(districts) != 1:
        return found
    name = _district_names()[districts[0]]
    return [
        e._replace(value=name) if e.kind == "district" and e.value in FORMER else e for e in found
    ]


@cache
def _district_names() -> dict[str, str]:
    return {d.district_id: d.district_name for d in load_districts()}
