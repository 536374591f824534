"""The words of headers: how spellings are compared, which units there are, what is nearest.

A contract's headers and synonyms are the only vocabulary; a new spelling of a header is added
there, a new spelling of a unit here.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from orchestration.reference.contracts import Contract

#: What parts the levels of a merged header, in contracts and where it is written into one cell.
LEVELS_PARTED_BY = "/"
_NEAR_ENOUGH = 0.4
_BRACKETS = str.maketrans("【[{〔「《】]}〕」》", "((((((" + "))))))")
_TRAILING_UNIT = re.compile(r"^(.*)\((?:单位:)?([^()]+)\)$")
#: Canonical unit of each folded spelling. 处, 户 and 套 are units of their own: never 起 or 幢.
UNITS = {
    spelling: unit
    for unit, spellings in {
        "万平方米": "万平方米 万平方 万平米 万平 万m2",
        "平方米": "平方米 平方 平米 m2",
        "千平方米": "千平方米 千m2",
        "公顷": "公顷 ha",
        "亩": "亩",
        "起": "起 件 宗 例",
        "处": "处",
        "户": "户",
        "套": "套",
        "幢": "幢 栋 座",
        "万幢": "万幢 万栋 万座",
        "层": "层",
        "米": "米 m",
        "厘米": "厘米 cm",
        "%": "% 百分比",
    }.items()
    for spelling in spellings.split()
}


@lru_cache(maxsize=4096)
def fold_header(text: str) -> tuple[str, str | None]:
    """Return a header's comparable form and its canonical unit, if a trailing bracket holds one.

    >>> fold_header("已排查面积（万㎡）")
    ('已排查面积', '万平方米')
    """
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS).casefold()
    folded = "".join(char for char in folded if char.isprintable() and not char.isspace())
    folded = folded.strip("*:")
    match = _TRAILING_UNIT.match(folded)
    if match and match[2] in UNITS:
        return match[1], UNITS[match[2]]
    return folded, None


def levels_in_one_cell(text: str) -> list[str]:
    """Return the levels of a merged header that was written into one cell, as contracts print it.

    >>> levels_in_one_cell("受理投诉（起）／投诉举报")
    ['受理投诉(起)', '投诉举报']
    """
    return unicodedata.normalize("NFKC", text).split(LEVELS_PARTED_BY)


def vocabulary_of(contract: Contract) -> dict[tuple[str, ...], str]:
    """Return every accepted header path; the leaf of a merged header alone is accepted last."""
    paths: dict[tuple[str, ...], str] = {}
    leaves: dict[tuple[str, ...], str] = {}
    for column in contract.columns:
        levels = tuple(fold_header(level)[0] for level in column.header.split(LEVELS_PARTED_BY))
        paths[levels] = column.name
        leaves.setdefault(levels[-1:], column.name)
        for synonym in column.synonyms:
            paths.setdefault((fold_header(synonym)[0],), column.name)
    return leaves | paths


def nearest(text: str, names: list[str]) -> str | None:
    """Return the name most like ``text``, or None if none is like it at all."""
    folded = fold_header(text)[0]
    scored = [(SequenceMatcher(None, folded, fold_header(name)[0]).ratio(), name) for name in names]
    score, name = max(scored, default=(0.0, ""))
    return name if score >= _NEAR_ENOUGH else None
