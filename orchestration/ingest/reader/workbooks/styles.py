"""The cell styles of a workbook, as far as they change what a person sees in a cell.

Lives here: reading ``styles.xml`` into one ``Style`` for each cell format. What a number format
does is in ``number_formats``; colours, borders and conditional formats are nobody's business.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.ingest.reader.workbooks.number_formats import (
    BUILTIN,
    CJK_DATES,
    Format,
    multiplier,
    other_number,
    pads,
    parse_format,
)
from orchestration.ingest.reader.workbooks.xml_parts import Element, elements

#: Of each sign; a number below one and a large one.
_SAMPLES = (0.25, 1.0, 1e9, -1.0, 0.0)
_MAX_STYLES = 100_000
_FORMS = {"superscript": "上标", "subscript": "下标"}
_STRUCK = "删除线"
_WANTED = frozenset({"cellXfs", "cellStyleXfs", "xf", "numFmts", "numFmt", "fonts", "font", "dxfs",
                     "strike", "dstrike", "vertAlign"})  # fmt: skip


@dataclass(frozen=True)
class Style:
    """One cell format: its number format, and the form of its font (empty, 上标, 下标, 删除线).

    ``shows_stored`` says that a cell of it shows what it holds; ``is_serial`` that it is a date
    which the fast reader (calamine) does not know for one, so that it gives the serial number.
    """

    format: Format
    form: str = ""
    shows_stored: bool = True
    is_serial: bool = False


DEFAULT = Style(parse_format("General"))


def read_styles(content: bytes) -> list[Style]:
    """Return the cell formats by number.

    Raises UNPARSABLE for what is no XML, Refusal for a document type.
    """
    codes: dict[int, str] = {}
    forms: list[str] = []
    formats: list[tuple[int, int]] = []
    section = ""
    for each in elements(content, _WANTED.__contains__):
        if not each.is_main:
            continue
        if each.depth == 1:
            section = each.name
        elif section == "numFmts" and each.name == "numFmt":
            codes[_number(each, "numFmtId")] = each.attributes.get("formatCode", "")
        elif section == "fonts":
            _font(each, forms)
        elif section == "cellXfs" and each.name == "xf" and len(formats) < _MAX_STYLES:
            formats.append((_number(each, "numFmtId"), _number(each, "fontId")))
    return [_style(number, font, codes, forms) for number, font in formats]


def run_form(element: Element) -> str:
    """Return the form that one property of a font gives its text, empty for none."""
    value = element.attributes.get("val", "1")
    if element.name == "vertAlign":
        return _FORMS.get(value, "")
    return _STRUCK if element.name in ("strike", "dstrike") and value not in ("0", "false") else ""


def _font(element: Element, forms: list[str]) -> None:
    if element.name == "font":
        forms.append("")
    elif forms and element.depth == 3:
        forms[-1] = run_form(element) or forms[-1]


def _style(number: int, font: int, codes: dict[int, str], forms: list[str]) -> Style:
    code = codes.get(number, BUILTIN.get(number, "General"))
    form = forms[font] if font < len(forms) else ""
    parsed = parse_format(code)
    shows_stored = not form and _shows_stored(parsed)
    return Style(parsed, form, shows_stored, is_serial=number in CJK_DATES and parsed.is_date)


def mark_of(text: str, style: Style) -> tuple[str, str, str] | None:
    """Return kind, text and what is shown of a number that its cell shows otherwise, or None.

    See ``Mark`` in ``sheet``; the kinds are form, number, unit and padding.
    """
    if style.shows_stored:
        return None
    if style.form:
        marked = f"〔{style.form}：{text}〕"
        return "form", marked, marked
    value = float(text)
    shown = other_number(value, style.format)
    if shown:
        return "number", f"{text}〔{shown}〕", shown
    words = multiplier(value, style.format)
    if words:
        return "unit", f"{text}〔显示为带“{words}”〕", f"显示为带“{words}”"
    if pads(text, style.format):
        return "padding", f"{text}〔补足位数显示〕", "补足位数显示"
    return None


def _shows_stored(parsed: Format) -> bool:
    """Whether a format shows every number as it is, and of a date the day."""
    if parsed.is_date:
        return parsed.has_day
    if parsed.code in ("", "General"):
        return True
    return not (
        any(section.condition for section in parsed.sections)
        or any(other_number(value, parsed) for value in _SAMPLES)
        or any(multiplier(value, parsed) for value in _SAMPLES)
        or pads("1", parsed)
    )


def _number(element: Element, name: str) -> int:
    text = element.attributes.get(name, "0").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
