"""Personal data at the door: states for personal cells, one mask for all other texts and names.

Lives here: what stands in the place of a personal number (``personal`` knows their forms) in a
cell, a title, a remark or a name, and the four states that stand for a personal cell after
reading. Which column is personal is in the contract, where the key of names lies in ``names``.
Nothing here keeps or returns a personal value.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.personal import FINDERS, LIKELY, SUSPECT, folded, spelt_out
from orchestration.ingest.reader.personal import SUSPICIOUS as SUSPICIOUS
from orchestration.ingest.reader.sheet import INVISIBLE
from orchestration.ingest.reading import Reading

FILLED, BLANK, PLACEHOLDER, BAD_FORMAT = "filled", "blank", "placeholder", "bad_format"

_PLACEHOLDERS = ("不详", "无", "无名", "未知", "暂无", "/", "\\", "-", "--", "—", "——", "–")
_MOBILE = r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
_LANDLINE = r"(?:0\d{2,3}[- ]?)?[2-9]\d{6,7}(?:-\d{1,6})?"
_PHONES = rf"^(?:{_MOBILE}|{_LANDLINE})(?:[,、;/ ]+(?:{_MOBILE}|{_LANDLINE}))*$"

_MAX_ENDING_LENGTH = 5
_TAG_DIGITS = 8
_TAG = re.compile(rf"〔[0-9a-f]{{{_TAG_DIGITS}}}〕")


def mask(text: str) -> str:
    """Replace personal numbers, however they are parted or spelt, by what they were.

    >>> mask("联系张先生 138 1234 5678")
    '联系张先生 〔电话〕'
    """
    if not SUSPECT.search(text):
        return text
    for fold in (folded, spelt_out):
        seen = fold(text)
        for finder in FINDERS if LIKELY.search(seen) else ():
            for first, last in reversed(list(finder.spans(seen))):
                text = text[:first] + finder.label + text[last:]
                seen = seen[:first] + finder.label + seen[last:]
    return text


def mask_name(name: str, key: bytes) -> str:
    """Return the name of a file, folder or sheet masked, with a hash of what it was.

    Two names that differ only in what is masked stay two by the eight digits of the hash, which
    reveals nothing without ``key``. A name that holds nothing personal comes back as it is,
    a masked one too.
    """
    masked = mask(name)
    if masked == name:
        return name
    digest = hmac.new(key, name.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
    stem, dot, ending = masked.rpartition(".")
    if not (ending.isascii() and ending.isalnum() and len(ending) <= _MAX_ENDING_LENGTH):
        stem, dot, ending = masked, "", ""
    return f"{stem}〔{digest[:_TAG_DIGITS]}〕{dot}{ending}"


def without_tag(name: str) -> str:
    """Return a masked name without its hash, whose digits could be taken for a day."""
    return _TAG.sub("", name)


def excerpt(text: str, length: int = 200) -> str:
    """Return the text in one line, masked, cut to ``length`` characters."""
    line = mask(" ".join(text.split()))
    return line if len(line) <= length else line[: length - 1] + "…"


def impersonal(reading: Reading, key: bytes) -> Reading:
    """Return a receipt with every text in it masked, whoever wrote it, and the names of sheets.

    The last look before it leaves the reader; figures of total rows are measures and stay.
    """

    def masked(text: str) -> str:
        return mask_name(text, key)

    return replace(
        reading,
        sheet=masked(reading.sheet),
        template=mask(reading.template) if reading.template else None,
        headers={field: mask(header) for field, header in reading.headers.items()},
        itemised=[replace(i, sheet=masked(i.sheet), text=mask(i.text)) for i in reading.itemised],
        totals=[replace(t, sheet=masked(t.sheet), label=mask(t.label)) for t in reading.totals],
        claims=[replace(claim, text=mask(claim.text)) for claim in reading.claims],
        problems=[
            replace(p, sheet=masked(p.sheet), message=mask(p.message), remedy=mask(p.remedy))
            for p in reading.problems
        ],
    )


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
