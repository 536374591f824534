"""The sheet 填报说明 of a template: how to fill it in, and what each column means.

It is made from the contract and the rule book, so it always agrees with the checks. Its headers
are in no contract, so the reader never mistakes the sheet for a report.
"""

from __future__ import annotations

from collections.abc import Sequence

import xlsxwriter

from expectations.rule_files import load_rulebooks
from expectations.rulebook import Blank, Filled, Paired, Rule
from orchestration.formats.xlsx import Sheet, Styles
from orchestration.ingest.reader.sheet import column_letters
from orchestration.reference.contracts import Contract, ContractColumn

_SHEET_NAME = "填报说明"
_COLUMNS = {
    "列号": 6,
    "列名": 26,
    "填写内容": 14,
    "计量": 10,
    "是否必填": 32,
    "可选值": 40,
    "口径": 50,
}
_TYPE_NAMES = {
    "text": "文字",
    "free_text": "文字",
    "identifier": "编号（文本）",
    "code": "从可选值中选",
    "integer": "整数",
    "decimal": "数字",
    "date": "日期",
}
_REQUIRED, _MAY_BE_BLANK = "必填", "可空"


def add_instructions(
    book: xlsxwriter.Workbook,
    contract: Contract,
    columns: Sequence[ContractColumn],
    first_row: int,
) -> None:
    """Add the sheet; ``first_row`` is the 1-based row where data begin."""
    styles = Styles(book)
    sheet = Sheet(book, _SHEET_NAME, list(_COLUMNS.values()))
    sheet.line(f"《{contract.title}》{_SHEET_NAME}", styles.title, 30)
    for line in (*_advice(contract, first_row), f"模板版本：{contract.stamp}"):
        sheet.line(line, styles.plain, 18)
    sheet.header(list(_COLUMNS), styles)
    for position, column in enumerate(columns):
        sheet.row(_described(contract, column, position), styles)


def _advice(contract: Contract, first_row: int) -> list[str]:
    return [
        f"1. 在“{contract.title}”工作表第 {first_row} 行起逐行填写，不要改动表头，不要插入列。",
        "2. 表中第 2 行的截至日期已按报送月份填好；数据截至其他日期的，请据实改正。",
        "3. 没有发生的数量填 0；无内容的栏目留空，不要填“-”“无”“/”。",
        "4. 编号和电话以文本填写，保留前面的 0；日期填作 2022-10-31 的样式。",
        "5. 有下拉列表的栏目从列表中选择。数据行下方不要填写其他内容；合计行可有可无。",
        f"6. 保存为 xlsx，文件名中写明“{contract.file_words[0]}”，按报送日历报送。",
        "7. 数据太多、一个文件放不下的，另存为 csv，或按镇街拆成几个文件，文件名分别写明"
        "“第1部分共2”“第2部分共2”。",
    ]


def _described(contract: Contract, column: ContractColumn, position: int) -> tuple[str, ...]:
    return (
        column_letters(position),
        # in quotation marks it is read as a name and matches no header
        f"“{column.header}”",
        _TYPE_NAMES[column.type],
        column.unit or "",
        _need(contract, column),
        "、".join(column.codes),
        column.description,
    )


def _need(contract: Contract, column: ContractColumn) -> str:
    """Return whether a cell must be filled in, from the rules that require it."""
    rules = [rule for rule in load_rulebooks()[contract.kind].rules if _requires(rule, column.name)]
    if any(isinstance(rule.test, Filled) and rule.test.when is None for rule in rules):
        return _REQUIRED
    return "；".join(rule.sentence for rule in rules) or _MAY_BE_BLANK


def _requires(rule: Rule, field: str) -> bool:
    return isinstance(rule.test, Filled | Blank | Paired) and field in rule.test.columns
