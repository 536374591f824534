"""Word documents: text in Chinese fonts, ruled tables, page numbers, reproducible bytes.

python-docx sets fonts for Western text only and stores the current time in its archive; this
module adds what all our documents need. The text of a letter or bulletin belongs to its module.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from orchestration.formats.colours import HEADER_GROUND

#: The earliest time that a zip archive can store.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_run(paragraph: Any, text: str, font: str, size: float, *, is_bold: bool = False) -> Any:
    """Add text in a font of ``size`` points, also for East Asian characters; return the run."""
    run = paragraph.add_run(text)
    run.font.name = font
    run.font.size = Pt(size)
    run.font.bold = is_bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return run


def never_split(row: Any, *, is_header: bool) -> None:
    """Keep a table row on one page; a header row is repeated on each."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_header:
        properties.append(OxmlElement("w:tblHeader"))


def shade(cell: Any) -> None:
    """Give a cell the background of a header."""
    shading = OxmlElement("w:shd")
    for name, value in (
        ("val", "clear"),
        ("color", "auto"),
        ("fill", HEADER_GROUND.removeprefix("#")),
    ):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def number_pages(document: Any, font: str, size: float) -> None:
    """Put each page's number between dashes below the text, one character from the outer margin.

    As GB/T 9704 has it: odd pages on the right, even pages on the left.
    """
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        write_page_number(footer.paragraphs[0], side, font, size)


def write_page_number(paragraph: Any, side: Any, font: str, size: float) -> None:
    """Write the number of the page between dashes on one side, one character from its margin."""
    paragraph.alignment = side
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(size)
    write_run(paragraph, "— ", font, size)
    run = write_run(paragraph, "", font, size)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._element.append(element)
    write_run(paragraph, " —", font, size)


def speak_chinese(document: Any, font: str) -> None:
    """Say that the text is Chinese, and set it and its headings in ``font``, in black.

    Programs choose line breaking, spelling and the reading voice by this language.
    """
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in (*defaults.iter(qn("w:lang")), *document.settings.element.iter(qn("w:lang"))):
        for name in ("val", "eastAsia"):
            language.set(qn(f"w:{name}"), "zh-CN")
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style = document.styles[name]
        style.font.name, style.font.color.rgb = font, RGBColor(0, 0, 0)
        fonts = style.element.rPr.rFonts
        for key in [key for key in fonts.keys() if key.endswith("Theme")]:  # noqa: SIM118 - no mapping
            del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), font)
    document.core_properties.language = "zh-CN"


def rule(paragraph: Any, side: str, points: float, colour: str = "000000") -> None:
    """Draw a line along one side of a paragraph: ``top`` or ``bottom``."""
    borders = paragraph._p.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        paragraph._p.get_or_add_pPr().insert_element_before(
            borders, *("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
        )
    line = OxmlElement(f"w:{side}")
    for name, value in (
        ("val", "single"),
        ("sz", str(round(points * 8))),
        ("space", "4"),
        ("color", colour),
    ):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


def saved_bytes(document: Any) -> bytes:
    """Return the document's file; the same document gives the same bytes."""
    buffer, packed = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()
