"""The look at a workbook before the reader touches it: is it whole, safe, and what is in it.

A legal file of 5 KB can abort the reader, and a harmful one can be anything; the child process
is the protection, this pre-scan gives the refusal a reason that a clerk can act on. Thresholds
stand here. What a worksheet holds is scanned in ``sheet_xml``.
"""

from __future__ import annotations

import itertools
import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from orchestration.contracts import STAMP_PROPERTY
from orchestration.ingest.reading import Refusal, refuse
from orchestration.ingest.sheet import SheetFacts, whole_number
from orchestration.ingest.sheet_xml import scan_sheet

MAX_ENTRIES = 1_000
MAX_INFLATED_BYTES = 1 << 30
MAX_RATIO = 100
_RATIO_FROM_BYTES = 1_000_000
_MAX_DIRECTORY_PART_BYTES = 16 << 20
_HEAD_BYTES = 64 << 10
_LOCAL_HEADER_BYTES = 30
_SHORTEST_STRING = len("<si/>")
#: How XML begins in UTF-16 and UTF-32, in which no pattern of bytes would be found.
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")
_DOCTYPE = "含有文档类型声明 (DOCTYPE)，可能被用来攻击读取程序"
_FOREIGN_PARTS = {
    "xl/externallinks/": "外部链接",
    "xl/embeddings/": "嵌入对象",
    "xl/activex/": "ActiveX 控件",
}
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_PROPERTIES = "docprops/custom.xml"
_MAX_PROPERTIES_BYTES = 64 << 10
_LONGEST_STAMP = 100
_DOCTYPE = "含有文档类型声明 (DOCTYPE)，可能被用来攻击读取程序"
#: The latter two for a declared encoding that Python does not know or expat cannot read.
_UNPARSABLE = (expat.ExpatError, LookupError, ValueError)
_STRINGS = "xl/sharedstrings.xml"
_STRINGS_ROOT = re.compile(rb"<((?:\w+:)?)sst\b")
_UNIQUE_COUNT = re.compile(rb"""\buniqueCount\s*=\s*["'](\d+)["']""")


@dataclass(frozen=True)
class WorkbookFacts:
    """Format (xlsx or xlsm), date epoch, stamp, and the facts of each worksheet by name.

    ``stamp`` is the text by which a template says what it was made from, unchecked; None for a
    workbook without one, empty if the part that would hold it cannot be read. ``strings`` holds
    the number of shared texts that the file claims and the number it has; where they differ,
    texts may stand in other cells than they were written in.
    """

    file_format: str
    is_epoch_1904: bool
    stamp: str | None
    sheets: dict[str, SheetFacts]
    strings: tuple[int, int]


def prescan(path: Path) -> WorkbookFacts:
    """Scan a workbook.

    Raises Refusal: truncated for a broken zip, not_a_workbook for a zip of another kind,
    encrypted, or unsafe_workbook with the reason.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _check_entries(archive)
            if _WORKBOOK not in parts:
                raise _other_zip(parts)
            _check_heads(archive, parts)
            return _facts(archive, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, struct.error) as error:
        raise refuse(
            "truncated",
            "工作簿不完整或已损坏，可能在传输或保存时中断",
            "请确认文件能用 Excel 打开，再重新报送",
        ) from error
    except NotImplementedError as error:
        raise _unsafe("用了 Excel 不用的压缩方式") from error


def _check_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by lower-case name; zipfile itself holds each to its declared size."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _unsafe(f"压缩包内有 {len(entries)} 个部件，多于 {MAX_ENTRIES} 个")
    if min((entry.header_offset for entry in entries), default=0) != 0:
        raise _unsafe("文件开头有不属于工作簿的数据，像是两个文件拼接而成")
    if sum(entry.file_size for entry in entries) > MAX_INFLATED_BYTES:
        raise _unsafe("解压后超过 1 GB")
    if _overlap(entries):
        raise _unsafe("压缩包内有部件相互重叠，疑似压缩炸弹")
    parts: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename.lower()
        if name in parts:
            raise _unsafe(f"压缩包内有两个同名部件 {entry.filename[:80]}")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError
        if entry.flag_bits & 1:
            raise refuse("encrypted", "压缩包设有密码，无法读取", "请去除密码后重新报送")
        if entry.file_size > max(_RATIO_FROM_BYTES, MAX_RATIO * entry.compress_size):
            raise _unsafe(f"部件 {entry.filename[:80]} 的压缩比超过 {MAX_RATIO}，疑似压缩炸弹")
        for folder, meaning in _FOREIGN_PARTS.items():
            if name.startswith(folder):
                raise _unsafe(f"含有{meaning}", f"请删除{meaning}（可“粘贴为数值”）后重新报送")
        parts[name] = entry
    return parts


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries share bytes, as in a bomb that unpacks one part many times."""
    spans = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    return any(
        start + _LOCAL_HEADER_BYTES + size > following
        for (start, size), (following, _) in itertools.pairwise(spans)
    )


def _check_heads(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> None:
    for name, entry in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        with archive.open(entry) as stream:
            head = stream.read(_HEAD_BYTES)
        if head.startswith(_WIDE_TEXT):
            raise _unsafe("有部件不是 UTF-8 编码，无法检查")
        if b"<!DOCTYPE" in head:
            raise _unsafe(_DOCTYPE)
        if name == _STRINGS:
            claimed = _UNIQUE_COUNT.search(head)
            if claimed and whole_number(claimed[1]) * _SHORTEST_STRING > entry.file_size:
                raise _unsafe(f"字符串表声称有 {whole_number(claimed[1])} 项，与其大小不符")


def _facts(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> WorkbookFacts:
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for tag, attributes in _elements(archive, parts, _RELATIONS)
        if tag == "Relationship"
    }
    is_epoch_1904 = False
    sheets: dict[str, SheetFacts] = {}
    for tag, attributes in _elements(archive, parts, _WORKBOOK):
        if tag == "workbookPr":
            is_epoch_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "sheet":
            part = parts.get(_part_name(targets.get(attributes.get("id", ""), "")))
            if part is not None:
                name = attributes.get("name", "")
                with archive.open(part) as stream:
                    sheets[name] = scan_sheet(stream, name)
                sheets[name].is_hidden = attributes.get("state", "visible") != "visible"
    file_format = "xlsm" if "xl/vbaproject.bin" in parts else "xlsx"
    stamp, strings = _stamp(archive, parts), _strings(archive, parts)
    return WorkbookFacts(file_format, is_epoch_1904, stamp, sheets, strings)


def _stamp(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> str | None:
    entry = parts.get(_PROPERTIES)
    if entry is None:
        return None
    if entry.file_size > _MAX_PROPERTIES_BYTES:
        return ""
    texts: list[str] = []
    is_ours = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_ours
        if tag.rpartition(":")[2] == "property":
            is_ours = attributes.get("name") == STAMP_PROPERTY

    def text(content: str) -> None:
        if is_ours:
            texts.append(content)

    parser = _parser()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    try:
        parser.Parse(archive.read(entry), True)
    except _UNPARSABLE:
        return ""
    return "".join(texts).strip()[:_LONGEST_STAMP] if texts else None


def _parser() -> expat.XMLParserType:
    """Return a parser that refuses a document type in whatever encoding it is written."""

    def doctype(*_: object) -> None:
        raise _unsafe(_DOCTYPE)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    return parser


def _strings(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> tuple[int, int]:
    """Return the claimed and the true number of shared texts; without a claim it is true."""
    if _STRINGS not in parts:
        return 0, 0
    with archive.open(parts[_STRINGS]) as stream:
        rest = stream.read(_HEAD_BYTES)
        claimed = _UNIQUE_COUNT.search(rest)
        root = _STRINGS_ROOT.search(rest)
        prefix = root[1] if root else b""
        count = 0
        while rest:
            done, end, rest = rest.rpartition(b">")
            tags = done + end
            count += tags.count(b"</" + prefix + b"si>") + tags.count(b"<" + prefix + b"si/>")
            chunk = stream.read(_HEAD_BYTES)
            rest = rest + chunk if chunk else b""
    return whole_number(claimed[1]) if claimed else count, count


def _elements(
    archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], name: str
) -> list[tuple[str, dict[str, str]]]:
    """Return every element of a small part, as tag and attributes without their prefixes."""
    entry = parts.get(name)
    if entry is None or entry.file_size > _MAX_DIRECTORY_PART_BYTES:
        raise _broken_directory()
    elements: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, Any]) -> None:
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        elements.append((tag.rpartition(":")[2], plain))

    parser = _parser()
    parser.StartElementHandler = start
    try:
        parser.Parse(archive.read(entry), True)
    except _UNPARSABLE as error:
        raise _broken_directory() from error
    return elements


def _part_name(target: str) -> str:
    path = target[1:] if target.startswith("/") else posixpath.join("xl", target)
    return posixpath.normpath(path).lower()


def _other_zip(parts: dict[str, zipfile.ZipInfo]) -> Refusal:
    kind = "普通压缩包"
    if "xl/workbook.bin" in parts:
        kind = "二进制工作簿 (.xlsb)"
    elif "word/document.xml" in parts:
        kind = "Word 文档"
    elif "content.xml" in parts:
        kind = "OpenDocument 文档"
    return refuse(
        "not_a_workbook",
        f"文件其实是{kind}，不是 Excel 工作簿",
        "请用 Excel 或 WPS 另存为“Excel 工作簿(*.xlsx)”后重新报送",
    )


def _broken_directory() -> Refusal:
    return refuse("not_a_workbook", "工作簿的目录无法解析", "请用 Excel 打开后另存，再重新报送")


def _unsafe(reason: str, remedy: str = "请把数据复制到新工作簿后重新报送") -> Refusal:
    return refuse("unsafe_workbook", f"工作簿{reason}，为安全起见不读取", remedy)
