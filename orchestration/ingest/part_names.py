"""A delivery in several files: how a file's name says which part it is of how many.

``第2部分共3`` anywhere in the name makes a file the second of three parts of one kind. Files of one
kind that lie together without such names are no parts. Whether parts are all there and fit is
judged in ``judgement.parts``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from orchestration.formats.chinese_numbers import chinese_number
from orchestration.store.records import DeliveredFile

_NUMBER = r"([0-9]{1,3}|[零〇一二两三四五六七八九十百]{1,5})"
#: 第1部分共3, 第一部分（共三部分）, 第１部分_共３个部分; after NFKC, without spaces.
_PART = re.compile(rf"第{_NUMBER}部分[,;、_(\[【\-—.]*共(?:计|有)?{_NUMBER}")
_SPACES = re.compile(r"\s+")


def part_of(file_name: str) -> tuple[int, int] | None:
    """Return which part of how many a file's name says it is, or None.

    Digits may be full-width or Chinese. A name that says it twice, differently, says nothing.

    >>> part_of("姑苏区排查台账_第二部分（共三部分）.xlsx")
    (2, 3)
    """
    name = _SPACES.sub("", unicodedata.normalize("NFKC", file_name))
    said = {(_value(part), _value(count)) for part, count in _PART.findall(name)}
    part, count = said.pop() if len(said) == 1 else (None, None)
    return None if part is None or count is None else (part, count)


def _value(number: str) -> int | None:
    """Return what digits or Chinese numerals stand for."""
    return int(number) if number.isdecimal() else chinese_number(number)


def are_all_parts(files: Sequence[DeliveredFile]) -> bool:
    """Whether files are, by their names, all the parts of one delivery, each once."""
    found = sorted((file.part or 0, file.of or 0) for file in files)
    return found == [(number, len(files)) for number in range(1, len(files) + 1)]


def are_whole(files: Sequence[DeliveredFile]) -> bool:
    """Whether files can be read as one delivery: a file that is no part, or all parts."""
    [*others, last] = files
    return are_all_parts(files) or (not others and last.of is None)
