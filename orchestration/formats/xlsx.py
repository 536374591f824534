"""Writes our own worksheets: safe options, named formats, page set-up.

All text goes through ``Sheet.text`` as a string with the quote prefix: whatever a district typed
never becomes a formula when the cell is opened, edited or copied. The district's own workbook is
marked in ``returns.marking`` and keeps its cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import xlsxwriter

from orchestration.formats.colours import HEADER_GROUND, REMARK

#: Fill of a marked cell, by severity, as RGB; chosen to keep black text readable in print.
SEVERITY_COLOURS = {
    "refuse": "F8A5A5",
    "quarantine": "FFC7CE",
    "warn": "FFEB9C",
    "info": "DDEBF7",
}
#: Options of a workbook in which a text is never taken for anything else.
TEXT_STAYS_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: Excel's limit for one cell, in characters.
LONGEST_TEXT = 32_767
#: Excel's numbers for sizes of paper.
A3, A4 = 8, 9
#: A wider table would be unreadable on one page's width; it is printed over several pages.
_WIDEST_PAGE = 240
_LINE_POINTS, _TALLEST_POINTS = 14.5, 400.0
#: Characters from here on are twice as wide.
_FIRST_WIDE = "\u2e80"
NOTHING_MARKED: Mapping[int, Any] = MappingProxyType({})


class Styles:
    """The formats of one workbook, named by their purpose."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        def style(**properties: object) -> Any:
            font = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
            return book.add_format({**font, "quote_prefix": True, **properties})

        boxed = {"border": 1, "text_wrap": True}
        self.title = style(font_name="黑体", font_size=15)
        self.plain = style()
        self.note = style(font_color=REMARK)
        self.header = style(**boxed, font_name="黑体", bg_color=HEADER_GROUND, align="center")
        self.text = style(**boxed)
        self.number = style(**boxed, quote_prefix=False, align="center")
        #: for the cells of a protected sheet that people fill in
        self.answer = style(**boxed, locked=False, bg_color="#FFFBE6", num_format="@")
        self.severity = {
            name: style(**boxed, bg_color=f"#{colour}") for name, colour in SEVERITY_COLOURS.items()
        }


class Sheet:
    """One worksheet, written from top to bottom."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, widths: Sequence[int]) -> None:
        self._sheet = book.add_worksheet(name)
        self._widths = widths
        self.next_row = 0
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        self._set_up_page()

    def text(self, column: int, text: str | None, style: Any) -> None:
        """Write a text cell of the current row; text too long for Excel is cut with ``…``."""
        text = text or ""
        if len(text) > LONGEST_TEXT:
            text = text[: LONGEST_TEXT - 1] + "…"
        self._sheet.write_string(self.next_row, column, text, style)

    def row(
        self,
        cells: Sequence[str | int | None],
        styles: Styles,
        marked: Mapping[int, Any] = NOTHING_MARKED,
    ) -> None:
        """Write a boxed row as high as its texts; ``marked`` has other formats by column."""
        self._sheet.set_row(self.next_row, self._height(cells))
        for column, value in enumerate(cells):
            if isinstance(value, int):
                style = marked.get(column, styles.number)
                self._sheet.write_number(self.next_row, column, value, style)
            else:
                self.text(column, value, marked.get(column, styles.text))
        self.next_row += 1

    def _height(self, cells: Sequence[str | int | None]) -> float:
        """Return the height for wrapped texts, which not every program computes itself."""
        lines = max(
            sum(-(-shown_width(line) // width) or 1 for line in cell.split("\n"))
            if isinstance(cell, str)
            else 1
            for cell, width in zip(cells, self._widths, strict=True)
        )
        return min(_TALLEST_POINTS, 4 + lines * _LINE_POINTS)

    def line(self, text: str, style: Any, height: int) -> None:
        """Write one text over the whole width in its own row."""
        self._sheet.set_row(self.next_row, height)
        self.text(0, text, style)
        self.next_row += 1

    def header(
        self, names: Sequence[str], styles: Styles, marked: Mapping[int, Any] = NOTHING_MARKED
    ) -> None:
        """Write the header; ``marked`` has other formats by column."""
        self._sheet.set_row(self.next_row, 24)
        for column, name in enumerate(names):
            self.text(column, name, marked.get(column, styles.header))
        self.next_row += 1

    def keep_in_sight(self, row_count: int) -> None:
        """Freeze the rows so far and repeat them on every page; filter the next ``row_count``."""
        header_row = self.next_row - 1
        self._sheet.freeze_panes(self.next_row, 0)
        self._sheet.repeat_rows(0, header_row)
        self._sheet.autofilter(header_row, 0, header_row + row_count, len(self._widths) - 1)

    def offer(self, column: int, row_count: int, choices: Sequence[str]) -> None:
        """Give the next ``row_count`` rows a drop-down list of the allowed choices."""
        rule = {
            "validate": "list",
            "source": list(choices),
            "error_title": "请从下拉列表选择",
            "error_message": "、".join(choices),
        }
        last_row = self.next_row + row_count - 1
        self._sheet.data_validation(self.next_row, column, last_row, column, rule)

    def protect(self) -> None:
        """Lock all cells except answers; filtering and resizing stay allowed."""
        self._sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})

    def _set_up_page(self) -> None:
        self._sheet.set_paper(A4)
        self._sheet.set_landscape()
        if sum(self._widths) <= _WIDEST_PAGE:
            self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self._sheet.set_footer("&C第 &P 页，共 &N 页")


def shown_width(text: str) -> int:
    """Return the width of a line in half-width characters; Chinese ones count double."""
    return len(text) + sum(char >= _FIRST_WIDE for char in text)


@contextmanager
def new_workbook(
    path: Path, title: str, created: datetime | None = None
) -> Iterator[tuple[xlsxwriter.Workbook, Styles]]:
    """Open a new workbook with its formats; it is written when the block ends.

    ``created`` is its date, by default now; with a fixed one equal content gives equal bytes.
    """
    options = {
        **TEXT_STAYS_TEXT,
        # rows are written in order and not kept: a ledger can have a hundred thousand affected rows
        "constant_memory": True,
        # temporary rows are kept beside the file, never in the machine's temporary folder
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        dated = {} if created is None else {"created": created}
        book.set_properties({"title": title, "author": "房安 Fang'an", **dated})
        yield book, Styles(book)
