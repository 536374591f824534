"""The rows of a worksheet in which nothing needs a look: visible, with plain cells only.

One regular expression, which RE2 matches at a gigabyte in two seconds, says what plain is;
whatever it does not know is left to ``sheet_cells``, so it may only ever be too
strict. Add to it what office programs write into every row or cell of a long ledger.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.sheet import SheetFacts, column_letters

_MAX_COLUMNS = 26 + 26 * 26
_NO_MARKUP = '[^"<>]*'
_ROW_ATTRIBUTES = (
    rf"spans|s|ht|customHeight|customFormat|thickTop|thickBot|[a-z0-9]+:dyDescent)=\"{_NO_MARKUP}",
    r"hidden|collapsed)=\"(?:0|false)",
)
#: At most 15 digits before the point: more of them in an id are a fact.
_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]+)?(?:E-[0-9]+)?"
#: A formula is no fact as long as its result is stored with it.
_FORMULA = r"(?:<{p}f(?: [^<>]*)?(?:/>|>[^<]*</{p}f>))?"
#: A text of its own, as web exporters write it; with an escape or a reference it is looked at.
_OWN_TEXT = r"[^<&_]+"
#: Of these references it is certain that every program knows them.
_TEXT = r'<{p}t(?: xml:space="preserve")?>(?:[^<&]|&(?:amp|lt|gt|quot|apos|#[0-9]{{1,7}});)*</{p}t>'


def without_plain_rows(block: bytes, prefix: bytes, facts: SheetFacts) -> bytes:
    """Return a block of whole rows without those that are plain, whose cells ``facts`` counts.

    A plain cell lies within the columns known to ``facts`` and has a row number of no more
    digits than the highest known or begun in the block, so that it tells nothing of the sheet's
    extent. Rows out of order are an oddity.
    """
    if not 0 < facts.last_column <= _MAX_COLUMNS:
        return block
    tags = _Tags(block, len(prefix))
    starts = tags.places("r")
    begins = _row_begin(prefix).match
    found = [begun[1] for start in starts.tolist() if (begun := begins(block, start))]
    numbers = list(map(int, found))
    if numbers != sorted(set(numbers)) or (numbers and numbers[0] <= facts.last_row):
        facts.oddity = "order of rows"
    facts.last_row = max(facts.last_row, max(numbers, default=0))
    rows = _cut(block, starts)
    pattern = _plain_row(prefix.decode(), facts.last_column, len(str(facts.last_row)))
    is_plain = pc.match_substring_regex(rows, pattern)
    rest = b"".join(rows.filter(pc.invert(is_plain)).to_pylist())
    others = _Tags(rest, len(prefix))
    facts.cell_count += tags.count("c") - others.count("c")
    # in plain rows each value is in one of these
    facts.value_count += sum(tags.count(first) - others.count(first) for first in "vi")
    return rest


class _Tags:
    """The tags of a text by the first letter of their names, a closing one not among them.

    To compare all bytes with the first of a tag and those behind it takes a third of the time of
    looking for each tag.
    """

    def __init__(self, text: bytes, prefix_bytes: int) -> None:
        signs = np.frombuffer(text, np.uint8)
        after = 1 + prefix_bytes
        self._is_start = signs[:-after] == ord("<")
        self._first = signs[after:]

    def places(self, first: str) -> np.ndarray[Any, Any]:
        """Return where the tags stand whose name begins so."""
        return np.flatnonzero(self._begins(first))

    def count(self, first: str) -> int:
        """Return how many there are of them."""
        return int(np.count_nonzero(self._begins(first)))

    def _begins(self, first: str) -> np.ndarray[Any, Any]:
        begins: np.ndarray[Any, Any] = self._is_start & (self._first == ord(first))
        return begins


def _cut(text: bytes, places: np.ndarray[Any, Any]) -> pa.BinaryArray:
    """Return what stands before the first place, then from each place to the next; no copy."""
    offsets = np.concatenate([[0], places, [len(text)]]).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(text)]
    return pa.BinaryArray.from_buffers(pa.binary(), len(offsets) - 1, buffers)


@lru_cache(maxsize=16)
def _row_begin(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<" + re.escape(prefix) + rb'row r="([0-9]{1,9})"')


@lru_cache(maxsize=16)
def _plain_row(prefix: str, column_count: int, digits: int) -> str:
    p = re.escape(prefix)
    ref = rf"{_letters(column_count)}[0-9]{{1,{digits}}}"
    formula = _FORMULA.format(p=p)
    kinds = (
        r" ?/>",
        rf'(?: t="(?:s|n|b)")?>{formula}<{p}v>{_NUMBER}</{p}v></{p}c>',
        rf' t="str">{formula}<{p}v>{_OWN_TEXT}</{p}v></{p}c>',
        rf' t="inlineStr"><{p}is>{_TEXT.format(p=p)}</{p}is></{p}c>',
    )
    attributes = "|".join(f' (?:{names}"' for names in _ROW_ATTRIBUTES)
    cell = rf'<{p}c r="{ref}"(?: s="[0-9]+")?(?:{"|".join(kinds)})'
    return rf'^<{p}row r="[0-9]{{1,{digits}}}"(?:{attributes})*>(?:{cell})*</{p}row>\s*$'


def _letters(column_count: int) -> str:
    """Return a pattern of the letters of the first columns.

    >>> _letters(28)
    '(?:[A-Z]|A[A-B])'
    """
    last = column_letters(column_count - 1)
    if len(last) == 1:
        return f"[A-{last}]"
    first, second = last[0], last[1]
    lower = "" if first == "A" else f"[A-{chr(ord(first) - 1)}][A-Z]|"
    return f"(?:[A-Z]|{lower}{first}[A-{second}])"
