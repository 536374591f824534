"""What a cell of a template offers and refuses: drop-downs, numbers, dates.

Code lists and the district's name must be chosen. Towns and communities are the month's official
list, on a sheet of its own, the communities those of the row's town; numbers and dates are asked
for. Against these three a clerk may insist, since the rules judge. The lists end far below the
largest ledger, but not at the last row of a sheet: not every program opens a list that long.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from orchestration.formats.xlsx import A4
from orchestration.reference.contracts import Contract, ContractColumn
from orchestration.reference.districts import CITY_ID, District
from orchestration.reference.months import Month
from orchestration.reference.places import official_communities

#: A workbook has the as-at day in its second row, so the template has no column for it.
_AS_AT = "as_at"
_LAST_ROW = 200_000
_TOWN, _COMMUNITY = "town", "community"
_PLACES_SHEET = "镇街和村社区"
_NUMBERS = ("integer", "decimal")
_LARGEST = 10**12
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def template_columns(contract: Contract) -> tuple[ContractColumn, ...]:
    """Return the columns of a template: all but the as-at day."""
    return tuple(column for column in contract.columns if column.name != _AS_AT)


def add_validations(
    book: xlsxwriter.Workbook,
    sheet: Any,
    contract: Contract,
    district: District,
    month: Month,
    first_row: int,
) -> None:
    """Add to every column what its cells offer and refuse, from ``first_row`` (0-based) on.

    Raises ValueError for a code list that does not fit a drop-down.
    """
    columns = template_columns(contract)
    places = _add_places(book, columns, district, month)
    names = [column.name for column in columns]
    for position, column in enumerate(columns):
        if column.name == _TOWN and places:
            rule = _asked("list", "请从本月名录的镇街中选择", source=places[0])
        elif column.name == _COMMUNITY and places and _TOWN in names:
            cell = f"${xl_col_to_name(names.index(_TOWN))}{first_row + 1}"
            source = places[1].replace("TOWN", cell)
            rule = _asked("list", "请从该镇街的村社区中选择", source=source)
        else:
            rule = _rule(contract, column, district)
        if rule and sheet.data_validation(first_row, position, _LAST_ROW, position, rule):
            raise ValueError(f"{contract.kind}.{column.name}: its codes do not fit a drop-down")


def _rule(contract: Contract, column: ContractColumn, district: District) -> dict[str, Any]:
    """Return the validation of a column by its contract; empty if it takes any text."""
    choices = list(column.codes)
    if column.name == contract.district_column and district.district_id != CITY_ID:
        choices = [district.district_name]
    if choices:
        return {
            "validate": "list",
            "source": choices,
            "error_title": "不在可选值中",
            "error_message": f"“{column.header}”请从下拉列表中选择。",
        }
    if column.type in _NUMBERS:
        bounds = {"criteria": "between", "minimum": -_LARGEST, "maximum": _LARGEST}
        kind = "整数" if column.type == "integer" else "数字"
        return _asked(column.type, f"这一栏应为{kind}", **bounds)
    if column.type == "date":
        bounds = {"criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
        return _asked("date", "这一栏应为日期，如 2022-10-31", **bounds)
    return {}


def _asked(kind: str, message: str, **rule: object) -> dict[str, Any]:
    """Return a validation against which a clerk may insist."""
    said = {"error_title": "请核对", "error_message": f"{message}；确需照填请选“是”。"}
    return {"validate": kind, "error_type": "warning", **said, **rule}


def _add_places(
    book: xlsxwriter.Workbook,
    columns: tuple[ContractColumn, ...],
    district: District,
    month: Month,
) -> tuple[str, str] | None:
    """Add the sheet of towns and communities; return their sources, None without any.

    The communities' source has ``TOWN`` where the cell with the row's town belongs.
    """
    if _TOWN not in {column.name for column in columns}:
        return None
    listed = {(c.town, c.community) for c in official_communities(month, district.district_id)}
    if not listed:
        return None
    style = book.add_format({"font_name": "宋体", "font_size": 11})
    header = book.add_format({"font_name": "黑体", "font_size": 11})
    sheet = book.add_worksheet(_PLACES_SHEET)
    for column, width in enumerate((24, 32, 4, 24)):
        sheet.set_column(column, column, width, style)
    # in quotation marks these are read as names and match no header
    sheet.write_row(0, 0, ("“镇街”", "“村社区”", "", "“全部镇街”"), header)
    has_communities = _COMMUNITY in {column.name for column in columns}
    towns = []
    row = 1
    for town, group in groupby(sorted(listed), key=lambda place: place[0]):
        towns.append(town)
        sheet.write_string(len(towns), 3, town)
        for _, community in group if has_communities else ():
            sheet.write_row(row, 0, (town, community))
            row += 1
    sheet.protect()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    name = f"'{_PLACES_SHEET}'!"
    found = f"{name}$A$2:$A${row}"
    communities = f"=OFFSET({name}$B$2,MATCH(TOWN,{found},0)-1,0,COUNTIF({found},TOWN),1)"
    return f"={name}$D$2:$D${len(towns) + 1}", communities
