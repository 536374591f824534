"""``bulletin.docx``: the issue as the office prints and sends it, in the form of its newsletter.

It has 本期要目, the editors' texts, the table as the bureau prints it, and notes. Page and fonts
follow GB/T 9704-2012 as quoted by practice guides (margins 37, 35, 28 and 26 mm; text 仿宋 三号 on
28 points; title 小标宋 二号); fonts are named, not embedded, since the readers' Word and WPS have
them. ``pdf`` sets the same content. The same issue gives the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Mm, Pt, RGBColor

from orchestration.formats.docx import never_split, number_pages, saved_bytes, write_run
from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.next_issue import next_issue
from orchestration.publication.bulletin.printed_table import HEADER_CELLS
from orchestration.publication.newsletter.editorial import DISTRICT_NEWS, STATISTICS
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.reference.months import chinese_date

_BODY, _TITLE, _HEADING, _SMALL = "仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"
_BODY_SIZE, _TITLE_SIZE, _TABLE_SIZE, _NOTE_SIZE, _PAGE_SIZE = 16, 22, 10.5, 10.5, 14
_LINE, _TITLE_LINE, _NOTE_LINE = 28, 32, 16
_RED = RGBColor(0x9C, 0x00, 0x06)
_COLUMN_MM = (21, 20, 29, 19, 19, 24, 24)


def render_document(issue: Newsletter, released_at: datetime) -> bytes:
    """Return the bytes of ``bulletin.docx``; ``released_at`` is printed and stored as created."""
    document = Document()
    _set_up(document, issue, released_at)
    _contents(document, issue)
    for article in issue.department:
        if article is issue.department[0]:
            _section_name(document, article.section)
        _title(document, article.title)
        for paragraph in article.paragraphs:
            _paragraph(document, paragraph)
    if issue.district_news:
        _section_name(document, DISTRICT_NEWS)
        for article in issue.district_news:
            for place, paragraph in enumerate(article.paragraphs):
                _paragraph(document, paragraph if place else f"▲{paragraph}")
    _statistics(document, issue, released_at)
    return saved_bytes(document)


def _set_up(document: Any, issue: Newsletter, released_at: datetime) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    number_pages(section, _SMALL, _PAGE_SIZE)
    marks = "".join(issue.bulletin.marks)
    if marks:
        header = section.header.paragraphs[0]
        header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        write_run(header, marks, _HEADING, _NOTE_SIZE).font.color.rgb = _RED
    properties = document.core_properties
    properties.title, properties.subject = issue.bulletin.title, marks
    properties.author = properties.last_modified_by = "房安 Fang'an"
    properties.comments = ""
    properties.created = properties.modified = released_at.replace(tzinfo=None)


def _contents(document: Any, issue: Newsletter) -> None:
    _line(document, "本期要目", _HEADING, _BODY_SIZE, is_centred=True)
    for entry in issue.contents:
        _line(document, f"★{entry}", _BODY, _BODY_SIZE)
    _line(document, "", _BODY, _BODY_SIZE)


def _section_name(document: Any, name: str) -> Any:
    paragraph = _line(document, f"【{name}】", _HEADING, _BODY_SIZE)
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def _title(document: Any, text: str) -> None:
    paragraph = _line(document, text, _TITLE, _TITLE_SIZE, is_centred=True, line=_TITLE_LINE)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(8)


def _paragraph(document: Any, text: str) -> None:
    paragraph = _line(document, text, _BODY, _BODY_SIZE)
    paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY_SIZE)


def _line(
    document: Any,
    text: str,
    font: str,
    size: float,
    *,
    is_centred: bool = False,
    line: float = _LINE,
) -> Any:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    if is_centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write_run(paragraph, text, font, size)
    return paragraph


def _statistics(document: Any, issue: Newsletter, released_at: datetime) -> None:
    # the table stays with its title: in the bureau's issues, too, it has its own page
    _section_name(document, STATISTICS).paragraph_format.page_break_before = True
    _title(document, issue.bulletin.title)
    for paragraph in issue.statistics:
        _paragraph(document, paragraph)
    units = _line(document, issue.bulletin.subline, _SMALL, _NOTE_SIZE, line=_NOTE_LINE)
    units.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    units.paragraph_format.keep_with_next = True
    _table(document, issue)
    for number, note in enumerate(issue.bulletin.notes, start=1):
        _line(document, f"注{number}：{note}", _SMALL, _NOTE_SIZE, line=_NOTE_LINE)
    last = _line(document, "（此页无正文）", _BODY, _BODY_SIZE)
    last.paragraph_format.page_break_before = True
    for text in (
        f"报出日期：{chinese_date(released_at.date())}",
        f"下次发布：{next_issue(issue.bulletin.month)}",
    ):
        _line(document, text, _BODY, _BODY_SIZE).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _table(document: Any, issue: Newsletter) -> None:
    """The table with the bureau's two-row header, which repeats on each page."""
    rows = issue.bulletin.rows
    table = document.add_table(rows=2 + len(rows), cols=len(_COLUMN_MM))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    # Word uses the width of cells, LibreOffice that of columns
    for column, width in zip(table.columns, _COLUMN_MM, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, _COLUMN_MM, strict=True):
            cell.width = Mm(width)
    for row, column, text, last in HEADER_CELLS:
        first = table.cell(row, column)
        cell = first if last == (row, column) else first.merge(table.cell(*last))
        _cell(cell, text, _HEADING)
    # by rows: table.cell() computes the whole grid again for each cell
    for row, figures in zip(table.rows[2:], rows, strict=True):
        texts = (wording.row_name(figures), *map(wording.printed_value, figures.printed))
        for cell, text in zip(row.cells, texts, strict=True):
            _cell(cell, text, _SMALL, is_bold=figures.is_city)
    for number, row in enumerate(table.rows):
        never_split(row, is_header=number < 2)


def _cell(cell: Any, text: str, font: str, *, is_bold: bool = False) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    write_run(paragraph, text, font, _TABLE_SIZE, is_bold=is_bold)
