"""The zip of a workbook: is it whole and safe, and which part is what.

Parts are found as Excel finds them, by their relationships and not by their names, which some
programs write with backslashes. Thresholds against harmful archives stand here. What the parts
hold is ``prescan``'s business.
"""

from __future__ import annotations

import itertools
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from orchestration.ingest.reader.workbooks.xml_parts import (
    DOCTYPE,
    UNPARSABLE,
    Element,
    elements,
    unsafe,
)
from orchestration.ingest.reading import Refusal, refuse

MAX_ENTRIES = 1_000
ODD_COMPRESSION = "用了 Excel 不用的压缩方式"
MAX_INFLATED_BYTES = 1 << 30
MAX_RATIO = 100
_RATIO_FROM_BYTES = 1_000_000
_MAX_DIRECTORY_PART_BYTES = 16 << 20
_CHUNK_BYTES = 128 << 10
_HEAD_BYTES = 64 << 10
_LOCAL_HEADER_BYTES = 30
#: How XML begins in UTF-16 and UTF-32, in which no pattern of bytes would be found.
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")
_FOREIGN_PARTS = {
    "xl/externallinks/": "外部链接",
    "xl/embeddings/": "嵌入对象",
    "xl/activex/": "ActiveX 控件",
}
_ROOT_RELATIONS, _WORKBOOK = "_rels/.rels", "xl/workbook.xml"


@dataclass(frozen=True)
class Relation:
    """One relationship of a part: the last word of its type, its target, the part it leads to."""

    kind: str
    target: str
    part: str


class Package:
    """The parts of a workbook by lower-case name with forward slashes.

    ``is_usual`` says that every part is where and as the fast reader (calamine) expects it.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.is_usual = True
        self._parts = self._checked(archive.infolist())
        self._refuse_doctypes()

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def names(self) -> list[str]:
        """Return the names of all parts."""
        return list(self._parts)

    def size(self, name: str) -> int:
        """Return the inflated size of a part in bytes, 0 if there is none."""
        return self._parts[name].file_size if name in self._parts else 0

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a part by blocks; raise Refusal (unsafe_workbook) if it is no UTF-8."""
        self._refuse_wide(name)
        with self._archive.open(self._parts[name]) as stream:
            while block := stream.read(_CHUNK_BYTES):
                yield block

    def open(self, name: str) -> IO[bytes]:
        """Return a part as a stream, which the caller closes; raise Refusal if it is no UTF-8."""
        self._refuse_wide(name)
        return self._archive.open(self._parts[name])

    def read(self, name: str) -> bytes:
        """Return a small part; raise Refusal (not_a_workbook) if there is none or it is large."""
        if self.size(name) > _MAX_DIRECTORY_PART_BYTES or name not in self._parts:
            raise broken_directory()
        self._refuse_wide(name)
        return self._archive.read(self._parts[name])

    def _refuse_wide(self, name: str) -> None:
        with self._archive.open(self._parts[name]) as stream:
            if stream.read(4).startswith(_WIDE_TEXT):
                raise unsafe("有要读取的部件不是 UTF-8 编码，无法检查")

    def elements(self, name: str) -> list[Element]:
        """Return the elements of a small part; raise Refusal (not_a_workbook) if it is broken."""
        try:
            return elements(self.read(name))
        except UNPARSABLE as error:
            raise broken_directory() from error

    def relations(self, part: str) -> dict[str, Relation]:
        """Return the relationships of a part (empty: of the package) by their id."""
        folder, name = posixpath.split(part)
        directory = posixpath.join(folder, "_rels", f"{name}.rels")
        if directory not in self._parts:
            return {}
        found = {}
        for each in self.elements(directory):
            if each.name == "Relationship" and each.attributes.get("TargetMode") != "External":
                target = each.attributes.get("Target", "")
                path = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/")))
                kind = each.attributes.get("Type", "").rpartition("/")[2]
                key = each.attributes.get("Id", "")
                found[key] = Relation(kind, target, path.lstrip("/").lower())
        return found

    def workbook(self) -> str:
        """Return the name of the workbook part; raise Refusal (not_a_workbook) if there is none."""
        named = [r.part for r in self.relations("").values() if r.kind == "officeDocument"]
        name = next((part for part in named if part in self._parts), _WORKBOOK)
        if name not in self._parts or not name.endswith(".xml"):
            raise self._other_zip()
        if name != _WORKBOOK:
            self.is_usual = False
        return name

    def _checked(self, entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """Return the entries by name; zipfile itself holds each to its declared size."""
        if len(entries) > MAX_ENTRIES:
            raise unsafe(f"压缩包内有 {len(entries)} 个部件，多于 {MAX_ENTRIES} 个")
        if min((entry.header_offset for entry in entries), default=0) != 0:
            raise unsafe("文件开头有不属于工作簿的数据，像是两个文件拼接而成")
        if sum(entry.file_size for entry in entries) > MAX_INFLATED_BYTES:
            raise unsafe("解压后超过 1 GB")
        if _overlap(entries):
            raise unsafe("压缩包内有部件相互重叠，疑似压缩炸弹")
        parts: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = entry.filename.replace("\\", "/").lstrip("/").lower()
            if name != entry.filename.lower():
                self.is_usual = False
            if name in parts:
                raise unsafe(f"压缩包内有两个同名部件 {entry.filename[:80]}")
            _check_entry(entry, name)
            parts[name] = entry
        return parts

    def _refuse_doctypes(self) -> None:
        """Refuse a document type wherever a program might meet one; see also ``xml_parts``."""
        for name, entry in self._parts.items():
            if name.endswith((".xml", ".rels")):
                with self._archive.open(entry) as stream:
                    head = stream.read(_HEAD_BYTES)
                if b"<!DOCTYPE" in head:
                    raise unsafe(DOCTYPE)

    def _other_zip(self) -> Refusal:
        kind = "普通压缩包"
        remedy = "请用 Excel 或 WPS 另存为“Excel 工作簿(*.xlsx)”后重新报送"
        if "xl/workbook.bin" in self._parts:
            kind = "二进制工作簿 (.xlsb)"
        elif "word/document.xml" in self._parts:
            kind = "Word 文档"
            remedy = "请报送 Excel 工作簿（另存为“Excel 工作簿(*.xlsx)”），不要报送 Word 文档"
        elif "content.xml" in self._parts:
            kind = "OpenDocument 文档 (.ods)"
        return refuse("not_a_workbook", f"文件其实是{kind}，不是 Excel 工作簿", remedy)


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise unsafe(ODD_COMPRESSION)
    if entry.flag_bits & 1:
        raise refuse("encrypted", "压缩包设有密码，无法读取", "请去除密码后重新报送")
    if entry.file_size > max(_RATIO_FROM_BYTES, MAX_RATIO * entry.compress_size):
        raise unsafe(f"部件 {entry.filename[:80]} 的压缩比超过 {MAX_RATIO}，疑似压缩炸弹")
    for folder, meaning in _FOREIGN_PARTS.items():
        if name.startswith(folder):
            raise unsafe(f"含有{meaning}", f"请删除{meaning}（可“粘贴为数值”）后重新报送")


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries share bytes, as in a bomb that unpacks one part many times."""
    spans = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    return any(
        start + _LOCAL_HEADER_BYTES + size > following
        for (start, size), (following, _) in itertools.pairwise(spans)
    )


def broken_directory() -> Refusal:
    """Return the refusal of a workbook whose small parts cannot be parsed."""
    return refuse("not_a_workbook", "工作簿的目录无法解析", "请用 Excel 打开后另存，再重新报送")
