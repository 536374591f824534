"""Rows below the header that are no data: notes, column numbers, repeated headers, 以下空白.

A row is taken out only if nothing in it could be counted: none of them holds a measure or a
key. Add a wording here that printed forms use; totals and signatures are ``rows``' business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.sheet import Sheet
from orchestration.ingest.reader.table.headers import Header

#: Rows of these roles that are looked at; a form has some dozens, the rest is judged as data.
MAX_ROWS = 2_000
_FEW_CELLS = 2
_ANCHORS = 3
_MIN_NUMBERS = 3
_END = re.compile(
    r"[-—─=*~(\[/]*(?:本[页表])?(?:以下|此处|此行以下|下面)(?:各行|单元格)?(?:均?为)?"
    r"(?:空白|无正文|无内容|无数据|无记录|空行)[-—─=*~)\]/。.]*"
)
_NOTE = re.compile(
    r"[(※*]*(?:(?:附?注|备注|附注|注释|说明|填表说明|提示|注意)\d{0,2}[:.、)]"
    r"|以上|以下|上述|本[表页]|第\d{1,4}页|共\d{1,4}页|续[上前]?[表页]|[(]续[)])"
)
_WORDS = re.compile(r"[A-Za-z㐀-鿿]")
_LABELS = frozenset({"栏次", "栏号", "列次", "列号", "栏目", "序号", "编号", "行次"})
_WILD = re.compile(r"[-—/×xX]|\d{1,2}(?:[-+*/×÷]\d{1,3}%?)+")
_SERIES = {
    "letter": list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "stem": list("甲乙丙丁戊己庚辛壬癸"),
    "han": [*"一二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九"), "二十"],
    "roman": ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"],
}
_NUMBERED = re.compile(r"(?:第)?(\d{1,2})(?:\.0)?(?:[栏列]|=[-+*/×÷\d%.]+)?")


def special_rows(sheet: Sheet, header: Header, titles: Iterable[str]) -> dict[int, str]:
    """Return the 1-based rows below the header with another role than data, and that role.

    Roles are header (repeated on a printed page), title (likewise), column_numbers, end_mark and
    note. ``titles`` are the texts above the header.
    """
    roles = dict.fromkeys(_repeated_headers(sheet, header), "header")
    starts = [header.last_row, *(n for n in roles if n + 1 not in roles)]
    for start in starts:
        roles |= dict.fromkeys(_column_numbers(sheet, header, start), "column_numbers")
    known = {folded(title) for title in titles}
    across = _merged_across(sheet, header)
    for number in _sparse_rows(sheet, header):
        if number not in roles and (role := _worded_role(sheet, header, number, known, across)):
            roles[number] = role
    return roles


def folded(text: str) -> str:
    """Return what shows of a text, half-width and without white space."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(char for char in narrow if char.isprintable() and not char.isspace())


def _sparse_rows(sheet: Sheet, header: Header) -> list[int]:
    """Return the rows below the header with hardly a cell in the columns of the table."""
    filled = filled_counts(sheet, header.columns.values())
    filled[: header.last_row] = _FEW_CELLS + 1
    numbers: list[int] = (np.flatnonzero(filled <= _FEW_CELLS)[:MAX_ROWS] + 1).tolist()
    return numbers


def filled_counts(sheet: Sheet, positions: Iterable[int]) -> np.ndarray:
    """Return how many of these columns hold text, for each row of the sheet."""
    counts = np.zeros(sheet.row_count, dtype=np.int16)
    for position in positions:
        values = sheet.columns[position]
        counts += pc.fill_null(pc.not_equal(values, ""), False).to_numpy(zero_copy_only=False)
    return counts


def _merged_across(sheet: Sheet, header: Header) -> dict[int, int]:
    """Return, by row, where a cell starts that is merged over most of the table's columns."""
    mapped = sorted(header.columns.values())
    found = {}
    for merge in sheet.facts.merges:
        covered = sum(merge.first_column <= p <= merge.last_column for p in mapped)
        if merge.first_row == merge.last_row and covered * 2 > len(mapped):
            found[merge.first_row] = merge.first_column
    return found


def _worded_role(
    sheet: Sheet, header: Header, number: int, titles: set[str], across: dict[int, int]
) -> str | None:
    """Return the role of a row with little in it, by what its cells say."""
    cells = {p: folded(t) for p, t in sheet.row(number).items() if p not in header.serial_columns}
    if not cells:
        return None
    if all(_END.fullmatch(text) for text in cells.values()):
        return "end_mark"
    if len(cells) > 1:
        return None
    [(position, text)] = cells.items()
    if text in titles:
        return "title"
    is_across = across.get(number) == position and _WORDS.search(text) is not None
    return "note" if is_across or _NOTE.match(text) else None


def _repeated_headers(sheet: Sheet, header: Header) -> Iterator[int]:
    """Yield the rows that repeat the header's, as printed pages do."""
    block = {n: sheet.row(n) for n in range(header.first_row, header.last_row + 1)}
    texts = {n: {p: folded(t) for p, t in cells.items()} for n, cells in block.items()}
    for number in sorted(_anchored(sheet, header, block)):
        shown = {position: folded(text) for position, text in sheet.row(number).items()}
        if len(shown) > 1 and any(shown.items() <= cells.items() for cells in texts.values()):
            yield number


def _anchored(sheet: Sheet, header: Header, block: dict[int, dict[int, str]]) -> set[int]:
    """Return the rows below the header that begin as one of its rows does."""
    found: set[int] = set()
    for cells in block.values():
        for position in sorted(cells)[:_ANCHORS]:
            same = pc.equal(sheet.columns[position], pa.scalar(cells[position]))
            hits = pc.indices_nonzero(pc.fill_null(same, False)).slice(0, MAX_ROWS)
            found.update(hits.to_numpy().tolist())
    return {index + 1 for index in found if index + 1 > header.last_row}


def _column_numbers(sheet: Sheet, header: Header, start: int) -> Iterator[int]:
    """Yield the row directly below the header that numbers its columns, if there is one."""
    for number in range(start + 1, min(start + 4, sheet.row_count + 1)):
        cells = sheet.row(number)
        if cells and is_numbering([text for _, text in sorted(cells.items())]):
            yield number
        elif cells:
            return


def is_numbering(texts: list[str]) -> bool:
    """Whether the cells of a row, from left to right, do nothing but count the columns.

    >>> is_numbering(["甲", "1", "2", "3=1+2"]), is_numbering(["1", "2", "4"])
    (True, False)
    """
    last: dict[str, int] = {}
    counted, skipped, is_labelled = 0, 0, False
    for text in texts:
        token = folded(text).translate({ord(char): None for char in "()[]【】〔〕"}).upper()
        if token in _LABELS:
            is_labelled = True
        elif _WILD.fullmatch(token):
            skipped += 1
        elif (series := _continued(token, last, skipped)) is not None:
            counted, skipped = counted + 1, 0
            last[series[0]] = series[1]
        else:
            return False
    return counted >= _MIN_NUMBERS - is_labelled


def _continued(token: str, last: dict[str, int], skipped: int) -> tuple[str, int] | None:
    """Return the series that a token goes on with and its place in it; None if it goes on none."""
    found = [(name, tokens.index(token) + 1) for name, tokens in _SERIES.items() if token in tokens]
    if match := _NUMBERED.fullmatch(token):
        found = [("number", int(match[1]))]
    for name, place in sorted(found, key=lambda pair: pair[0] not in last):
        before = last.get(name, 0)
        if before < place <= before + 1 + skipped or (place == 0 and name not in last):
            return name, place
    return None
