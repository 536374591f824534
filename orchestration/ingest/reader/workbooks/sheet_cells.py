"""One worksheet's XML, element by element: where each cell stands, merges, what is hidden.

Slower than the scan by bytes (``sheet_xml``) and exact: positions are counted where a file names
none, namespaces are told apart. Used for a small or unusual workbook, and for the rows of a large
one that are not plain; an ``oddity`` says that calamine might misread the part. What a cell comes
to is decided in ``cell_taking``.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from orchestration.ingest.reader.sheet import (
    LAST_COLUMN,
    LAST_ROW,
    Merge,
    SheetFacts,
    column_position,
    parse_cell,
    whole_number,
)
from orchestration.ingest.reader.workbooks.cell_taking import MAX_MARKS, CellTaker
from orchestration.ingest.reader.workbooks.cell_values import Content
from orchestration.ingest.reader.workbooks.shared_strings import (
    SharedStrings,
    TextParts,
    broken_text,
)
from orchestration.ingest.reader.workbooks.styles import Style
from orchestration.ingest.reader.workbooks.xml_parts import (
    MAIN,
    MAIN_TRANSITIONAL,
    check_encoding,
    in_main,
    new_parser,
)
from orchestration.ingest.reading import Refusal, refuse

#: Empty cells a reader would allocate beside the filled ones (32 bytes each).
MAX_EMPTY_CELLS = 10_000_000
_MAX_MERGES = 200_000
OUTSIDE = "有单元格的坐标超出 Excel 的范围"
_TAGS = in_main("worksheet", "sheetData", "row", "c", "v", "f", "is", "t", "mergeCell", "col")
_REF = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ROW_NUMBER = re.compile(r"[1-9][0-9]*")
_RANGE = re.compile(r"([A-Z]{1,3}[1-9][0-9]{0,6})(?::([A-Z]{1,3}[1-9][0-9]{0,6}))?")
_TRUE = ("1", "true")
#: Elements within rows that hold no value.
_WITHOUT_VALUE = frozenset({"f", "extLst"})


class SheetParser:
    """Takes a worksheet from expat: feed ``parser`` with it, then ``finish``.

    ``content`` holds the values if asked for; ``strings`` and ``styles`` are the workbook's.
    """

    def __init__(
        self,
        name: str,
        styles: list[Style],
        strings: SharedStrings,
        is_epoch_1904: bool,
        keep_values: bool,
    ) -> None:
        self.facts = SheetFacts()
        self.content = Content() if keep_values else None
        self._taker = CellTaker(self.facts, self.content, styles, strings, is_epoch_1904)
        self._name = name
        self._letters: dict[str, int] = {}
        self._depth = self._skipped = self._parts_depth = 0
        self._in_data = self._in_row = self._in_value = self._is_skipped_row = False
        self._row, self._column = 0, -1
        self._is_row_counted = self._is_misplaced = False
        self._cell: dict[str, str] | None = None
        self._parts: TextParts | None = None
        self._value: list[str] | None = None
        self._has_formula = False
        self.parser = self._new_parser()

    def finish(self) -> SheetFacts:
        """Return the facts, after the end of the part.

        Raises Refusal (unsafe_workbook) for a far cell that would make a reader allocate
        everything up to it, and for cells that are not where they say.
        """
        self._taker.finish()
        refuse_far_cell(self.facts, self._name)
        if self._is_misplaced:
            raise self._unsafe("有单元格的坐标与所在的行不符")
        if len(self.facts.marks) > MAX_MARKS:
            raise self._unsafe("有太多单元格的格式使显示的内容与所存的不同")
        return self.facts

    def _new_parser(self) -> expat.XMLParserType:
        parser = new_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._split
        parser.ProcessingInstructionHandler = self._split
        parser.StartCdataSectionHandler = self._cdata
        parser.XmlDeclHandler = self._declaration
        return parser

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        check_encoding(encoding)
        if encoding and encoding.lower() != "utf-8":
            self.facts.oddity = "encoding"

    def _cdata(self) -> None:
        self.facts.oddity = "CDATA"

    def _split(self, *_: object) -> None:
        if self._in_value:
            raise broken_text()
        if self._parts is not None:
            self._parts.split()
        if self._in_data:
            self.facts.oddity = "comment"

    def _text(self, content: str) -> None:
        if self._in_value and self._value is not None:
            self._value.append(content)
        elif self._parts is not None:
            self._parts.text(content)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skipped:
            self._skipped += 1
            if self._is_skipped_row and _TAGS.get(tag) in ("v", "is"):
                self._taker.take_unknown()
        elif self._in_value:
            raise broken_text()
        elif self._parts is not None:
            self._parts_depth += 1
            self._parts.start(tag, attributes)
            if _TAGS.get(tag) != "t":
                self.facts.oddity = "runs"
        elif self._cell is not None:
            self._start_in_cell(tag)
        elif self._in_row and _TAGS.get(tag) == "c":
            self._start_cell(attributes)
        elif self._in_data and not self._in_row and _TAGS.get(tag) == "row":
            self._start_row(attributes)
        elif self._in_data:
            self._pass_over(tag)
        else:
            self._start_around(tag, attributes)

    def _end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._in_value:
            self._in_value = False
        elif self._parts is not None and self._parts_depth:
            self._parts_depth -= 1
            self._parts.end(tag)
        elif self._parts is not None:
            self._end_parts(self._parts)
        elif self._cell is not None:
            raw = None if self._value is None else "".join(self._value)
            self._taker.take((self._row, self._column), self._cell, raw, self._has_formula)
            self._cell = None
        elif self._in_row:
            self._in_row = False
        else:
            self._in_data = False
            self._depth -= 1

    def _start_around(self, tag: str, attributes: dict[str, str]) -> None:
        name = _TAGS.get(tag)
        if self._depth == 0 and tag != f"{MAIN_TRANSITIONAL} worksheet":
            self.facts.oddity = "root"
        elif self._depth == 1 and name == "sheetData":
            self._in_data = True
        elif self._depth == 2 and name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif self._depth == 2 and name == "col":
            self._hide_columns(attributes)
        self._depth += 1

    def _start_row(self, attributes: dict[str, str]) -> None:
        text = attributes.get("r")
        self._in_row, self._column = True, -1
        self._is_row_counted = text is None
        if text is None:
            self._row, self.facts.oddity = self._row + 1, "row without number"
        elif not _ROW_NUMBER.fullmatch(text.strip()):
            raise self._unsafe("有一行的行号无法识别")
        else:
            number = whole_number(text.strip().encode())
            if number <= self._row:
                self.facts.oddity = "order of rows"
            self._row = number
        if self._row > LAST_ROW:
            raise self._unsafe(OUTSIDE)
        self.facts.last_row = max(self.facts.last_row, self._row)
        if attributes.get("hidden") in _TRUE:
            self.facts.hidden_rows.append(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._value, self._has_formula = attributes, None, False
        ref = attributes.get("r")
        if ref is None:
            self._column, self.facts.oddity = self._column + 1, "cell without reference"
        else:
            self._find_place(ref)
        if self._column >= LAST_COLUMN or self._row > LAST_ROW:
            raise self._unsafe(OUTSIDE)
        self.facts.cell_count += 1
        self.facts.last_row = max(self.facts.last_row, self._row)
        self.facts.last_column = max(self.facts.last_column, self._column + 1)

    def _find_place(self, ref: str) -> None:
        match = _REF.fullmatch(ref.strip())
        if not match:
            raise self._unsafe("有单元格的坐标无法识别，无法说明问题所在的位置")
        letters, row = match[1], int(match[2])
        column = self._letters.get(letters)
        if column is None:
            column = self._letters[letters] = column_position(letters.upper())
        if letters != letters.upper() or ref != ref.strip() or column <= self._column:
            self.facts.oddity = "reference"
        if row != self._row:
            # a row without number is where its first cell says
            self._is_misplaced |= not self._is_row_counted or self._column >= 0
            self._row, self._is_row_counted = row, False
        self._column = column

    def _start_in_cell(self, tag: str) -> None:
        name = _TAGS.get(tag)
        if name == "v":
            if self._value is not None:
                raise broken_text()
            self._in_value, self._value = True, []
        elif name == "is" and self._value is None:
            self._parts, self._value = TextParts(), []
        else:
            self._has_formula = self._has_formula or name == "f"
            self._pass_over(tag)

    def _end_parts(self, parts: TextParts) -> None:
        assert self._cell is not None
        self._taker.take_joined((self._row, self._column), self._cell, *parts.joined())
        # the cell's own end has nothing more to tell
        self._parts, self._cell, self._value, self._has_formula = None, {}, None, False

    def _pass_over(self, tag: str) -> None:
        """Skip an element; a value within one that no sheet has is lost."""
        self._skipped = 1
        namespace, _, name = tag.rpartition(" ")
        is_lost = namespace in MAIN and name not in _WITHOUT_VALUE
        self._is_skipped_row = is_lost and self._cell is None
        if is_lost and self._cell is not None:
            self._taker.take_unknown()
        if name != "f":
            self.facts.oddity = "foreign element"

    def _merge(self, ref: str) -> None:
        match = _RANGE.fullmatch(ref)
        if match:
            (top, left), (bottom, right) = parse_cell(match[1]), parse_cell(match[2] or match[1])
            if top <= bottom and left <= right:  # else it is no range, and no program shows it
                self.facts.merges.append(Merge(top, left, bottom, right))
        if len(self.facts.merges) > _MAX_MERGES:
            raise self._unsafe("合并单元格或列的定义多得不合常理")

    def _hide_columns(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if attributes.get("hidden") in _TRUE and first.isdecimal() and last.isdecimal():
            end = min(whole_number(last.encode()), LAST_COLUMN)
            self.facts.hidden_columns.extend(range(whole_number(first.encode()) - 1, end))
        if len(self.facts.hidden_columns) > LAST_COLUMN:
            raise self._unsafe("合并单元格或列的定义多得不合常理")

    def _unsafe(self, reason: str) -> Refusal:
        return unsafe_sheet(self._name, reason)


def unsafe_sheet(
    sheet: str,
    reason: str,
    remedy: str = "请用 Excel 或 WPS 打开，把数据复制到新工作簿后重新报送",
) -> Refusal:
    """Return the refusal of a worksheet that might harm or mislead whoever reads it."""
    return refuse("unsafe_workbook", f"工作表“{sheet}”{reason}，为安全起见不读取", remedy, sheet)


def refuse_far_cell(facts: SheetFacts, name: str) -> None:
    """Raise Refusal (unsafe_workbook) for a far cell that would make a reader allocate it all."""
    area = facts.last_row * facts.last_column
    if area - facts.cell_count > MAX_EMPTY_CELLS:
        raise unsafe_sheet(
            name,
            f"最远的单元格在第 {facts.last_row} 行、第 {facts.last_column} 列，"
            f"而有内容的单元格只有 {facts.cell_count} 个",
            "请删除数据区以外的多余行和列（选中后右键“删除”），保存后重新报送",
        )
