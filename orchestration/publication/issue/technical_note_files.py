"""``technical_note.html`` and ``technical_note.docx``: the note's sections as page and document.

The sections are made in ``technical_note``. The same bulletin, masthead and release time give the
same bytes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from orchestration.formats.docx import (
    never_split,
    number_pages,
    saved_bytes,
    shade,
    speak_chinese,
    write_run,
)
from orchestration.formats.xlsx import shown_width
from orchestration.masthead import Masthead
from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.html.templating import render
from orchestration.publication.issue.html_layout import Table
from orchestration.publication.issue.technical_note import note_sections, note_title
from orchestration.reference.months import chinese_date

_BODY, _HEADING, _SMALL = "仿宋", "黑体", "宋体"
_BODY_SIZE, _TITLE_SIZE, _TABLE_SIZE, _PAGE_SIZE = 12, 18, 9, 12
_TEXT_MM = 160
_NUMBERS = "一二三四五六七八九十"


def render_note_page(bulletin: Bulletin, released_at: datetime, masthead: Masthead) -> str:
    """Return ``technical_note.html``."""
    return render(
        "technical_note.html.j2",
        bulletin=bulletin,
        released_at=released_at,
        issuer=masthead.name,
        title=note_title(bulletin),
        sections=list(zip(_NUMBERS, note_sections(bulletin, masthead), strict=False)),
    )


def render_note_document(bulletin: Bulletin, released_at: datetime, masthead: Masthead) -> bytes:
    """Return the bytes of ``technical_note.docx``."""
    document = Document()
    _set_up(document, bulletin, released_at, masthead)
    title = _line(document, note_title(bulletin), _HEADING, _TITLE_SIZE)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    state = f"{wording.vintage_name(bulletin.vintage)}{''.join(bulletin.marks)}"
    dated = _line(document, f"{state}　{chinese_date(released_at.date())}", _SMALL, _TABLE_SIZE)
    dated.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number, section in zip(_NUMBERS, note_sections(bulletin, masthead), strict=False):
        _line(document, f"{number}、{section.title}", _HEADING, _BODY_SIZE, style="Heading 1")
        for sentence in section.sentences:
            paragraph = _line(document, sentence, _BODY, _BODY_SIZE)
            paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY_SIZE)
        if section.table is not None and section.table.rows:
            _table(document, section.table)
    return saved_bytes(document)


def _set_up(document: Any, bulletin: Bulletin, released_at: datetime, masthead: Masthead) -> None:
    speak_chinese(document, _BODY)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(28), Mm(28)
    number_pages(document, _SMALL, _PAGE_SIZE)
    marks = "".join(bulletin.marks)
    for header in (section.header, section.even_page_header) if marks else ():
        header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        write_run(header.paragraphs[0], marks, _HEADING, _TABLE_SIZE)
    properties = document.core_properties
    properties.title, properties.subject = note_title(bulletin), marks
    properties.author = properties.last_modified_by = masthead.publisher or "房安 Fang'an"
    properties.comments = ""
    properties.created = properties.modified = released_at.replace(tzinfo=None)


def _line(document: Any, text: str, font: str, size: float, style: str | None = None) -> Any:
    paragraph = document.add_paragraph(style=style)
    paragraph.paragraph_format.space_before = Pt(6 if style else 0)
    paragraph.paragraph_format.space_after = Pt(3)
    paragraph.paragraph_format.line_spacing = 1.25
    write_run(paragraph, text, font, size)
    return paragraph


def _table(document: Any, content: Table) -> None:
    title = _line(document, content.title, _HEADING, _TABLE_SIZE + 1)
    title.paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=len(content.headers))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    widths = _widths(content)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for number, texts in enumerate((content.headers, *content.rows)):
        row = table.add_row()
        never_split(row, is_header=number == 0)
        for place, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = Mm(width)
            if place and place not in content.texts:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            write_run(cell.paragraphs[0], text, _SMALL if number else _HEADING, _TABLE_SIZE)
            if number == 0:
                shade(cell)
    _line(document, "", _SMALL, _TABLE_SIZE)


def _widths(table: Table) -> list[float]:
    """Return the columns' widths in millimetres, by their longest texts within bounds."""
    longest = [
        min(max(shown_width(row[place]) for row in (table.headers, *table.rows)), 60) + 4
        for place in range(len(table.headers))
    ]
    return [_TEXT_MM * width / sum(longest) for width in longest]
