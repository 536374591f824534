"""The look at a workbook before the reader touches it: is it whole, safe, and what is in it.

A legal file of 5 KB can abort the reader, and a harmful one can be anything; the child process
is the protection, this pre-scan gives the refusal a reason that a clerk can act on. Here is
decided which way a workbook is read: a small or unusual one element by element (``sheet_cells``),
a large plain one by calamine. The zip is ``package``'s business.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.ingest.reader.sheet import SheetFacts, parse_cell, whole_number
from orchestration.ingest.reader.workbooks.cell_values import Content
from orchestration.ingest.reader.workbooks.package import (
    ODD_COMPRESSION,
    Package,
    Relation,
    broken_directory,
)
from orchestration.ingest.reader.workbooks.plain_strings import (
    OddStringsError,
    claimed_count,
    scan_strings,
)
from orchestration.ingest.reader.workbooks.shared_strings import SharedStrings, read_strings
from orchestration.ingest.reader.workbooks.sheet_cells import SheetParser
from orchestration.ingest.reader.workbooks.sheet_xml import scan_sheet
from orchestration.ingest.reader.workbooks.styles import Style, read_styles
from orchestration.ingest.reader.workbooks.xml_parts import (
    MAIN,
    UNPARSABLE,
    Element,
    feed,
    new_parser,
    unsafe,
)
from orchestration.ingest.reading import Refusal, refuse
from orchestration.reference.contracts import STAMP_PROPERTY

#: Up to this many bytes of sheets and strings the exact way costs no more than the fast one.
SMALL_BYTES = 256 << 10
_PROPERTIES = "docprops/custom.xml"
_MAX_PROPERTIES_BYTES = 64 << 10
_MAX_STAMP_LENGTH = 100
_SHORTEST_STRING = len("<si/>")
_USUAL = {"sharedStrings": "xl/sharedstrings.xml", "styles": "xl/styles.xml"}


@dataclass(frozen=True)
class WorkbookFacts:
    """Format (xlsx or xlsm), date epoch, stamp, and the facts of each worksheet by name.

    ``stamp`` is the text by which a template says what it was made from, unchecked; None for a
    workbook without one, empty if the part that would hold it cannot be read. ``strings`` holds
    the number of shared texts that the file claims and the number it has; where they differ,
    texts may stand in other cells than they were written in. ``contents`` holds the sheets that
    were read already and that calamine shall not read.
    """

    file_format: str
    is_epoch_1904: bool
    stamp: str | None
    sheets: dict[str, SheetFacts]
    strings: tuple[int, int]
    contents: dict[str, Content] = field(default_factory=dict, compare=False, repr=False)


def prescan(path: Path) -> WorkbookFacts:
    """Scan a workbook.

    Raises Refusal: truncated for a broken zip, not_a_workbook for a zip of another kind or parts
    that are no XML, encrypted, or unsafe_workbook with the reason.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Scan(Package(archive)).facts()
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, struct.error) as error:
        raise refuse(
            "truncated",
            "工作簿不完整或已损坏，可能在传输或保存时中断",
            "请确认文件能用 Excel 打开，再重新报送",
        ) from error
    except NotImplementedError as error:  # raised by zipfile for what it cannot unpack
        raise unsafe(ODD_COMPRESSION) from error
    except UNPARSABLE as error:
        raise unreadable() from error


class _Scan:
    """The scan of one workbook: its directory first, then its texts and its sheets."""

    def __init__(self, package: Package) -> None:
        self._package = package
        name = package.workbook()
        self._relations = package.relations(name)
        self._book = package.elements(name)
        if not self._book or (self._book[0].name, self._book[0].is_main) != ("workbook", True):
            raise broken_directory()
        self._is_epoch_1904 = _is_epoch_1904(self._book)
        styles = self._part("styles")
        self._styles: list[Style] = read_styles(package.read(styles)) if styles else []
        self._strings = SharedStrings()
        self._has_texts = False
        self._contents: dict[str, Content] = {}

    def facts(self) -> WorkbookFacts:
        """Read everything and return what there is."""
        parts = self._sheet_parts()
        strings = self._part("sharedStrings")
        is_fast = self._is_large(parts) and self._is_usual() and self._scan_strings(strings)
        if not is_fast:
            self._read_texts()
        sheets = {}
        for element, part in parts:
            name = element.attributes.get("name", "")
            sheets[name] = self._sheet(name, part, is_fast)
            sheets[name].is_hidden = element.attributes.get("state", "visible") != "visible"
            sheets[name].table_total_rows = self._table_total_rows(part)
        is_macro = any(part.endswith("/vbaproject.bin") for part in self._package.names())
        count = self._strings.count
        claimed = count if self._strings.claimed is None else self._strings.claimed
        return WorkbookFacts(
            "xlsm" if is_macro else "xlsx",
            self._is_epoch_1904,
            _stamp(self._package),
            sheets,
            (claimed, count),
            self._contents,
        )

    def _part(self, kind: str) -> str:
        """Return the part of a kind that the workbook has one of, empty if it has none."""
        named = (r.part for r in self._relations.values() if r.kind == kind)
        return next((part for part in named if part in self._package), "")

    def _sheet_parts(self) -> list[tuple[Element, str]]:
        sheets = [e for e in self._book if e.depth == 2 and e.is_main and e.name == "sheet"]
        found = [(e, self._relations.get(e.relationship_id())) for e in sheets]
        return [
            (element, relation.part)
            for element, relation in found
            if relation and relation.kind == "worksheet" and relation.part in self._package
        ]

    def _is_large(self, parts: list[tuple[Element, str]]) -> bool:
        names = [self._part("sharedStrings"), *(part for _, part in parts)]
        return sum(map(self._package.size, names)) > SMALL_BYTES

    def _is_usual(self) -> bool:
        """Whether calamine finds what is meant in the directory."""
        alike = [e for e in self._book if e.name in ("workbookPr", "sheet", "sheets")]
        places = {"workbookPr": 1, "sheets": 1, "sheet": 2}
        return (
            self._package.is_usual
            and self._book[0].namespace == MAIN[0]
            and all(e.is_main and e.depth == places[e.name] for e in alike)
            and sum(e.name == "workbookPr" for e in alike) <= 1
            and all(self._part(kind) in ("", usual) for kind, usual in _USUAL.items())
            and all(_is_usual_target(relation) for relation in self._relations.values())
        )

    def _scan_strings(self, part: str) -> bool:
        """Count the shared texts of a large workbook; return whether calamine reads them right."""
        if not part:
            return True
        self._refuse_claim(part)
        try:
            self._strings, has_forms = scan_strings(self._package.blocks(part))
        except OddStringsError:
            return False
        if has_forms:
            read = read_strings(self._package.blocks(part))
            self._strings = SharedStrings(
                marked=read.marked, claimed=read.claimed, count=read.count
            )
        return True

    def _read_texts(self) -> None:
        part = self._part("sharedStrings")
        if part and not self._has_texts:
            self._refuse_claim(part)
            self._strings = read_strings(self._package.blocks(part))
        self._has_texts = True

    def _refuse_claim(self, part: str) -> None:
        claimed = claimed_count(next(self._package.blocks(part), b""))
        if claimed and claimed * _SHORTEST_STRING > self._package.size(part):
            raise unsafe(f"字符串表声称有 {claimed} 项，与其大小不符")

    def _sheet(self, name: str, part: str, is_fast: bool) -> SheetFacts:
        if is_fast:
            with self._package.open(part) as stream:
                facts = scan_sheet(stream, name, self._styles, self._strings, self._is_epoch_1904)
            if not facts.oddity:
                return facts
            self._read_texts()
        parser = SheetParser(
            name, self._styles, self._strings, self._is_epoch_1904, keep_values=True
        )
        feed(parser.parser, self._package.blocks(part))
        assert parser.content is not None
        self._contents[name] = parser.content
        return parser.finish()

    def _table_total_rows(self, sheet: str) -> list[int]:
        """Return the total rows of the Excel tables on a sheet."""
        rows = []
        for relation in self._package.relations(sheet).values():
            if relation.kind != "table" or relation.part not in self._package:
                continue
            table = self._package.elements(relation.part)[0].attributes
            if whole_number(table.get("totalsRowCount", "0").encode() or b"0") > 0:
                _, _, last = table.get("ref", "").partition(":")
                rows.append(parse_cell(last)[0])
        return sorted(rows)


def _is_epoch_1904(book: list[Element]) -> bool:
    """Whether the workbook's own properties say so; an extension's are none of them."""
    own = [e for e in book if e.depth == 1 and e.is_main and e.name == "workbookPr"]
    return any(e.attributes.get("date1904", "").strip() in ("1", "true", "on") for e in own)


def _is_usual_target(relation: Relation) -> bool:
    target = relation.target.lower()
    return target.lstrip("/") == relation.part or f"xl/{target}" == relation.part


def _stamp(package: Package) -> str | None:
    if _PROPERTIES not in package:
        return None
    if package.size(_PROPERTIES) > _MAX_PROPERTIES_BYTES:
        return ""
    texts: list[str] = []
    is_ours = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_ours
        if tag.rpartition(" ")[2] == "property":
            is_ours = attributes.get("name") == STAMP_PROPERTY

    def text(content: str) -> None:
        if is_ours:
            texts.append(content)

    parser = new_parser()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    try:
        feed(parser, package.blocks(_PROPERTIES))
    except UNPARSABLE:
        return ""
    return "".join(texts).strip()[:_MAX_STAMP_LENGTH] if texts else None


def unreadable() -> Refusal:
    """Return the refusal of a workbook whose content is no XML, or not such as Excel reads."""
    return refuse(
        "not_a_workbook",
        "工作簿的内容无法解析，可能已损坏",
        "请用 Excel 打开并另存为新的 .xlsx 后重新报送",
    )
