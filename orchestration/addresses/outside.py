"""Addresses of other cities, told by the place that they begin with.

The names are in ``other_places.csv``. Add here how such an address may begin; a road or an estate
of Suzhou may bear the name of another city (南京路, 上海新村).
"""

from __future__ import annotations

import re
from functools import cache

from orchestration.addresses.tables import other_places

_BEFORE = re.compile(r"(?:中国)?(?:江苏省?)?")
#: Behind a city's name this makes it the name of a road or an estate.
_GOES_ON = re.compile(
    r"[东南西北中]?[一二三四五六七八九十]?(?:大道|路|街|巷|弄|桥|新村|花园|广场|商城|大厦|大楼|站|浜|港"
    r"|饭店|酒店|宾馆|会馆|家园|苑|场)"
)
_ENDINGS = ("特别行政区", "自治区", "自治州", "自治县", "地区", "省", "市", "区", "县", "盟")
#: Peoples in the names of autonomous regions.
_PEOPLES = re.compile("(?:壮族|回族|维吾尔)$")
_ALWAYS = ("香港", "澳门", "台湾")
#: Behind the bare name of a province: 湖北神农架太阳村.
_PLACE_FOLLOWS = re.compile(r"[^路街巷弄|\d]{0,6}[市区县州旗盟镇乡村]")
_LONGEST = 15


def is_outside(text: str, start: int) -> bool:
    """Whether the normalised text names another city where its address begins.

    >>> is_outside("伊宁市上海城", 0), is_outside("南京路12号", 0), is_outside("姑苏区南京路", 0)
    (True, False, False)
    """
    begin = _BEFORE.match(text, start)
    assert begin is not None  # it matches nothing as well
    at = begin.end()
    if text[at : at + 2] not in _beginnings():
        return False
    end = _whole_name(text, at)
    if end and not _GOES_ON.match(text, end):
        return True
    return _begins_barely(text, at)


def _whole_name(text: str, start: int) -> int:
    """Return where the longest official name at ``start`` ends, or 0."""
    names = other_places()
    for length in range(min(_LONGEST, len(text) - start), 1, -1):
        if text[start : start + length] in names:
            return start + length
    return 0


def _begins_barely(text: str, start: int) -> bool:
    """Whether a name without 省 or 市 begins the text, and what follows shows that it is one."""
    for name in _bare_names().get(text[start : start + 2], ()):
        end = start + len(name)
        if not text.startswith(name, start) or _GOES_ON.match(text, end):
            continue
        if name in _ALWAYS or _whole_name(text, end):
            return True
        if name in _provinces():
            follows = _PLACE_FOLLOWS.match(text, end)
            return follows is not None or _is_bare(text, end)
    return False


def _is_bare(text: str, start: int) -> bool:
    return any(
        text.startswith(name, start) for name in _bare_names().get(text[start : start + 2], ())
    )


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(name[:2] for name in other_places())


@cache
def _provinces() -> frozenset[str]:
    municipalities = ("北京", "天津", "上海", "重庆")
    regions = [
        _without_ending(name)
        for name in other_places()
        if name.endswith(("省", "自治区", "特别行政区"))
    ]
    return frozenset([*municipalities, *regions])


@cache
def _bare_names() -> dict[str, tuple[str, ...]]:
    """Return provinces and cities without their ending, by their first two signs."""
    found: dict[str, set[str]] = {}
    for name in other_places():
        if name.endswith(("省", "市", "自治区", "特别行政区")):
            bare = _without_ending(name)
            if len(bare) > 1:
                found.setdefault(bare[:2], set()).add(bare)
    return {start: tuple(sorted(names, key=len, reverse=True)) for start, names in found.items()}


def _without_ending(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending):
            return _PEOPLES.sub("", name.removesuffix(ending))
    return name
