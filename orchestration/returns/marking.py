"""Marks the findings in a district's own workbook, as cell comments and fills.

Runs only inside ``child``. Values, formulas, merges, widths, validations and the district's own
comments are kept. openpyxl cannot keep pictures, charts, macros and cached results of formulas,
so Excel and WPS recalculate the copy when they open it. Cell values are never changed.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.formats.xlsx import SEVERITY_COLOURS
from orchestration.ingest.reader.privacy import mask_name
from orchestration.reference.vocabulary import SEVERITIES
from orchestration.returns.wording import STRENGTH

#: Separates a district's own comment from ours, so that a later return replaces only ours.
MARK = "【房安退回意见】"
_AUTHOR = "房安"
_MAX_COMMENT_LENGTH = 8_000
_COMMENT_WIDTH, _LINE_HEIGHT, _LINE_CHARS = 320, 18, 22
_FILLS = {name: PatternFill("solid", fgColor=colour) for name, colour in SEVERITY_COLOURS.items()}

Finding = dict[str, Any]


class UnfaithfulCopyError(ValueError):
    """A workbook in which openpyxl would change a value; only its rows are returned."""


def write_marked_copy(
    delivered: Path, findings: Iterable[Finding], target: Path, name_key: bytes = b""
) -> None:
    """Write the delivered workbook with a comment and a fill in each cell that has findings.

    ``findings`` are rows of the schema FINDINGS; those without a cell are left out. Their sheet
    names are masked with ``name_key``. Raises UnfaithfulCopyError if a value would be changed.
    """
    book = _load(delivered)
    for sheet in book.worksheets:
        _remove_earlier_marks(sheet)
    named = {mask_name(sheet.title, name_key): sheet for sheet in book.worksheets}
    for (name, cell), met in _by_cell(findings).items():
        _mark(_anchor(named[name], cell), met)
    book.calculation.fullCalcOnLoad = True
    book.save(target)


def _load(delivered: Path) -> Workbook:
    with delivered.open("rb") as stream, warnings.catch_warnings():
        # a number outside the calendar, in a cell formatted as a date, would become #VALUE!
        warnings.filterwarnings("error", message=".*marked as a date", category=UserWarning)
        try:
            return load_workbook(stream, keep_links=False, rich_text=True)
        except UserWarning as warning:
            raise UnfaithfulCopyError("a date cell has a number outside the calendar") from warning


def _by_cell(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    cells: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding["cell"]:
            cells[finding["sheet"], finding["cell"]].append(finding)
    return cells


def _anchor(sheet: Worksheet, name: str) -> Cell:
    """Return the cell, or the first cell of its merged range."""
    cell = sheet[name]
    if isinstance(cell, MergedCell):
        merged = next(area for area in sheet.merged_cells.ranges if name in area)
        cell = sheet.cell(merged.min_row, merged.min_col)
    return cell


def _remove_earlier_marks(sheet: Worksheet) -> None:
    """Remove the comments and fills of an earlier return, if the district edited that copy."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is None or MARK not in cell.comment.text:
                continue
            own = cell.comment.text.partition(MARK)[0].rstrip()
            cell.comment = Comment(own, cell.comment.author) if own else None
            cell.fill = PatternFill()


def _mark(cell: Cell, findings: list[Finding]) -> None:
    strongest = max((finding["severity"] for finding in findings), key=STRENGTH.__getitem__)
    cell.fill = _FILLS[strongest]
    lines = [
        f"{number}. 【{SEVERITIES[finding['severity']]} {finding['rule_id']}】"
        f"{finding['message']}\n改法：{finding['remedy']}"
        for number, finding in enumerate(findings, start=1)
    ]
    own = f"{cell.comment.text.rstrip()}\n" if cell.comment else ""
    text = "\n".join([f"{own}{MARK}", *lines])[:_MAX_COMMENT_LENGTH]
    author = cell.comment.author if cell.comment else _AUTHOR
    shown = sum(1 + len(line) // _LINE_CHARS for line in text.split("\n"))
    height = (shown + 1) * _LINE_HEIGHT
    cell.comment = Comment(text, author, height=height, width=_COMMENT_WIDTH)
