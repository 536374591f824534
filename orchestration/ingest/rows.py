"""What each row of a sheet is: title, header, total, blank, footer, or data.

Works on whole columns and looks at single rows only where a label might stand, so that a long
clean ledger costs next to nothing. Total rows are found here and reconciled by ``totals``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.contracts import Contract
from orchestration.ingest.headers import Header
from orchestration.ingest.privacy import excerpt
from orchestration.ingest.reading import Itemised
from orchestration.ingest.sheet import Sheet, shows_something

_TOTAL = re.compile(r"(.{0,10}(?:合计|总计|小计|共计))[:：]?")
_LABELLED_CELLS = 3
#: Rows at the end in which footers are looked for.
_FOOTER_WINDOW = 60
_FOOTER = re.compile(
    r"(?:填报|填表|制表|报送|审核|复核|审批|经办|负责|分管|单位|科室|部门|联系|电话|手机|传真|邮箱"
    r"|日期|时间|盖章|签字|签名|公章|备注|附注|说明|注)"
    r"(?:单位|部门)?(?:负责|联系)?(?:人|人员|单位|部门|日期|时间|电话|方式|领导|说明|栏)?"
    r"(?:签字|签名|盖章|签章)?(?:$|[\d一二三四五]?[:：(（\s])"
    r"|(?:本表|以上数据|第\d+页|共\d+页)"
)


@dataclass(frozen=True)
class TotalRow:
    """A 合计 or 小计 row: its 1-based number and its label without white space."""

    row: int
    label: str

    @property
    def is_subtotal(self) -> bool:
        """Whether it totals only the rows since the last 小计."""
        return self.label.endswith("小计")


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
    totals = [total for total in _total_rows(sheet, header) if total.row not in blank]
    special = blank | {total.row for total in totals}
    footers = _footer_rows(sheet, header, contract, blank, special - blank)
    roles = {
        **dict.fromkeys(above, "title"),
        **dict.fromkeys(range(header.first_row, header.last_row + 1), "header"),
        **{total.row: "total" for total in totals},
        **dict.fromkeys(footers, "footer"),
    }
    texts = {number: " ".join(dict.fromkeys(sheet.row(number).values())) for number in roles}
    itemised = [Itemised(sheet.name, n, role, excerpt(texts[n])) for n, role in roles.items()]
    itemised += _blank_runs(sheet.name, blank - roles.keys())
    others = pa.array(sorted(blank | roles.keys()), pa.int32())
    numbers = pa.array(np.arange(1, sheet.row_count + 1, dtype=np.int32))
    return Roles(
        data_rows=numbers.filter(pc.invert(pc.is_in(numbers, value_set=others))),
        totals=tuple(totals),
        itemised=tuple(sorted(itemised, key=lambda item: item.row)),
        titles=tuple(texts[number] for number in above),
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


def _total_rows(sheet: Sheet, header: Header) -> list[TotalRow]:
    found: dict[int, TotalRow] = {}
    for position in sorted(sheet.columns)[:_LABELLED_CELLS]:
        values = sheet.columns[position]
        hits = pc.indices_nonzero(pc.fill_null(pc.match_substring(values, "计"), False))
        for index in hits.to_pylist():
            match = _TOTAL.fullmatch(re.sub(r"\s", "", values[index].as_py()))
            if match and index + 1 > header.last_row:
                found.setdefault(index + 1, TotalRow(index + 1, match[1]))
    return [found[row] for row in sorted(found)]


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

    Where the label stands in a key column it is itself what fills the key.
    """
    position, text = min(cells.items())
    if not _FOOTER.match(text.strip()):
        return False
    keys = [header.columns[name] for name in contract.key if name in header.columns]
    return position in keys or not all(key in cells for key in keys)


def _blank_runs(sheet: str, blank: set[int]) -> list[Itemised]:
    runs: list[list[int]] = []
    for number in sorted(blank):
        if runs and runs[-1][0] + runs[-1][1] == number:
            runs[-1][1] += 1
        else:
            runs.append([number, 1])
    return [Itemised(sheet, first, "blank", "", count) for first, count in runs]
