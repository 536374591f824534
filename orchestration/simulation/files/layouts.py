"""How each district spells its files: format, dates, column order, headers, names.

The variety is invented but of the kind that districts deliver; everything here is within what a
contract allows, so that a reader notes it and a rule finds nothing. Values come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from orchestration.reference.contracts import Contract, ContractColumn
from orchestration.reference.kinds import BUILDING_CODES, DOORPLATES
from orchestration.reference.months import Month, chinese_date
from orchestration.simulation.files.sheets import Sheet, SheetColumn, spelt_days

FOOTER = "备注：模拟数据 simulated，由程序生成，不是真实数据"
_SIGNATURES = "填报人：模拟填报员　审核人：模拟审核员"


@dataclass(frozen=True)
class Layout:
    """One district's habits.

    ``encoding`` None means a workbook; ``day_spelling`` None real date cells; ``synonym`` the
    number of the synonym it prefers to the canonical header, None for the canonical one.
    """

    encoding: str | None = None
    day_spelling: str | None = None
    synonym: int | None = None
    has_total: bool = False
    is_by_town: bool = False
    puts_category_first: bool = False


_LAYOUTS = {
    "zhangjiagang": Layout(has_total=True),
    "changshu": Layout(day_spelling="%Y.%-m.%-d"),
    "taicang": Layout(synonym=0, is_by_town=True),
    "kunshan": Layout(),
    "wujiang": Layout(day_spelling="%Y年%-m月%-d日"),
    "wuzhong": Layout(puts_category_first=True),
    "xiangcheng": Layout(day_spelling="%Y%m%d", has_total=True),
    "gusu": Layout(encoding="gb18030", day_spelling="%Y-%m-%d", is_by_town=True),
    "sip": Layout(encoding="utf-8-sig", day_spelling="%Y/%-m/%-d"),
    "gaoxin": Layout(synonym=1),
}
_PLAIN = Layout()
#: A workbook of more rows is more than the platform reads, and beyond 1,048,575 than one sheet
#: holds: then every district exports csv.
SHEET_ROWS = 700_000
#: Registers of a million rows and more do not fit a worksheet.
_CSV_KINDS = (BUILDING_CODES, DOORPLATES)
_ISO_DAY = "%Y-%m-%d"
_CSV = Layout(encoding="utf-8", day_spelling=_ISO_DAY)


def layout_of(area_id: str, kind: str) -> Layout:
    """Return the habits of a district, or the city, for a kind."""
    return _CSV if kind in _CSV_KINDS else _LAYOUTS.get(area_id, _PLAIN)


def as_csv(layout: Layout) -> Layout:
    """Return the habits of a district for a ledger that is too large for its workbook."""
    if layout.encoding is not None:
        return layout
    return replace(layout, encoding=_CSV.encoding, day_spelling=layout.day_spelling or _ISO_DAY)


def file_name(area_name: str, month: Month, contract: Contract, layout: Layout) -> str:
    """Return a name that tells the kind and says 模拟."""
    ending = "xlsx" if layout.encoding is None else "csv"
    return f"{area_name}{month.chinese}{contract.title}（模拟）.{ending}"


def title(area_name: str, month: Month, contract: Contract, as_at: str | None = None) -> str:
    """Return a title row with the as-at date, which is the month's end unless told."""
    day = as_at or chinese_date(month.last_day)
    return f"{area_name}{month.chinese}{contract.title}（截至{day}）"


def sheet_of(
    table: pa.Table, contract: Contract, layout: Layout, titles: tuple[str, ...], month: Month
) -> Sheet:
    """Return a table of contract fields as the sheet that this layout makes of it.

    Absent fields are left out where optional, blank columns where not. A csv carries its as-at
    date in a column instead of a title.
    """
    if layout.encoding is not None and "as_at" not in table.column_names:
        day = pa.array([month.last_day] * table.num_rows, pa.date32())
        table, titles = table.append_column("as_at", day), ()
    present = [
        column
        for column in contract.columns
        if not column.optional or column.name in table.column_names
    ]
    columns = tuple(_column(column, table, layout) for column in _ordered(present, layout))
    return Sheet(
        name=contract.title,
        titles=titles,
        columns=columns,
        footers=(FOOTER,) if layout.encoding else (_SIGNATURES, FOOTER),
    )


def _ordered(columns: list[ContractColumn], layout: Layout) -> list[ContractColumn]:
    """Move the columns of kind behind the first, for the district that keeps them there."""
    if not layout.puts_category_first:
        return columns
    early = [column for column in columns[1:] if column.type == "code"]
    return [columns[0], *early, *(c for c in columns[1:] if c.type != "code")]


def _column(column: ContractColumn, table: pa.Table, layout: Layout) -> SheetColumn:
    header = column.header
    if layout.synonym is not None and len(column.synonyms) > layout.synonym:
        header = column.synonyms[layout.synonym]
    if column.name not in table.column_names:
        blank = pa.nulls(table.num_rows, pa.string())
        return SheetColumn(column.name, header, "text", blank)
    values = _whole(table[column.name])
    if column.type in ("integer", "decimal"):
        return SheetColumn(column.name, header, "number", values)
    if column.type != "date":
        return SheetColumn(column.name, header, "text", values)
    if layout.day_spelling is None:
        return SheetColumn(column.name, header, "day", values)
    return SheetColumn(column.name, header, "text", spelt_days(values, layout.day_spelling))


def _whole(values: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece; pieces with dictionaries of their own as plain text."""
    if values.num_chunks == 1:
        return values.chunk(0)  # joining one piece would copy it
    return (
        values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
    ).combine_chunks()


def table_of(rows: Iterable[dict[str, Any]], contract: Contract) -> pa.Table:
    """Return rows as a table: days as dates, everything else as text."""
    rows = list(rows)
    present = [c for c in contract.columns if any(row.get(c.name) is not None for row in rows)]
    return pa.table(
        {
            column.name: pa.array(
                [_text(row.get(column.name), column.type) for row in rows],
                pa.date32() if column.type == "date" else pa.string(),
            )
            for column in present
        }
    )


def _text(value: Any, kind: str) -> Any:
    return value if value is None or kind == "date" else str(value)
