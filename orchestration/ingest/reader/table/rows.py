"""What each row of a sheet is: title, header, total, blank, footer, special, or data.

Works on whole columns and looks at single rows only where a label might stand, so that a long
clean ledger costs next to nothing. Total rows are found here and reconciled by ``totals``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.privacy import excerpt
from orchestration.ingest.reader.sheet import Sheet, shows_something
from orchestration.ingest.reader.table.headers import Header
from orchestration.ingest.reader.table.special_rows import (
    MAX_ROWS,
    filled_counts,
    folded,
    special_rows,
)
from orchestration.ingest.reading import Itemised
from orchestration.reference.contracts import Contract

#: What a total is called; a place may stand before it, a formula in brackets behind it.
_TOTAL = re.compile(
    r"[(\[【]?(?P<label>.{0,10}?(?:[合总小共累]计|总数|总和|汇总)[数值栏行项]?"
    r"|(?:grand|sub)?-?totals?|sum)[)\]】]?(?:[(\[【].{0,30}[)\]】])?(?:[:].{0,20})?",
    re.IGNORECASE,
)
_MAX_LABEL_LENGTH = 60
#: A row of a ledger with more text than this is a record, whatever one of its cells says.
_MAX_TEXTS = 3
_LABELLED_CELLS = 3
#: Rows at the end in which footers are looked for.
_FOOTER_WINDOW = 60
_FOOTER = re.compile(
    r"(?:填报|填表|制表|制单|报送|上报|审核|复核|审批|签发|校对|录入|经办|负责|分管|单位|科室|部门"
    r"|联系|电话|手机|传真|邮箱|打印|修改|更新|生成|导出|编制"
    r"|日期|时间|盖章|签字|签名|公章|备注|附注|说明|注)"
    r"(?:单位|部门)?(?:负责|联系)?(?:人|人员|单位|部门|日期|时间|电话|方式|领导|说明|栏)?"
    r"(?:签字|签名|盖章|签章)?(?:$|[\d一二三四五]?[:：(（\s]|[于在]?[\d二])"
    r"|(?:本表|以上数据|第\d+页|共\d+页)"
    r"|(?:统计|数据|报告|所属)(?:日期|时间|月份|截至|截止|期间?|时点|范围)|截[至止]"
    # the day of signing, by itself
    r"|[\d〇○零一二三四五六七八九]{2,4}\s*[年./-]\s*[\d一二三十]{1,2}\s*"
    r"(?:[月./-]\s*[\d一二三十]{1,3}\s*日?|月份?)\s*$"
)
_MEASURES = ("integer", "decimal")
#: With this many numbers under measures a row has figures, whatever its label: a telephone number
#: is only one.
_FIGURES = 2
_NUMBER = re.compile(r"[-+]?[\d０-９][\d０-９,，.．]*")


@dataclass(frozen=True)
class TotalRow:
    """A row labelled 合计, 小计 or the like: its 1-based number, its label without white space."""

    row: int
    label: str

    @property
    def is_subtotal(self) -> bool:
        """Whether it totals only the rows since the last 小计."""
        return is_subtotal(self.label)


def is_subtotal(label: str) -> bool:
    """Whether a total of that label totals only a part of the rows."""
    return "小计" in label or label.casefold().startswith("sub")


@dataclass(frozen=True)
class Roles:
    """The 1-based numbers of the data rows, and every other row."""

    data_rows: pa.Int32Array
    totals: tuple[TotalRow, ...]
    itemised: tuple[Itemised, ...]
    titles: tuple[str, ...]


def assign_roles(sheet: Sheet, header: Header, contract: Contract) -> Roles:
    """Give every row of the sheet exactly one role; rows without another role are data."""
    blank = _blank_rows(sheet, header)
    above = [n for n in range(1, header.first_row) if n not in blank]
    titles = {number: " ".join(dict.fromkeys(sheet.row(number).values())) for number in above}
    totals = [t for t in _total_rows(sheet, header, contract) if t.row not in blank]
    special = special_rows(sheet, header, titles.values())
    totals = [total for total in totals if total.row not in special]
    skipped = {n for n, role in special.items() if role != "note"} | {t.row for t in totals}
    roles = {
        **dict.fromkeys(above, "title"),
        **dict.fromkeys(range(header.first_row, header.last_row + 1), "header"),
        **special,
        **dict.fromkeys(_footer_rows(sheet, header, contract, blank, skipped), "footer"),
    }
    if contract.rows_by and len(totals) == 1 and len(blank | roles.keys()) == sheet.row_count - 1:
        totals = []  # a single row for the district, whatever it is called, totals nothing
    roles |= {total.row: "total" for total in totals}
    texts = {number: " ".join(dict.fromkeys(sheet.row(number).values())) for number in roles}
    itemised = [Itemised(sheet.name, n, role, excerpt(texts[n])) for n, role in roles.items()]
    itemised += _blank_runs(sheet.name, blank - roles.keys())
    others = pa.array(sorted(blank | roles.keys()), pa.int32())
    numbers = pa.array(np.arange(1, sheet.row_count + 1, dtype=np.int32))
    return Roles(
        data_rows=numbers.filter(pc.invert(pc.is_in(numbers, value_set=others))),
        totals=tuple(totals),
        itemised=tuple(sorted(itemised, key=lambda item: item.row)),
        titles=tuple(titles.values()),
    )


def _blank_rows(sheet: Sheet, header: Header) -> set[int]:
    """Return the rows that show nothing; each column looks only at what is still blank."""
    candidates = pa.array(np.arange(sheet.row_count, dtype=np.int32))
    mapped = list(header.columns.values())
    for position in [*mapped, *(p for p in sheet.columns if p not in mapped)]:
        if len(candidates) == 0:
            break
        shows = shows_something(sheet.columns[position].take(candidates))
        candidates = candidates.filter(pc.invert(shows))
    return {index + 1 for index in candidates.to_pylist()}


def _total_rows(sheet: Sheet, header: Header, contract: Contract) -> list[TotalRow]:
    """Return the rows that a label calls a total; of a ledger, those that are no records."""
    columns = [(contract.column(name), place) for name, place in header.columns.items()]
    texts = [p for c, p in columns if c.type not in _MEASURES and not c.personal]
    is_sparse = filled_counts(sheet, texts) <= _MAX_TEXTS
    is_sparse[: header.last_row] = False
    places = pa.array(np.flatnonzero(is_sparse | (contract.rows_by is not None)))
    keys = [header.columns[name] for name in contract.key if name in header.columns]
    found: dict[int, TotalRow] = {}
    for position in dict.fromkeys([*sorted(sheet.columns)[:_LABELLED_CELLS], *keys]):
        values = sheet.columns[position].take(places)
        hits = pc.indices_nonzero(
            pc.fill_null(pc.match_substring_regex(values, "[计总汇]|(?i:total|sum)"), False)
        )
        for index in hits.slice(0, MAX_ROWS).to_pylist():
            row = places[index].as_py() + 1
            label = total_label(values[index].as_py())
            if label and row > header.last_row:
                found.setdefault(row, TotalRow(row, label))
    return [found[row] for row in sorted(found)]


def total_label(text: str) -> str | None:
    """Return what a cell calls a total, without white space and brackets; None if it does not.

    >>> total_label(" 合 计（1+2+3）："), total_label("全区总计"), total_label("统计")
    ('合计', '全区总计', None)
    """
    if len(text) > _MAX_LABEL_LENGTH:
        return None
    match = _TOTAL.fullmatch(folded(text))
    return match["label"] if match else None


def _footer_rows(
    sheet: Sheet, header: Header, contract: Contract, blank: set[int], totals: set[int]
) -> list[int]:
    """Return the rows after the last data row that are signatures or notes.

    A labelled row is one, and below it every row with a single cell (the note goes on).
    """
    first = max(header.last_row + 1, sheet.row_count - _FOOTER_WINDOW + 1)
    tail: list[tuple[int, bool]] = []
    for number in range(sheet.row_count, first - 1, -1):
        if number in blank or number in totals:
            continue
        cells = sheet.row(number)
        is_labelled = _is_footer(cells, header, contract)
        if not is_labelled and len(cells) > 1:
            break
        tail.append((number, is_labelled))
    tail.reverse()
    labelled = next((n for n, (_, is_labelled) in enumerate(tail) if is_labelled), len(tail))
    return [number for number, _ in tail[labelled:]]


def _is_footer(cells: dict[int, str], header: Header, contract: Contract) -> bool:
    """Whether the first cell is a footer's label, in a row that is not keyed as data is.

    Where the label stands in a key column it is itself what fills the key. A row with figures
    is none.
    """
    position, text = min(cells.items())
    if not _FOOTER.match(text.strip()) or _figure_count(cells, header, contract) >= _FIGURES:
        return False
    keys = [header.columns[name] for name in contract.key if name in header.columns]
    return position in keys or not all(key in cells for key in keys)


def _figure_count(cells: dict[int, str], header: Header, contract: Contract) -> int:
    measures = {p for n, p in header.columns.items() if contract.column(n).type in _MEASURES}
    return sum(p in measures and _NUMBER.fullmatch(t.strip()) is not None for p, t in cells.items())


def _blank_runs(sheet: str, blank: set[int]) -> list[Itemised]:
    runs: list[list[int]] = []
    for number in sorted(blank):
        if runs and runs[-1][0] + runs[-1][1] == number:
            runs[-1][1] += 1
        else:
            runs.append([number, 1])
    return [Itemised(sheet, first, "blank", "", count) for first, count in runs]
