"""Which encoding the bytes of a csv are in, and where they are in none.

A text is never taken for GB18030 because of a bad byte in UTF-8: both would decode to other
characters without an error. Lives here: the choice, the line of the first bad byte, and the
signs of Chinese that was lost before the file came here. Parsing is ``delimited``'s business.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.ingest.reading import Refusal, refuse

RESAVE = "请在 Excel 或 WPS 中另存为“CSV UTF-8(逗号分隔)(*.csv)”后重新报送"
_BLOCK_BYTES = 1 << 20
#: A text is of this encoding if it has this many times as many characters as bad bytes.
_SURELY = 3
_MANY_LOST = 10
#: What stands for a character that an encoding did not have, and twice misread UTF-8.
_LOST = re.compile(r"\?{2,}|\ufffd|锟斤拷")
_AROUND_BYTES = 4096
_ESCAPED = re.compile("[\udc80-\udcff]")
_WIDE = re.compile("[\u0080-\ud7ff\ue000-\uffff\U00010000-\U0010ffff]")
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class _BadByte:
    """The first byte that an encoding does not know, and whether the text around is in it."""

    line: int
    is_alone: bool


def csv_encoding(path: Path) -> str:
    """Return ``utf-8``, ``utf-8-sig`` or ``gb18030``.

    Raises Refusal (bad_encoding) with the line of the first byte that fits neither, or that does
    not fit what is otherwise UTF-8.
    """
    with path.open("rb") as handle:
        has_bom = handle.read(3) == b"\xef\xbb\xbf"
    encoding = "utf-8-sig" if has_bom else "utf-8"
    bad = _first_bad_byte(path, encoding)
    if bad is None:
        return encoding
    if has_bom or bad.is_alone:
        raise _bad_byte(bad.line)
    other = _first_bad_byte(path, "gb18030")
    if other is None:
        return "gb18030"
    reason = f"csv 既不是 UTF-8 也不是 GB18030 编码，第 {other.line} 行有无法识别的字节"
    raise refuse("bad_encoding", reason, RESAVE, row=other.line)


def _bad_byte(line: int) -> Refusal:
    return refuse(
        "bad_encoding",
        f"第 {line} 行有无法识别的字节，其余内容是 UTF-8 编码，文件可能在传输或拼接时损坏",
        f"请核对第 {line} 行，改正后{RESAVE.removeprefix('请')}",
        row=line,
    )


def is_chinese_lost(text: str) -> bool:
    """Whether a text has marks of lost characters where its Chinese should be."""
    lost = sum(len(match[0]) for match in _LOST.finditer(text))
    return lost >= _MANY_LOST and lost > len(_CHINESE.findall(text))


def _first_bad_byte(path: Path, encoding: str) -> _BadByte | None:
    place = _first_bad_place(path, encoding)
    if place is None:
        return None
    with path.open("rb") as handle:
        handle.seek(max(0, place - _AROUND_BYTES))
        around = handle.read(2 * _AROUND_BYTES).decode(encoding, "surrogateescape")
    bad_count = len(_ESCAPED.findall(around))
    wide_count = len(_WIDE.findall(around))
    return _BadByte(_line_at(path, place), wide_count > _SURELY * bad_count)


def _first_bad_place(path: Path, encoding: str) -> int | None:
    """Return the offset of the first byte that cannot be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    try:
        with path.open("rb") as handle:
            while block := handle.read(_BLOCK_BYTES):
                done += len(block)
                decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        # what it tried to decode ends where we are
        return done - len(error.object) + error.start
    return None


def _line_at(path: Path, place: int) -> int:
    r"""Return the 1-based line of an offset; lines end in ``\n``, ``\r`` or both."""
    ends, last = 0, b""
    with path.open("rb") as handle:
        while place > 0 and (block := handle.read(min(place, _BLOCK_BYTES))):
            place -= len(block)
            ends += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            ends -= last == b"\r" and block.startswith(b"\n")
            last = block[-1:]
    return ends + 1
