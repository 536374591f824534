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
from docx.shared import Pt

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


def number_pages(section: Any, font: str, size: float) -> None:
    """Put the page's number below the text, centred between dashes."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
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
