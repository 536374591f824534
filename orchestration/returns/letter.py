"""A plain official letter as docx: title, paragraphs, headings, items, tables.

Here: fonts, sizes and margins of a letter. ``formats.docx`` makes runs and tables; the text comes
from the caller (``note``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt, RGBColor

from orchestration.formats.docx import (
    never_split,
    number_pages,
    saved_bytes,
    shade,
    speak_chinese,
    write_run,
)

_BODY_FONT, _HEADING_FONT, _TABLE_FONT = "仿宋", "黑体", "宋体"
_BODY_SIZE, _TITLE_SIZE, _TABLE_SIZE = 12, 18, 9
_FIRST_LINE_INDENT = Pt(2 * _BODY_SIZE)
_RED = RGBColor(0x9C, 0x00, 0x06)
#: A fixed time, so that the same ledger always gives the same bytes.
_CREATED = datetime(2020, 1, 1)


class Letter:
    """An A4 letter written from top to bottom; ``mark``, if any, is printed on every page."""

    def __init__(self, title: str, mark: str) -> None:
        self._document = Document()
        speak_chinese(self._document, _BODY_FONT)
        self._set_up_page(mark)
        self._set_properties(title, mark)
        if mark:
            self._add(f"【{mark}】", _HEADING_FONT, _BODY_SIZE, is_centred=True, colour=_RED)
        self._add(title, _HEADING_FONT, _TITLE_SIZE, is_centred=True)

    def addressee(self, text: str) -> None:
        """Add the line that says whom the letter is for, from the margin."""
        self._add(text, _BODY_FONT, _BODY_SIZE)

    def signature(self, sender: str, date: str) -> None:
        """Add who sends the letter, if known, and its date, two characters from the right."""
        for text in filter(None, (sender, date)):
            paragraph = self._add(text, _BODY_FONT, _BODY_SIZE)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = _FIRST_LINE_INDENT
            paragraph.paragraph_format.keep_with_next = text == sender

    def heading(self, text: str) -> None:
        """Add a heading that stays on one page with the text after it."""
        self._add(text, _HEADING_FONT, _BODY_SIZE).paragraph_format.keep_with_next = True

    def paragraph(self, text: str) -> None:
        """Add a paragraph with the first line indented by two characters."""
        self._add(
            text, _BODY_FONT, _BODY_SIZE
        ).paragraph_format.first_line_indent = _FIRST_LINE_INDENT

    def item(self, text: str) -> None:
        """Add an entry of a list."""
        self.paragraph(f"· {text}")

    def table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
    ) -> None:
        """Add a ruled table; ``widths`` are in centimetres, the header repeats on each page."""
        table = self._document.add_table(rows=0, cols=len(header))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for number, texts in enumerate([header, *rows]):
            row = table.add_row()
            never_split(row, is_header=number == 0)
            for cell, text, width in zip(row.cells, texts, widths, strict=True):
                cell.width = Cm(width)
                font = _HEADING_FONT if number == 0 else _TABLE_FONT
                write_run(cell.paragraphs[0], text, font, _TABLE_SIZE)
                if number == 0:
                    shade(cell)
        self._document.add_paragraph().paragraph_format.space_after = Pt(0)

    def save(self, path: Path) -> None:
        """Write the docx."""
        path.write_bytes(saved_bytes(self._document))

    def _add(
        self,
        text: str,
        font: str,
        size: int,
        *,
        is_centred: bool = False,
        colour: RGBColor | None = None,
    ) -> Any:
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(4)
        paragraph.paragraph_format.line_spacing = 1.3
        if is_centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = write_run(paragraph, text, font, size)
        if colour is not None:
            run.font.color.rgb = colour
        return paragraph

    def _set_up_page(self, mark: str) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2.2)
        number_pages(self._document, _TABLE_FONT, _BODY_SIZE)
        for header in (section.header, section.even_page_header) if mark else ():
            run = write_run(header.paragraphs[0], mark, _HEADING_FONT, _TABLE_SIZE)
            run.font.color.rgb = _RED
            header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _set_properties(self, title: str, mark: str) -> None:
        properties = self._document.core_properties
        properties.title = title
        properties.subject = mark
        properties.author = properties.last_modified_by = "房安 Fang'an"
        properties.comments = ""
        properties.created = properties.modified = _CREATED
