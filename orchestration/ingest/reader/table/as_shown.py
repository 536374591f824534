"""Cells that show another thing than they hold, in columns where that matters.

A superscript, a struck-out figure, a format that scales or a merge that covers a figure is put
into the text of the cell, as ``30〔上标：1〕``, which no type accepts: the row is held back by the
rules of its column, and the finding says what was seen. Titles, headers and free text keep their
plain text. Which cells have such a form is found in ``cell_taking``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.sheet import Mark, Sheet, at_rows, cell_name, is_invisible
from orchestration.ingest.reader.table.headers import Header
from orchestration.ingest.reading import Problem, refuse
from orchestration.reference.contracts import Contract, ContractColumn

_NUMBERS = frozenset({"integer", "decimal"})
_NAMES = frozenset({"identifier", "code"})
#: The types of columns in which each kind of mark matters; a form matters in keys as well.
_MATTERS = {
    "form": _NUMBERS | _NAMES | {"date"},
    "covered": _NUMBERS | _NAMES | {"date"},
    "number": _NUMBERS | _NAMES | {"date"},
    "unit": frozenset({"integer"}),
    "padding": _NAMES,
    "no_day": frozenset({"date"}),
}
_DATE_CELL = r"^[0-9]{4,5}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
_UNMERGE = "请取消合并单元格，逐行按原始材料填写应报的内容，多余的清空"
#: A finding for each of more cells would be no help; the rows are held back all the same.
_MAX_PROBLEMS = 1_000
_GENERAL = "请清空该单元格，把格式改为“常规”，按原始材料重新填写应报的数"
_ONLY_MEANT = "请清空该单元格，按原始材料重新填写应报的内容，不用上标、下标和删除线"


def with_marks(
    sheet: Sheet, header: Header, contract: Contract, data_rows: pa.Int32Array | None = None
) -> Sheet:
    """Return the sheet with the marked texts in its columns.

    As long as it is not known which rows are data, only those of numbers and dates are replaced,
    in all rows below the header: what stands in the others may be a footer.
    """
    if data_rows is None and sheet.facts.merges:
        fields = {position: contract.column(name) for name, position in header.columns.items()}
        marks = [*sheet.facts.marks, *_covered(sheet, header, fields)]
        sheet = dataclasses.replace(sheet, facts=dataclasses.replace(sheet.facts, marks=marks))
    if not sheet.facts.marks:
        return sheet
    rows = None if data_rows is None else set(data_rows.to_pylist())
    columns = dict(sheet.columns)
    by_column: dict[int, dict[int, str]] = {}
    for mark, column in _marks(sheet, header, contract):
        if (mark.row in rows) if rows is not None else column.type in _NUMBERS | {"date"}:
            by_column.setdefault(mark.column, {})[mark.row - 1] = mark.text
    for position, texts in by_column.items():
        values = columns[position].to_pylist()
        for index, text in texts.items():
            values[index] = text
        columns[position] = pa.array(values, pa.string())
    return dataclasses.replace(sheet, columns=columns) if by_column else sheet


def not_as_shown(
    sheet: Sheet, header: Header, contract: Contract, data_rows: pa.Int32Array
) -> list[Problem]:
    """Return one remark for each data cell that shows another thing than it holds."""
    rows = set(data_rows.to_pylist()) if sheet.facts.marks else set()
    problems = [
        _problem(sheet, mark, column)
        for mark, column in _marks(sheet, header, contract)
        if mark.row in rows
    ]
    return [*problems, *_dates_for_numbers(sheet, header, contract, data_rows)][:_MAX_PROBLEMS]


def _marks(
    sheet: Sheet, header: Header, contract: Contract
) -> Iterator[tuple[Mark, ContractColumn]]:
    """Yield the marks that matter in their columns, below the header."""
    fields = {position: contract.column(name) for name, position in header.columns.items()}
    for mark in sheet.facts.marks:
        column = fields.get(mark.column)
        if column is None or column.personal or not header.last_row < mark.row <= sheet.row_count:
            continue
        is_key = mark.kind in ("form", "covered") and column.name in contract.key
        if is_key or column.type in _MATTERS[mark.kind]:
            yield mark, column


def _covered(sheet: Sheet, header: Header, fields: dict[int, ContractColumn]) -> Iterator[Mark]:
    """Yield the cells that a merge covers and that hold another text than the one it shows."""
    allowed = sheet.row_count * len(sheet.columns)
    for merge in sheet.facts.merges:
        first, last = max(merge.first_row, header.last_row + 1), merge.last_row
        positions = [p for p in fields if merge.first_column <= p <= merge.last_column]
        if first > min(last, sheet.row_count):
            continue
        allowed -= (min(last, sheet.row_count) - first + 1) * len(positions)
        if allowed < 0:
            raise refuse(
                "unsafe_workbook",
                "合并单元格相互重叠，无法确定显示的是哪一个",
                "请取消合并单元格，核对内容后重新报送",
                sheet.name,
            )
        shown = sheet.columns.get(merge.first_column)
        text = shown[merge.first_row - 1].as_py() if shown is not None else None
        for position in positions:
            values = sheet.columns[position].slice(first - 1, last - first + 1)
            for row in (pc.indices_nonzero(pc.is_valid(values)).to_numpy() + first).tolist():
                held = sheet.columns[position][row - 1].as_py()
                is_anchor = (row, position) == (merge.first_row, merge.first_column)
                is_label = held == text and fields[position].type == "text"
                if not (is_anchor or is_label or is_invisible(held)):
                    yield Mark(row, position, "covered", f"〔被合并单元格盖住：{held}〕", "")


def _problem(sheet: Sheet, mark: Mark, column: ContractColumn) -> Problem:
    message, remedy = _words(mark, column)
    cell = cell_name(mark.row, mark.column)
    return Problem("not_as_shown", message, remedy, sheet.name, mark.row, cell, column.name)


def _words(mark: Mark, column: ContractColumn) -> tuple[str, str]:
    """Return message and remedy; what an id or a name holds is not shown."""
    is_shown = column.type in _NUMBERS or column.type == "date"
    if mark.kind == "form":
        seen = f"（{mark.shown}）" if is_shown else ""
        return f"单元格有上标、下标或删除线{seen}，无法确定应报的是哪一部分", _ONLY_MEANT
    if mark.kind == "covered":
        return "单元格被合并单元格盖住，里面却还有内容，打开表格看不到", _UNMERGE
    if mark.kind == "no_day":
        return (
            f"日期只显示“{mark.shown}”，没有显示日",
            "请填写完整的年月日，并以显示年月日的格式保存",
        )
    if mark.kind == "padding":
        return (
            "编号是数字，靠单元格格式补足位数，显示的与所存的不同",
            "请把此列设为“文本”格式，按显示的样子重新填写完整编号",
        )
    held = f"存的是 {mark.text.partition('〔')[0]}，" if is_shown else ""
    return f"单元格的数字格式使显示的数与所存的不同：{held}{mark.shown}", _GENERAL


def _dates_for_numbers(
    sheet: Sheet, header: Header, contract: Contract, data_rows: pa.Int32Array
) -> Iterator[Problem]:
    """Yield a remark for each number or id that Excel holds as a date."""
    for name, position in header.columns.items():
        column = contract.column(name)
        if column.type not in _NUMBERS | _NAMES or column.personal:
            continue
        values = at_rows(sheet.columns[position], data_rows)
        is_date = pc.fill_null(pc.match_substring_regex(values, _DATE_CELL), False)
        for row in data_rows.filter(is_date)[:_MAX_PROBLEMS].to_pylist():
            yield Problem(
                "not_as_shown",
                "单元格是日期格式，此处应填的不是日期",
                "请清空该单元格，把格式改为“常规”（编号用“文本”），按原始材料重新填写",
                sheet.name,
                row,
                cell_name(row, position),
                name,
            )
