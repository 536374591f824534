"""Workbooks that would end, hang or deceive a reader: bombs, lies, foreign parts."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.builders import FLAT_HEADER, GUSU, rezip, table
from ingest.corpus.case import Case, Make, refused

_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
_DIRECTORY = "xl/workbook.xml"
_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_COMMENT = b"<!--" + b"x" * 70_000 + b"-->"
_ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def _good(path: Path) -> Path:
    return table(path.with_suffix(".good"), [FLAT_HEADER, GUSU])


def _part(name: str, change: Callable[[bytes], bytes]) -> Make:
    """A good workbook with one part changed."""
    return lambda path: _keep(rezip(_good(path), path, {name: change}))


def _added(**parts: bytes) -> Make:
    """A good workbook with more parts (``__`` stands for ``/``)."""
    return lambda path: _keep(rezip(_good(path), path, {}, **parts))


def _keep(path: Path) -> None:
    assert path.stat().st_size > 0


def _cells(cells: str) -> Make:
    """A good workbook with more rows at the end of its sheet."""
    return _part(_SHEET, lambda x: x.replace(b"</sheetData>", cells.encode() + b"</sheetData>"))


def _bytes(change: Callable[[bytearray], Any]) -> Make:
    """A good workbook whose file was changed byte by byte."""

    def make(path: Path) -> None:
        content = bytearray(_good(path).read_bytes())
        change(content)
        path.write_bytes(content)

    return make


def _declare(content: bytearray, size: int) -> None:
    """Let the directory of the zip declare another size of every part."""
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<II", content, place + 20, size, size)
        place = content.find(b"PK\x01\x02", place + 4)


def _rename(content: bytearray, name: bytes, other: bytes) -> None:
    """Give a part another name of the same length, said to be UTF-8."""
    content[:] = content.replace(name, other)
    place = content.rindex(other) - 46
    content[place + 9] |= 8


def _method(content: bytearray) -> None:
    content[8] = content[content.index(b"PK\x01\x02") + 10] = 99


def _overlapping(path: Path) -> None:
    """One part that stands in the directory many times, under other names."""
    rezip(_good(path), path, {}, xl__media__a=b"\0" * 900_000)
    with zipfile.ZipFile(path, "a") as archive:
        [entry] = [e for e in archive.infolist() if e.filename == "xl/media/a"]
        for number in range(50):
            twin = zipfile.ZipInfo(f"xl/media/{number}")
            for name in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(twin, name, getattr(entry, name))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
        archive._didModify = True


def _wide(content: bytes) -> bytes:
    return content.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16")


def _one_cell(content: bytes) -> bytes:
    return content.replace(b"<v>49683</v>", b"<v>" + b"1" * (40 << 20) + b"</v>")


def _hostile(name: str, make: Make, words: str) -> dict[str, Case]:
    return {name: refused(make, "unsafe_workbook", words)}


CASES: dict[str, Case] = {
    **_hostile("a part of blanks", _added(xl__media__a=b" " * (30 << 20)), "压缩比"),
    **_hostile("a cell of forty megabytes", _part(_SHEET, _one_cell), "压缩比"),
    **_hostile("a sheet of blanks", _part(_SHEET, lambda x: x + b" " * (30 << 20)), "压缩比"),
    **_hostile("a thousand parts", _added(**{f"a{n}": b"" for n in range(1000)}), "多于 1000 个"),
    **_hostile("parts of two gigabytes", _bytes(lambda x: _declare(x, 300 << 20)), "超过 1 GB"),
    **_hostile("one part under many names", _overlapping, "重叠"),
    "parts larger than they say": refused(_bytes(lambda x: _declare(x, 9)), "truncated", "损坏"),
    **_hostile(
        "a cell in the last corner",
        _cells('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "第 1048576 行、第 16384 列",
    ),
    **_hostile(
        "a cell in the last corner, in row 3",
        _cells('<row r="3"><c r="A3"/><c r="XFD1048576"><v>1</v></c></row>'),
        "第 1048576 行、第 16384 列",
    ),
    "cells without place, which are counted": Case(
        _cells('<row r="3"><c t="inlineStr"><is><t>姑苏区</t></is></c><c><v>7</v></c></row>'),
        rows=({"row_number": 2}, {"row_number": 3, "surveyed_building_count": "7"}),
    ),
    **_hostile("a place that is none", _cells('<row r="3"><c r="3A"/></row>'), "无法识别"),
    **_hostile(
        "a cell in another row than it says", _cells('<row r="3"><c r="A4"/></row>'), "不符"
    ),
    "two cells in one place": refused(
        _cells('<row r="3"><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>'),
        "not_a_workbook",
        "坐标相同",
    ),
    **_hostile("a column beyond the last", _cells('<row r="3"><c r="XFE3"/></row>'), "超出"),
    **_hostile("a row beyond the last", _cells('<row r="9999999"/>'), "超出"),
    **_hostile(
        "a row of forty megabytes",
        _part(
            _SHEET,
            lambda x: x.replace(b"</row>", b'<c r="H1"><v>1</v></c>' * 1_500_000 + b"</row>", 1),
        ),
        "压缩比",
    ),
    **_hostile(
        "a million columns",
        _part(
            _SHEET,
            lambda x: x.replace(
                b"<sheetData>",
                b"<cols>" + b'<col min="1" max="9" hidden="1"/>' * 9_000 + b"</cols><sheetData>",
            ),
        ),
        "多得不合常理",
    ),
    **_hostile(
        "a quarter of a million merges",
        _part(
            _SHEET,
            lambda x: x.replace(
                b"</worksheet>",
                b"<mergeCells>"
                + b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(9, 250_009))
                + b"</mergeCells></worksheet>",
            ),
        ),
        "多得不合常理",
    ),
    **_hostile(
        "four billion strings",
        _part(_STRINGS, lambda x: x.replace(b'uniqueCount="', b'uniqueCount="42949')),
        "字符串表声称",
    ),
    **{
        name: refused(
            _part(part, lambda x, what=what: x.replace(b"?>", b"?>" + what, 1)),
            "unsafe_workbook",
            "DOCTYPE",
        )
        for name, part, what in (
            ("laughs in the strings", _STRINGS, _LAUGHS),
            ("laughs in the sheet", _SHEET, _LAUGHS),
            ("laughs in the directory", _DIRECTORY, _LAUGHS),
            (
                "laughs in the directory behind a comment",
                _DIRECTORY,
                b"<!--" + b"x" * 70_000 + b"-->" + _LAUGHS,
            ),
            ("an entity from a file", _STRINGS, _ENTITY),
        )
    },
    **_hostile("a sheet in UTF-16", _part(_SHEET, _wide), "UTF-8"),
    **_hostile("strings in UTF-16", _part(_STRINGS, _wide), "UTF-8"),
    **_hostile("a link to another workbook", _added(xl__externalLinks__a_xml=b"<x/>"), "外部链接"),
    **_hostile("an embedded file", _added(xl__embeddings__a_bin=b"x"), "嵌入对象"),
    **_hostile("an ActiveX control", _added(xl__activeX__a_xml=b"<x/>"), "ActiveX"),
    **_hostile("two parts of one name", _added(**{"XL__workbook.xml": b"<x/>"}), "同名部件"),
    **_hostile("two workbooks in one file", _bytes(lambda x: x.extend(bytes(x))), "两个文件拼接"),
    **_hostile("an unknown compression", _bytes(_method), "压缩方式"),
    "macros, which never run": Case(_added(xl__vbaProject_bin=b"macro"), rows=({"row_number": 2},)),
    "a part that would climb out": Case(
        _added(**{"..__..__x_txt": b"x"}), rows=({"row_number": 2},)
    ),
    "cells that a reader would pass over": refused(
        _part(_SHEET, lambda x: re.sub(rb'<c (r="[BC]2".*?</)c>', rb"<d \1d>", x)),
        "not_a_workbook",
        "2 个读不出",
    ),
    "a text more than the strings say": Case(
        _part(_STRINGS, lambda x: x.replace(b"</sst>", b"<si><t>x</t></si></sst>")),
        ("shifted_strings",),
        "声称有 8 项，实有 9 项",
        rows=({"row_number": 2},),
    ),
    "a merge turned round": Case(
        _part(
            _SHEET,
            lambda x: x.replace(
                b"</worksheet>",
                b'<mergeCells><mergeCell ref="G99:A1"/></mergeCells></worksheet>',
            ),
        ),
        rows=({"row_number": 2},),
    ),
    "a part whose name is no text": refused(
        _bytes(lambda x: _rename(x, b"xl/styles.xml", b"xl/\xff\xff\xff\xff\xff\xff.xml")),
        "truncated",
        "损坏",
    ),
    "half a workbook": refused(
        _bytes(lambda x: x.__delitem__(slice(len(x) // 2, None))), "truncated", "不完整"
    ),
    "half a sheet": refused(
        _part(_SHEET, lambda x: x[: len(x) // 2]), "not_a_workbook", "无法解析"
    ),
    "a directory in an unknown encoding": refused(
        _part(_DIRECTORY, lambda x: x.replace(b"UTF-8", b"XXX-8", 1)), "not_a_workbook", "目录"
    ),
    "a binary workbook": refused(
        lambda path: _archive(path, "xl/workbook.bin"), "not_a_workbook", "xlsb"
    ),
    "a Word document": refused(
        lambda path: _archive(path, "word/document.xml"), "not_a_workbook", "Word"
    ),
    "an OpenDocument": refused(
        lambda path: _archive(path, "content.xml"), "not_a_workbook", "OpenDocument"
    ),
    "an archive of something": refused(
        lambda path: _archive(path, "a"), "not_a_workbook", "压缩包"
    ),
}


def _archive(path: Path, part: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "x")
