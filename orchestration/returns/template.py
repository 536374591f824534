"""The blank workbook that a district fills in, made from a kind's contract.

Here: the report sheet with its locked header and formats, and the contract's stamp, which the
reader recognises. What a cell offers and refuses is in ``template_choices``, the sheet that
explains the columns in ``instructions``. A template does not mention rules; those are in the rule
book.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter

from orchestration.formats.colours import HEADER_GROUND
from orchestration.formats.xlsx import A3, A4
from orchestration.ingest.reader.table.header_words import fold_header
from orchestration.reference.contracts import (
    STAMP_PROPERTY,
    Contract,
    ContractColumn,
    load_contracts,
)
from orchestration.reference.districts import CITY_ID, District, district_in
from orchestration.reference.months import Month, chinese_date
from orchestration.returns.instructions import add_instructions
from orchestration.returns.template_choices import add_validations, template_columns
from orchestration.store.files import replacing

_TITLE_ROW, _AS_AT_ROW, _HEADER_ROW = 0, 1, 2
_BLANK = "　" * 7
_SIGNATURES = f"&C填报人：{_BLANK}审核人：{_BLANK}负责人：{_BLANK}&R填报日期：{_BLANK}"
_NARROWEST, _WIDEST = 12, 30
#: In characters; a wider form is printed on A3.
_WIDEST_A4 = 200
_FORMATS = {"integer": "0", "date": "yyyy-mm-dd"}
#: What a clerk may do on the protected sheet; only the header is locked.
_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}


def write_template(kind: str, district_id: str, month: Month, path: Path) -> None:
    """Write a blank xlsx of a kind for a district and month to ``path`` atomically.

    Raises KeyError for an unknown kind or district, ValueError for a kind that the district
    does not deliver.
    """
    contract = load_contracts()[kind]
    district = district_in(district_id, month)
    if (contract.delivered_by == "city") != (district.district_id == CITY_ID):
        raise ValueError(f"{kind} is delivered by the {contract.delivered_by}, not {district_id}")
    with replacing(path) as temporary, xlsxwriter.Workbook(str(temporary)) as book:
        book.set_properties({"title": _title(contract, district), "author": "房安 Fang'an"})
        book.set_custom_property(STAMP_PROPERTY, contract.stamp)
        first_row = _add_report(book, contract, district, month)
        columns = template_columns(contract)
        add_instructions(book, contract, columns, first_row)


def _title(contract: Contract, district: District) -> str:
    return f"{district.district_name}{contract.title}"


def _add_report(
    book: xlsxwriter.Workbook, contract: Contract, district: District, month: Month
) -> int:
    """Add the report sheet; return the 1-based number of its first data row."""
    font = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    title = book.add_format({**font, "font_name": "黑体", "font_size": 15})
    as_at = book.add_format({**font, "locked": False})
    sheet = book.add_worksheet(contract.title)
    paths = [_path(column) for column in template_columns(contract)]
    for position, column in enumerate(template_columns(contract)):
        body = book.add_format({**font, "locked": False, "num_format": _format(column)})
        sheet.set_column(position, position, _width(paths[position]), body)
    sheet.set_row(_TITLE_ROW, 28)
    sheet.write_string(_TITLE_ROW, 0, _title(contract, district), title)
    sheet.write_string(_AS_AT_ROW, 0, f"截至{chinese_date(month.last_day)}", as_at)
    first_row = _write_header(book, sheet, paths)
    add_validations(book, sheet, contract, district, month, first_row)
    sheet.freeze_panes(first_row, 1)
    sheet.protect("", _ALLOWED)
    sheet.set_landscape()
    widths = sum(map(_width, paths))
    sheet.set_paper(A4 if widths <= _WIDEST_A4 else A3)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.9)
    # signed on paper; a row of the sheet would be read as data
    sheet.set_footer(f"&L填报单位（盖章）：{_SIGNATURES}", {"scale_with_doc": False})
    sheet.repeat_rows(0, first_row - 1)
    return first_row + 1


def _path(column: ContractColumn) -> list[str]:
    """Return the levels of a column's header, with its unit unless a level already has it."""
    levels = column.header.split("/")
    if column.unit and not any(fold_header(level)[1] for level in levels):
        levels[-1] = f"{levels[-1]}({column.unit})"
    return levels


def _format(column: ContractColumn) -> str:
    """Return the number format; text for everything but numbers and dates."""
    if column.type == "decimal":
        return f"0.{'0' * column.scale}" if column.scale else "0"
    return _FORMATS.get(column.type, "@")


def _width(path: list[str]) -> int:
    return min(_WIDEST, max(_NARROWEST, 2 * len(path[-1]) + 3))


def _write_header(book: xlsxwriter.Workbook, sheet: Any, paths: list[list[str]]) -> int:
    """Write the header with merged cells for its levels; return the 0-based row below it."""
    style = book.add_format(
        {
            "font_name": "黑体",
            "font_size": 11,
            "align": "center",
            "valign": "vcenter",
            "border": 1,
            "bg_color": HEADER_GROUND,
            "text_wrap": True,
        }
    )
    depth = max(map(len, paths))
    last = _HEADER_ROW + depth - 1
    for level in range(depth):
        sheet.set_row(_HEADER_ROW + level, 36)
        _write_level(sheet, paths, level, last, style)
    return last + 1


def _write_level(sheet: Any, paths: list[list[str]], level: int, last: int, style: Any) -> None:
    """Write one level: columns with the same parent share a cell, the last level is tall."""
    row = _HEADER_ROW + level
    for path, group in groupby(enumerate(paths), key=lambda item: item[1][: level + 1]):
        columns = [position for position, _ in group]
        if len(path) <= level:
            continue
        bottom = last if len(paths[columns[0]]) == level + 1 else row
        if (row, columns[0]) == (bottom, columns[-1]):
            sheet.write_string(row, columns[0], path[level], style)
        else:
            sheet.merge_range(row, columns[0], bottom, columns[-1], path[level], style)
