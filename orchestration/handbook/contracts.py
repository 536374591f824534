"""``contracts.md``: what a delivered file of each kind holds, from the contracts."""

from __future__ import annotations

from orchestration.handbook.markdown import code, table
from orchestration.reference.contracts import Contract, ContractColumn, load_contracts

_HEAD = """# Deliveries 报送文件

What a file of each kind may hold, from `dbt_project/models/exports/<kind>.yml`. A header may be
written in any of the ways listed; one with `/` stands in two rows, the upper cell merged, or in
one cell as it is printed here. `fangan template KIND DISTRICT --month MONTH` writes a blank
workbook. 表头可用所列任一写法；带 `/` 的是两行表头（上一行合并），也可照此写在一格内；
`fangan template` 生成空白报表。

Privacy 公开范围: `public` anybody may read it 可公开; `lookup` shown also to whom looks up that
building 可查询; `office` read in the office only 仅供内部; `personal` never leaves the archive
个人信息，只留存于存档.
"""


def page() -> str:
    """Return the page."""
    return _HEAD + "".join(map(_section, load_contracts().values()))


def _section(contract: Contract) -> str:
    facts = (
        ("delivered by 报送方", contract.delivered_by),
        ("words in the file's name 文件名用词", "、".join([contract.kind, *contract.file_words])),
        ("key 关键列", ", ".join(map(code, contract.key))),
        ("refused above 隔离超过即退回", f"{contract.quarantined_share:.0%}"),
        ("may be empty 可为零报告", "yes 是" if contract.may_be_empty else "no 否"),
        ("since 自", contract.since),
    )
    columns = table(
        (
            "表头",
            "also written 也可写作",
            "column 列",
            "type",
            "必报列",
            "codes 代码",
            "privacy",
        ),
        map(_column, contract.columns),
    )
    return (
        f"\n## {contract.title} {code(contract.kind)}\n\n{contract.description}\n\n"
        f"{table(('', ''), facts)}\n{columns}"
    )


def _column(column: ContractColumn) -> tuple[str, ...]:
    kind = f"{column.type} {column.unit}" if column.unit else column.type
    return (
        column.header,
        "、".join(column.synonyms),
        code(column.name),
        kind,
        "" if column.optional else "✓",
        "、".join(column.codes) or code(column.pattern or ""),
        column.audience,
    )
