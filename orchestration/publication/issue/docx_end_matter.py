"""版记 of ``bulletin.docx``: recipients and publisher at the foot of the last page.

It is the footer of the last section, so that it stands at the foot however much text the page has;
Word, WPS and LibreOffice agree on that. Rules follow GB/T 9704-2012: thick above and below, thin
between the lines. The words come from ``newsletter.imprint``.
"""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from orchestration.formats.docx import write_page_number, write_run

#: Points: 0.35 and 0.25 mm, and the space above the page's number.
_THICK, _THIN, _ABOVE_NUMBER = 1.0, 0.7, 10
_LEFT_MM, _RIGHT_MM = 62, 94
_SIZE = 14


def add_end_matter(
    section: Any,
    lines: tuple[tuple[str, str], ...],
    font: str,
    number_font: str,
    number_size: float,
) -> None:
    """Put the lines and the page's number at the foot of a section of one page."""
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        number = footer.paragraphs[0]
        table = footer.add_table(len(lines), 2, Mm(_LEFT_MM + _RIGHT_MM))
        table.autofit = False
        # Word uses the width of cells, LibreOffice that of columns
        for column, width in zip(table.columns, (_LEFT_MM, _RIGHT_MM), strict=True):
            column.width = Mm(width)
        number._p.addprevious(table._tbl)
        for place, (row, (left, right)) in enumerate(zip(table.rows, lines, strict=True)):
            cells = (row.cells[0],) if right else (row.cells[0].merge(row.cells[1]),)
            if right:
                row.cells[0].width, row.cells[1].width = Mm(_LEFT_MM), Mm(_RIGHT_MM)
                _write(row.cells[1], right, font, WD_ALIGN_PARAGRAPH.RIGHT)
                cells = tuple(row.cells)
            _write(row.cells[0], left, font, WD_ALIGN_PARAGRAPH.LEFT)
            for cell in cells:
                above = _THIN if place else _THICK
                _rule(cell, above, _THICK if place == len(lines) - 1 else _THIN)
        number.paragraph_format.space_before = Pt(_ABOVE_NUMBER)
        write_page_number(number, side, number_font, number_size)


def _write(cell: Any, text: str, font: str, side: Any) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    # one character from the margins
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(_SIZE / 2)
    write_run(paragraph, text, font, _SIZE)


def _rule(cell: Any, above: float, below: float) -> None:
    borders = OxmlElement("w:tcBorders")
    for side, points in (("top", above), ("bottom", below)):
        line = OxmlElement(f"w:{side}")
        for name, value in (
            ("val", "single"),
            ("sz", str(round(points * 8))),
            ("space", "0"),
            ("color", "000000"),
        ):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)
