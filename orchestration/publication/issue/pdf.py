"""``bulletin.pdf``: the same newsletter as the docx, set by typst with its fonts embedded.

The layout is ``bulletin.typ``; texts are passed as data, never as markup. The office's fonts (仿宋,
小标宋) cannot be shipped, so the pdf uses the first Chinese family of ``FAMILIES`` on the machine
and names it. The same newsletter and release time give the same bytes with the same font.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.next_issue import next_issue
from orchestration.publication.bulletin.printed_table import HEADER_CELLS
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.reference.months import chinese_date

#: Chinese families in order of preference; Debian's package for the first is fonts-noto-cjk.
FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "WenQuanYi Zen Hei")
_TEMPLATE = Path(__file__).with_name("bulletin.typ")


class NoChineseFontError(RuntimeError):
    """No Chinese font to embed; the message says which to install."""


@cache
def _fonts() -> typst.Fonts:
    """Return the machine's fonts; finding them takes as long as setting the page."""
    return typst.Fonts()


@cache
def chinese_family() -> str:
    """Return the first family of FAMILIES on this machine; raise NoChineseFontError if none."""
    known = set(_fonts().families())
    for family in FAMILIES:
        if family in known:
            return family
    raise NoChineseFontError(
        "bulletin.pdf needs a Chinese font to embed and none was found "
        f"({', '.join(FAMILIES)}). Install one, for example: apt-get install fonts-noto-cjk"
    )


def why_missing() -> str:
    """Return what this machine lacks for a pdf, or how to make it now that nothing is lacking."""
    try:
        family = chinese_family()
    except NoChineseFontError as error:
        return f"本机缺中文字体。{error}"
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
    bulletin = issue.bulletin
    return {
        "family": family,
        "title": bulletin.title,
        "marks": "".join(bulletin.marks),
        "contents": issue.contents,
        "department": [
            {"title": article.title, "paragraphs": article.paragraphs}
            for article in issue.department
        ],
        "district_news": [article.paragraphs for article in issue.district_news],
        "statistics": issue.statistics,
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
        "notes": bulletin.notes,
        "released": chinese_date(released_at.date()),
        "next": next_issue(bulletin.month),
        "date": [released_at.year, released_at.month, released_at.day],
    }
