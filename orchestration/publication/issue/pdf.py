"""``bulletin.pdf``: the same newsletter as the docx, set by typst with its fonts embedded.

The layout is ``bulletin.typ``; texts are passed as data, never as markup. The office's fonts (仿宋,
小标宋) cannot be shipped, so the pdf uses the first Chinese family of ``FAMILIES`` on the machine.
The same newsletter and release time give the same bytes with the same font.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.printed_table import HEADER_CELLS
from orchestration.publication.newsletter.imprint import end_matter, issue_number
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.publication.newsletter.page_plan import TITLE_WIDTH, plan_pages
from orchestration.publication.newsletter.title_lines import title_lines
from orchestration.reference.months import chinese_date

#: The package of the extra ``fonts``: its fonts come first, so that every machine that has it makes
#: the same bytes.
_FONT_PACKAGE = "pylopdf_fonts_zh_cn"
#: Chinese families for text and for headings in order of preference: the package's, then Debian's.
FAMILIES = (
    "Noto Serif SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "WenQuanYi Zen Hei",
)
HEADING_FAMILIES = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC")
#: Families without a bold weight: titles get a stroke instead.
_WITHOUT_BOLD = ("Noto Serif SC", "WenQuanYi Zen Hei")
#: How to get a font: with and without rights on the system.
HOW_TO_GET_FONTS = (
    "装系统字体 apt-get install fonts-noto-cjk，"
    "或无系统权限时 pip install pylopdf-fonts-zh-cn==0.1.1（即 fangan[fonts]）"
)
_TEMPLATE = Path(__file__).with_name("bulletin.typ")


class NoChineseFontError(RuntimeError):
    """No Chinese font to embed; the message says which to install."""


@cache
def _fonts() -> typst.Fonts:
    """Return the machine's fonts; finding them takes as long as setting the page."""
    package = find_spec(_FONT_PACKAGE)
    folders = list(package.submodule_search_locations or ()) if package else []
    return typst.Fonts(font_paths=folders)


def _first_known(families: tuple[str, ...]) -> str | None:
    known = set(_fonts().families())
    return next((family for family in families if family in known), None)


@cache
def chinese_family() -> str:
    """Return the first family of FAMILIES on this machine; raise NoChineseFontError if none."""
    if family := _first_known(FAMILIES):
        return family
    raise NoChineseFontError(
        f"没有中文字体，不能生成 bulletin.pdf：{HOW_TO_GET_FONTS}。No Chinese font to embed"
    )


def why_missing() -> str:
    """Return what this machine lacks for a pdf, or how to make it now that nothing is lacking."""
    try:
        family = chinese_family()
    except NoChineseFontError as error:
        return str(error)
    return f"现已有字体 {family}，请再次统计。Make it now: fangan month MONTH --again"


def render_pdf(issue: Newsletter, released_at: datetime) -> bytes:
    """Return the bytes of ``bulletin.pdf``; raise NoChineseFontError without a Chinese font."""
    family = chinese_family()
    pdf: bytes = typst.compile(
        str(_TEMPLATE),
        format="pdf",
        sys_inputs={"issue": json.dumps(_content(issue, released_at, family), ensure_ascii=False)},
        timestamp=int(released_at.timestamp()),
        font_paths=_fonts(),
    )
    return pdf


def _content(issue: Newsletter, released_at: datetime, family: str) -> dict[str, object]:
    bulletin, plan = issue.bulletin, plan_pages(issue)
    return {
        "family": family,
        "heading": _first_known(HEADING_FAMILIES) or family,
        "has_bold": family not in _WITHOUT_BOLD,
        "author": issue.masthead.publisher or "房安 Fang'an",
        "name": issue.masthead.name,
        "number": issue_number(issue),
        "publisher": issue.masthead.publisher,
        "released": chinese_date(released_at.date()),
        "document_title": bulletin.title,
        "title": plan.title,
        "marks": "".join(bulletin.marks),
        "contents": issue.contents,
        "department": [
            {"title": title_lines(article.title, TITLE_WIDTH), "paragraphs": article.paragraphs}
            for article in issue.department
        ],
        "district_news": [article.paragraphs for article in issue.district_news],
        "above": plan.above,
        "subline": bulletin.subline,
        "header": [
            {
                "x": column,
                "y": row,
                "text": text,
                "rows": last[0] - row + 1,
                "columns": last[1] - column + 1,
            }
            for row, column, text, last in HEADER_CELLS
        ],
        "rows": [
            {
                "cells": (wording.row_name(row), *map(wording.printed_value, row.printed)),
                "is_total": row.is_city,
            }
            for row in bulletin.rows
        ],
        "notes": plan.notes,
        "last_notes": plan.last_notes,
        "below": plan.below,
        "end_matter": end_matter(issue, released_at),
        "date": [released_at.year, released_at.month, released_at.day],
    }
