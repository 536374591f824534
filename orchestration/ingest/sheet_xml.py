"""The facts of one worksheet, by a streaming scan of its XML before the reader opens it.

The reader (calamine) loses merges, hidden rows, error cells and formulas without a value, and
allocates the whole rectangle up to the farthest cell. This scan keeps the former and measures
the latter at a tenth of the cost of an XML parser: whole rows are cut from the stream and
looked at by bytes. Nearly all rows of a ledger are plain (``plain_rows``) and only counted.
Cell values are the reader's business.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.plain_rows import without_plain_rows
from orchestration.ingest.reading import Refusal, refuse
from orchestration.ingest.sheet import (
    LAST_COLUMN,
    LAST_ROW,
    Cell,
    Merge,
    SheetFacts,
    column_position,
    parse_cell,
    whole_number,
)

#: Empty cells the reader would allocate beside the filled ones (32 bytes each).
MAX_EMPTY_CELLS = 10_000_000
#: Small enough that the memory of one block serves the next (see ``readers``).
_CHUNK_BYTES = 128 << 10
_MAX_ROW_BYTES = 32 << 20
_MAX_LISTED = 10_000
_MAX_MERGES = 200_000
_OUTSIDE = "有单元格的坐标超出 Excel 的范围"

_CELL_REF = "[A-Z]{1,3}[1-9][0-9]{0,6}"
_ATTRIBUTE = r"""\b{name}\s*=\s*["']({value})["']"""
_REF = re.compile(_ATTRIBUTE.format(name="r", value=_CELL_REF).encode())
_HIDDEN = re.compile(_ATTRIBUTE.format(name="hidden", value="1|true").encode())
_ROW_NUMBER = re.compile(_ATTRIBUTE.format(name="r", value=r"\d+").encode())
_MERGE_REF = re.compile(
    _ATTRIBUTE.format(name="ref", value=f"{_CELL_REF}(?::{_CELL_REF})?").encode()
)
_COLUMN_SPAN = tuple(
    re.compile(_ATTRIBUTE.format(name=name, value=r"\d+").encode()) for name in ("min", "max")
)
_IS_TEXT_RESULT = re.compile(_ATTRIBUTE.format(name="t", value="str").encode())
_PREFIX = re.compile(rb"<((?:\w+:)?)worksheet\b")


class _Patterns:
    """The patterns of one sheet, whose tags may bear a namespace prefix such as ``x:``."""

    def __init__(self, prefix: bytes) -> None:
        p = re.escape(prefix)
        self.prefix = prefix
        self.row_end = b"</" + prefix + b"row>"
        self.cell_start = b"<" + prefix + b"c "
        self.odd_cell_starts = tuple(b"<" + prefix + b"c" + end for end in (b">", b"/>", b"\n"))
        self.value_starts = (b"<" + prefix + b"v>", b"<" + prefix + b"is>")
        self.odd_value = re.compile(rb"<" + p + rb"v\s[^>/]*>[^<]")
        self.no_value = b"<" + prefix + b"v></" + prefix + b"v>"
        self.formula_start = b"<" + prefix + b"f"
        self.refs = re.compile(rb"<" + p + rb'c r="([A-Z]{1,3}[0-9]{1,7})"')
        self.any_ref = re.compile(rb"<" + p + rb"c\s[^>]*?" + _REF.pattern)
        self.row_number = re.compile(rb"<" + p + rb"row\b[^>]*?" + _ROW_NUMBER.pattern)
        self.hidden_row = re.compile(rb"<" + p + rb"row\b([^>]*\bhidden[^>]*)>")
        self.error = re.compile(rb"<" + p + rb"""c\s([^>]*\bt\s*=\s*["']e["'][^>]*)>""")
        self.bare_formula = re.compile(
            rb"<" + p + rb"c\s([^>]*)>\s*<" + p + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</" + p + rb"f>)\s*"
            rb"(?:</" + p + rb"c>|<" + p + rb"v\s*/>|<" + p + rb"v>\s*</" + p + rb"v>)"
        )
        self.long_number = re.compile(
            rb"<" + p + rb"c\s([^>]*)>\s*<" + p + rb"v>(?:\d{16,}|[\d.]+[eE]\+?1[5-9])(?:\.0*)?</"
        )
        self.has_long_number = re.compile(
            rb"<" + p + rb"v>(?:\d{16,}|[\d.]+[eE]\+?1[5-9])(?:\.0*)?</"
        )
        self.merge = re.compile(rb"<" + p + rb"mergeCell\s([^>]*)>")
        self.column = re.compile(rb"<" + p + rb"col\s([^>]*)>")


def scan_sheet(stream: IO[bytes], name: str) -> SheetFacts:
    """Read a worksheet part and return its facts.

    Raises Refusal (unsafe_workbook) for a document type, cells without a reference, a row too
    long to hold, more merges or hidden columns than a sheet can have, or a far cell that would
    make the reader allocate the whole sheet.
    """
    facts = SheetFacts()
    head = stream.read(_CHUNK_BYTES)
    prefix = _PREFIX.search(head)
    patterns = _Patterns(prefix[1] if prefix else b"")
    for block in _whole_rows(head, stream, patterns.row_end, name):
        rest = without_plain_rows(block, patterns.prefix, facts)
        if b"<!DOCTYPE" in rest:
            raise _unsafe(name, "含有文档类型声明 (DOCTYPE)，可能被用来攻击读取程序")
        _measure(rest, patterns, facts, name)
        _collect(rest, patterns, facts)
        if len(facts.merges) > _MAX_MERGES or len(facts.hidden_columns) > LAST_COLUMN:
            raise _unsafe(name, "合并单元格或列的定义多得不合常理")
    _refuse_far_cell(facts, name)
    return facts


def _whole_rows(head: bytes, stream: IO[bytes], row_end: bytes, name: str) -> Iterator[bytes]:
    """Cut the stream behind row ends, so that no cell is ever seen in two halves."""
    rest = head
    while chunk := stream.read(_CHUNK_BYTES):
        if (end := rest.rfind(row_end)) >= 0:
            end += len(row_end)
            yield rest[:end]
            rest = rest[end:]
        rest += chunk
        if len(rest) > _MAX_ROW_BYTES:
            raise _unsafe(name, "有一行（或表头之外的一段）超过 32 MB")
    yield rest


def _count_rows(numbers: list[bytes], facts: SheetFacts, name: str) -> None:
    facts.last_row = max(facts.last_row, max(map(whole_number, numbers), default=0))
    if facts.last_row > LAST_ROW:
        raise _unsafe(name, _OUTSIDE)


def _measure(block: bytes, patterns: _Patterns, facts: SheetFacts, name: str) -> None:
    cells = sum(block.count(start) for start in (patterns.cell_start, *patterns.odd_cell_starts))
    refs = patterns.refs.findall(block)
    if len(refs) != cells:
        refs = patterns.any_ref.findall(block)
        if len(refs) != cells:
            raise _unsafe(name, "有单元格没有坐标，无法说明问题所在的位置")
    facts.cell_count += cells
    _count_rows(patterns.row_number.findall(block), facts, name)
    if refs:
        names = pa.array(refs).cast(pa.string())
        rows = pc.ascii_ltrim(names, string.ascii_uppercase)
        letters = pc.unique(pc.ascii_rtrim(names, string.digits)).to_pylist()
        columns = [column_position(each) + 1 for each in letters]
        facts.last_row = max(facts.last_row, pc.max(rows.cast(pa.int32())).as_py())
        facts.last_column = max(facts.last_column, *columns)
    if facts.last_column > LAST_COLUMN or facts.last_row > LAST_ROW:
        raise _unsafe(name, _OUTSIDE)


def _collect(block: bytes, patterns: _Patterns, facts: SheetFacts) -> None:
    facts.value_count += sum(block.count(start) for start in patterns.value_starts)
    facts.value_count += len(patterns.odd_value.findall(block)) - block.count(patterns.no_value)
    if b't="e"' in block or b"t='e'" in block:
        errors = patterns.error.findall(block)
        facts.value_count -= len(errors)
        _extend(facts.error_cells, errors)
    if patterns.formula_start in block:
        found = patterns.bare_formula.findall(block)
        _extend(facts.bare_formulas, (a for a in found if not _IS_TEXT_RESULT.search(a)))
    if patterns.has_long_number.search(block):
        found = patterns.long_number.findall(block)
        _extend(facts.long_numbers, (a for a in found if not _IS_TEXT_RESULT.search(a)))
    if b"mergeCell " in block:
        facts.merges.extend(_merges(patterns.merge.findall(block)))
    if b"hidden" in block:
        for attributes in patterns.hidden_row.findall(block):
            number = _ROW_NUMBER.search(attributes)
            if number and _HIDDEN.search(attributes):
                facts.hidden_rows.append(whole_number(number[1]))
        for attributes in patterns.column.findall(block):
            facts.hidden_columns.extend(_hidden_columns(attributes))


def _extend(cells: list[Cell], found: Iterator[bytes] | list[bytes]) -> None:
    for attributes in found:
        ref = _REF.search(attributes)
        if ref and len(cells) < _MAX_LISTED:
            cells.append(parse_cell(ref[1].decode()))


def _merges(found: list[bytes]) -> Iterator[Merge]:
    for attributes in found:
        ref = _MERGE_REF.search(attributes)
        if ref:
            first, _, last = ref[1].decode().partition(":")
            (top, left), (bottom, right) = parse_cell(first), parse_cell(last or first)
            if top <= bottom and left <= right:  # else it is no range, and no program shows it
                yield Merge(top, left, bottom, right)


def _hidden_columns(attributes: bytes) -> Iterator[int]:
    first, last = (pattern.search(attributes) for pattern in _COLUMN_SPAN)
    if first and last and _HIDDEN.search(attributes):
        yield from range(whole_number(first[1]) - 1, min(whole_number(last[1]), LAST_COLUMN))


def _refuse_far_cell(facts: SheetFacts, name: str) -> None:
    area = facts.last_row * facts.last_column
    if area - facts.cell_count > MAX_EMPTY_CELLS:
        raise _unsafe(
            name,
            f"最远的单元格在第 {facts.last_row} 行、第 {facts.last_column} 列，"
            f"而有内容的单元格只有 {facts.cell_count} 个",
            "请删除数据区以外的多余行和列（选中后右键“删除”），保存后重新报送",
        )


def _unsafe(
    sheet: str,
    reason: str,
    remedy: str = "请用 Excel 或 WPS 打开，把数据复制到新工作簿后重新报送",
) -> Refusal:
    return refuse("unsafe_workbook", f"工作表“{sheet}”{reason}，为安全起见不读取", remedy, sheet)
