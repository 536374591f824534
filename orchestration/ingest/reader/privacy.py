"""Personal data at the door: states for personal cells, masks for free text.

Lives here: the patterns by which phones and identity numbers are recognised, and the four
states that stand for a personal cell after reading. Which column is personal is in the
contract. Nothing here keeps or returns a personal value.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.sheet import INVISIBLE

FILLED, BLANK, PLACEHOLDER, BAD_FORMAT = "filled", "blank", "placeholder", "bad_format"

#: RE2, after NFKC: the cheap net that finds texts ``mask`` must look at.
SUSPICIOUS = r"[0-9０-９](?:[\s\-－]?[0-9０-９]){6,}"
_PLACEHOLDERS = ("不详", "无", "无名", "未知", "暂无", "/", "\\", "-", "--", "—", "——", "–")
_MOBILE = r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
_LANDLINE = r"(?:0\d{2,3}[- ]?)?[2-9]\d{6,7}(?:-\d{1,6})?"
_PHONES = rf"^(?:{_MOBILE}|{_LANDLINE})(?:[,、;/ ]+(?:{_MOBILE}|{_LANDLINE}))*$"

_HALF_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－", "0123456789Xx-")
_MASKS = (
    (
        "〔证件号〕",
        re.compile(r"(?<!\d)\d{6}[\s-]?\d{8}[\s-]?\d{3}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)"),
    ),
    ("〔电话〕", re.compile(r"(?<!\d)(?:86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")),
    ("〔电话〕", re.compile(r"(?<!\d)0\d{2,3}[\s-]?[2-9]\d{6,7}(?!\d)")),
)


def mask(text: str) -> str:
    """Replace identity and phone numbers, also full-width or spaced ones, by what they were.

    >>> mask("联系张先生 138 1234 5678")
    '联系张先生 〔电话〕'
    """
    for label, pattern in _MASKS:
        narrow = text.translate(_HALF_WIDTH)
        for match in reversed(list(pattern.finditer(narrow))):
            text = text[: match.start()] + label + text[match.end() :]
    return text


def excerpt(text: str, length: int = 200) -> str:
    """Return the text in one line, masked, cut to ``length`` characters."""
    line = mask(" ".join(text.split()))
    return line if len(line) <= length else line[: length - 1] + "…"


def states(values: pa.StringArray, is_phone: bool) -> pa.StringArray:
    """Return the state of each personal cell: filled, blank, placeholder or bad_format.

    A phone must look like one or several phone numbers; a name must hold no digit.
    """
    text = pc.utf8_trim_whitespace(pc.utf8_normalize(pc.fill_null(values, ""), form="NFKC"))
    is_blank = pc.match_substring_regex(text, f"^{INVISIBLE}*$")
    is_placeholder = pc.is_in(text, value_set=pa.array(_PLACEHOLDERS))
    has_bad_format = (
        pc.invert(pc.match_substring_regex(text, _PHONES))
        if is_phone
        else pc.match_substring_regex(text, r"\d")
    )
    state = pc.if_else(has_bad_format, BAD_FORMAT, FILLED)
    state = pc.if_else(is_placeholder, PLACEHOLDER, state)
    return pc.if_else(is_blank, BLANK, state)
