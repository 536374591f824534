"""``bulletin.docx``: the issue as the office prints and sends it, in the form of its newsletter.

It has the masthead, 本期要目, the editors' texts, the table as the bureau prints it, notes, and the
end matter. Page and fonts follow GB/T 9704-2012 (margins 37, 35, 28 and 26 mm; text 仿宋 三号 on 28
points; title 小标宋 二号; page numbers outside); fonts are named, not embedded, since the readers'
Word and WPS have them. ``pdf`` sets the same content. The same issue gives the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor

from orchestration.formats.docx import (
    never_split,
    number_pages,
    rule,
    saved_bytes,
    speak_chinese,
    write_run,
)
from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.printed_table import HEADER_CELLS
from orchestration.publication.issue.docx_end_matter import add_end_matter
from orchestration.publication.newsletter.editorial import DEPARTMENT, DISTRICT_NEWS, STATISTICS
from orchestration.publication.newsletter.imprint import end_matter, issue_number
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.publication.newsletter.page_plan import TITLE_WIDTH, PagePlan, plan_pages
from orchestration.publication.newsletter.title_lines import title_lines
from orchestration.reference.months import chinese_date

_BODY, _TITLE, _HEADING, _SMALL = "仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"
_BODY_SIZE, _TITLE_SIZE, _TABLE_SIZE, _NOTE_SIZE, _PAGE_SIZE = 16, 22, 10.5, 10.5, 14
_LINE, _TITLE_LINE, _NOTE_LINE = 28, 32, 16
_RED = RGBColor(0x9C, 0x00, 0x06)
#: The red of official mastheads, and the space for the name: 156 mm in points.
_MASTHEAD_RED, _TEXT_POINTS, _LARGEST_NAME = RGBColor(0xC0, 0x00, 0x00), 442, 36
_COLUMN_MM = (21, 20, 29, 19, 19, 24, 24)


def render_document(issue: Newsletter, released_at: datetime) -> bytes:
    """Return the bytes of ``bulletin.docx``; ``released_at`` is printed and stored as created."""
    document = Document()
    plan = plan_pages(issue)
    _set_up(document, issue, released_at)
    _masthead(document, issue, released_at)
    _contents(document, issue)
    if issue.department:
        _section_name(document, DEPARTMENT)
    for article in issue.department:
        _title(document, title_lines(article.title, TITLE_WIDTH))
        for paragraph in article.paragraphs:
            _paragraph(document, paragraph)
    if issue.district_news:
        _section_name(document, DISTRICT_NEWS)
        for article in issue.district_news:
            for place, paragraph in enumerate(article.paragraphs):
                _paragraph(document, paragraph if place else f"▲{paragraph}")
    _statistics(document, issue, plan)
    _last_page(document, issue, plan, released_at)
    return saved_bytes(document)


def _set_up(document: Any, issue: Newsletter, released_at: datetime) -> None:
    speak_chinese(document, _BODY)
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # the number's dashes are 7 mm below the text
    section.footer_distance = Mm(23)
    number_pages(document, _SMALL, _PAGE_SIZE)
    marks = "".join(issue.bulletin.marks)
    for header in (section.header, section.even_page_header) if marks else ():
        header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        write_run(header.paragraphs[0], marks, _HEADING, _NOTE_SIZE).font.color.rgb = _RED
    properties = document.core_properties
    properties.title, properties.subject = issue.bulletin.title, marks
    properties.author = properties.last_modified_by = issue.masthead.publisher or "房安 Fang'an"
    properties.comments = ""
    properties.created = properties.modified = released_at.replace(tzinfo=None)


def _masthead(document: Any, issue: Newsletter, released_at: datetime) -> None:
    """The newsletter's name in red, its number, publisher and date, above a red rule."""
    masthead = issue.masthead
    if masthead.name:
        size = min(_LARGEST_NAME, _TEXT_POINTS // len(masthead.name))
        name = _line(document, "", _TITLE, size, is_centred=True, line=size * 1.3)
        write_run(name, masthead.name, _TITLE, size).font.color.rgb = _MASTHEAD_RED
    if number := issue_number(issue):
        _line(document, number, _BODY, _BODY_SIZE, is_centred=True)
    dated = _line(document, f"{masthead.publisher}\t", _BODY, _BODY_SIZE)
    dated.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    write_run(dated, chinese_date(released_at.date()), _BODY, _BODY_SIZE)
    dated.paragraph_format.space_after = Pt(14)
    rule(dated, "bottom", 1.5, str(_MASTHEAD_RED))


def _contents(document: Any, issue: Newsletter) -> None:
    _line(document, "本期要目", _HEADING, _BODY_SIZE, is_centred=True, style="Heading 1")
    for entry in issue.contents:
        line = _line(document, f"★{entry}", _BODY, _BODY_SIZE)
        # a second line begins under the title, not under the star
        line.paragraph_format.left_indent = Pt(_BODY_SIZE)
        line.paragraph_format.first_line_indent = Pt(-_BODY_SIZE)
    _line(document, "", _BODY, _BODY_SIZE)


def _section_name(document: Any, name: str) -> Any:
    return _line(document, f"【{name}】", _HEADING, _BODY_SIZE, style="Heading 1")


def _title(document: Any, lines: tuple[str, ...]) -> None:
    paragraph = _line(
        document,
        "\n".join(lines),
        _TITLE,
        _TITLE_SIZE,
        is_centred=True,
        line=_TITLE_LINE,
        style="Heading 2",
    )
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
    style: str | None = None,
) -> Any:
    """Add a paragraph; a heading stays with what follows it by its style."""
    paragraph = document.add_paragraph(style=style)
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    if is_centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write_run(paragraph, text, font, size)
    return paragraph


def _statistics(document: Any, issue: Newsletter, plan: PagePlan) -> None:
    # the table stays with its title: in the bureau's issues, too, it has its own page
    _section_name(document, STATISTICS).paragraph_format.page_break_before = True
    _title(document, plan.title)
    for paragraph in plan.above:
        _paragraph(document, paragraph)
    units = _line(document, issue.bulletin.subline, _SMALL, _NOTE_SIZE, line=_NOTE_LINE)
    units.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    units.paragraph_format.keep_with_next = True
    _table(document, issue)
    _notes(document, plan.notes)


def _notes(document: Any, notes: tuple[str, ...]) -> None:
    for note in notes:
        _line(document, note, _SMALL, _NOTE_SIZE, line=_NOTE_LINE)


def _last_page(document: Any, issue: Newsletter, plan: PagePlan, released_at: datetime) -> None:
    """What follows the table, if anything, and 版记 at the foot of the page."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    add_end_matter(section, end_matter(issue, released_at), _BODY, _SMALL, _PAGE_SIZE)
    _notes(document, plan.last_notes)
    for paragraph in plan.below:
        _paragraph(document, paragraph)
    if not plan.has_last_text:
        _line(document, "（此页无正文）", _BODY, _BODY_SIZE)


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
