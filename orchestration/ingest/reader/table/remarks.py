"""Remarks on a readable file: lost values, hidden parts, stray cells, an old template.

Each remark is a Problem with a code of NOTED_CODES. Of the sheet only the data area is looked
at: data rows, and the columns that a field was found for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.sheet import (
    LAST_ROW,
    Cell,
    Sheet,
    at_rows,
    cell_name,
    column_letters,
    shows_something,
)
from orchestration.ingest.reader.table.as_shown import not_as_shown
from orchestration.ingest.reader.table.headers import Header
from orchestration.ingest.reading import Problem
from orchestration.reference.contracts import Contract, load_contracts, read_stamp

_CELL_REMARKS = {
    "error_cell": (
        "单元格是错误值（如 #DIV/0!、#N/A），读不出数值",
        "请改正公式，或填入正确的数值",
    ),
    "formula_without_value": (
        "公式没有保存计算结果，读不出数值",
        "请用 Excel 打开、重新计算并保存，或把公式粘贴为数值",
    ),
    "number_as_id": (
        "编号以数字格式保存，超过 15 位的部分已被 Excel 改成 0",
        "请把此列设为“文本”格式，重新填写完整编号",
    ),
}


def remarks(
    sheet: Sheet, header: Header, contract: Contract, data_rows: pa.Int32Array
) -> list[Problem]:
    """Return the remarks on the chosen sheet, in the order of codes and cells."""
    fields = {position: name for name, position in header.columns.items()}
    identifiers = {p: n for p, n in fields.items() if contract.column(n).type == "identifier"}
    rows = set(data_rows.to_pylist()) if _has_suspects(sheet) else set()
    return [
        *_cell_remarks("error_cell", sheet, sheet.facts.error_cells, rows, fields),
        *_cell_remarks("formula_without_value", sheet, sheet.facts.bare_formulas, rows, fields),
        *_cell_remarks("number_as_id", sheet, sheet.facts.long_numbers, rows, identifiers),
        *not_as_shown(sheet, header, contract, data_rows),
        *_hidden(sheet, rows, fields),
        *_stray_cells(sheet, header, data_rows),
        *_cut_off(sheet, data_rows),
        *_unread(sheet),
        *_too_fine(sheet, header, contract, data_rows),
    ]


def hidden_sheet(name: str) -> Problem:
    """Return the remark on a hidden sheet that looks like the report."""
    return Problem(
        "hidden_sheet",
        f"隐藏的工作表“{name}”也像一张报表，没有读取",
        "请确认后删除它，或取消隐藏",
        name,
    )


def template_remarks(stamp: str | None, contract: Contract) -> list[Problem]:
    """Return the remark on the template a file was filled from, if it is not the present one.

    ``stamp`` is as the pre-scan found it: None for a file from no template, which is fine.
    """
    if stamp is None or stamp == contract.stamp:
        return []
    known = read_stamp(stamp)
    if known is None:
        return [
            Problem(
                "unreadable_stamp",
                "文件属性中的模板版本无法识别，可能已损坏或被改动",
                f"请取用{contract.title}的现行模板，把数据复制进去后报送",
            )
        ]
    kind, version = known
    if kind != contract.kind:
        other = load_contracts().get(kind)
        named = f"《{other.title}》" if other else "另一种报表"
        return [
            Problem(
                "foreign_template",
                f"文件是用{named}的模板填写的，却按《{contract.title}》报送",
                f"请核对文件名和内容；确是{contract.title}的，用它的现行模板填报",
            )
        ]
    return [
        Problem(
            "old_template",
            f"文件是用旧版模板填写的（版本 {version}，现行版本 {contract.version}）",
            f"请取用{contract.title}的现行模板，今后用它填报",
        )
    ]


def shifted_strings(claimed: int, count: int) -> Problem:
    """Return the remark on a workbook whose shared texts are not as many as it says."""
    return Problem(
        "shifted_strings",
        f"工作簿的文字表声称有 {claimed} 项，实有 {count} 项，文字可能错位",
        "请用 Excel 打开，核对文字内容，另存为新的 .xlsx 后重新报送",
    )


def _has_suspects(sheet: Sheet) -> bool:
    facts = sheet.facts
    return any((facts.error_cells, facts.bare_formulas, facts.long_numbers, facts.hidden_rows))


def _cell_remarks(
    code: str, sheet: Sheet, cells: Iterable[Cell], rows: set[int], fields: dict[int, str]
) -> Iterator[Problem]:
    message, remedy = _CELL_REMARKS[code]
    for row, position in cells:
        if row in rows and position in fields:
            cell = cell_name(row, position)
            yield Problem(code, message, remedy, sheet.name, row, cell, fields[position])


def _hidden(sheet: Sheet, rows: set[int], fields: dict[int, str]) -> Iterator[Problem]:
    hidden = [row for row in sheet.facts.hidden_rows if row in rows]
    if hidden:
        yield Problem(
            "hidden_rows",
            f"有 {len(hidden)} 行数据被隐藏（第一行是第 {hidden[0]} 行），已照常读取",
            "请取消隐藏或筛选，核对后删除不需报送的行",
            sheet.name,
            hidden[0],
        )
    columns = [position for position in sheet.facts.hidden_columns if position in fields]
    if columns:
        letters = "、".join(column_letters(position) for position in columns)
        yield Problem(
            "hidden_columns",
            f"有数据的列被隐藏（{letters} 列），已照常读取",
            "请取消隐藏，核对内容",
            sheet.name,
            field=fields[columns[0]],
        )


def _stray_cells(sheet: Sheet, header: Header, data_rows: pa.Int32Array) -> Iterator[Problem]:
    """Yield one remark for each column without a header that holds something in data rows."""
    known = {*header.columns.values(), *header.serial_columns}
    for position in sorted(sheet.columns.keys() - known):
        found = data_rows.filter(shows_something(at_rows(sheet.columns[position], data_rows)))
        if len(found):
            row = found[0].as_py()
            yield Problem(
                "stray_cell",
                f"{column_letters(position)} 列没有表头却有 {len(found)} 个单元格有内容，没有读取",
                "请删除表格以外的内容，或为此列补上表头",
                sheet.name,
                row,
                cell_name(row, position),
            )


def _cut_off(sheet: Sheet, data_rows: pa.Int32Array) -> Iterator[Problem]:
    """Yield the remark that rows may not have come along."""
    if len(data_rows) == 0 or data_rows[-1].as_py() != sheet.row_count:
        return
    if sheet.row_count == LAST_ROW and sheet.field_counts is None:
        yield Problem(
            "row_limit",
            f"数据写到了 Excel 的最后一行（第 {LAST_ROW} 行），之后的数据可能已丢失",
            "请核对总行数；超出 Excel 行数的台账请以 csv 报送，或按镇街拆成几个文件，"
            "文件名写“第1部分共2”“第2部分共2”的样式",
            sheet.name,
            sheet.row_count,
        )


def _too_fine(
    sheet: Sheet, header: Header, contract: Contract, data_rows: pa.Int32Array
) -> Iterator[Problem]:
    """Yield one remark for each column with more decimal places than its sum is made of.

    What a binary number adds behind fifteen digits is none: a run of zeros or nines.
    """
    for name, position in header.columns.items():
        kept = contract.column(name).kept_scale
        if kept is None:
            continue
        values = at_rows(sheet.columns[position], data_rows)
        has_more = pc.match_substring_regex(values, rf"\.\d{{{kept}}}0*[1-9]")
        rows = data_rows.filter(pc.fill_null(has_more, False))
        texts = values.filter(pc.fill_null(has_more, False))
        is_noise = pc.match_substring_regex(
            texts, rf"\.\d{{0,{kept}}}(?:0{{4,}}|9{{4,}})\d{{0,4}}$"
        )
        rows = rows.filter(pc.invert(is_noise))
        if len(rows):
            cell = cell_name(rows[0].as_py(), position)
            yield Problem(
                "too_many_decimals",
                f"有 {len(rows)} 个单元格的小数超过 {kept} 位（第一个是 {cell}），"
                f"按四舍五入到第 {kept} 位计入",
                f"请核对；确需更高精度的不必改，否则改为不超过 {kept} 位小数",
                sheet.name,
                rows[0].as_py(),
                cell,
            )


def _unread(sheet: Sheet) -> Iterator[Problem]:
    if sheet.unread_count:
        yield Problem(
            "unread_cells",
            f"有 {sheet.unread_count} 个单元格有内容却读不出，"
            "多半是日期格式的单元格填了超出范围的数（显示为 #####）",
            "请在 Excel 中找出显示为 ##### 的单元格，改正后重新报送",
            sheet.name,
        )
