"""One file from bytes to landing, inside the child: load, find the table, normalise, save.

The steps stand in the other modules; here is their order and what makes a reading of them.
Imported by the child only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.landing import NOTES, write_nothing, write_tables
from orchestration.ingest.reader.delimited import Delimited, read_delimited, refuse_ragged
from orchestration.ingest.reader.privacy import impersonal, mask_name
from orchestration.ingest.reader.sheet import Sheet, cell_name, column_letters
from orchestration.ingest.reader.sniff import sniff
from orchestration.ingest.reader.stated.titles import (
    CLAIMING,
    Titles,
    as_at_of,
    read_titles,
)
from orchestration.ingest.reader.table.as_shown import with_marks
from orchestration.ingest.reader.table.body import Body, read_body
from orchestration.ingest.reader.table.headers import Header, find_header
from orchestration.ingest.reader.table.remarks import (
    hidden_sheet,
    remarks,
    shifted_strings,
    template_remarks,
)
from orchestration.ingest.reader.table.rows import Roles, assign_roles
from orchestration.ingest.reader.table.totals import control_totals
from orchestration.ingest.reader.workbooks.prescan import prescan
from orchestration.ingest.reader.workbooks.workbook import read_sheets, refuse_unread
from orchestration.ingest.reading import Claim, Problem, Reading, Refusal, refuse
from orchestration.reference.contracts import Contract, read_stamp

#: Rows that are part of the table, or hold nothing; titles are looked at apart.
_TABLE_ROLES = ("title", "header", "total", "blank")
#: How many rows around the data, and cells of each, are looked at for dates.
_SEARCHED_NOTES = 100
_SEARCHED_CELLS = range(64)


@dataclass(frozen=True)
class _Table:
    """The one table of a file, and what was met while looking for it."""

    sheet: Sheet
    header: Header
    file_format: str
    is_epoch_1904: bool = False
    encoding: str | None = None
    problems: tuple[Problem, ...] = ()
    template: str | None = None


def read_file(
    path: Path,
    contract: Contract,
    landing: Path,
    notes: Path,
    name_key: bytes = b"",
    tell_rows: Callable[[str, int], None] = lambda *_: None,
) -> Reading:
    """Read one file, write both Parquet files, return the receipt, in which nothing is personal.

    A file that cannot be read gives a refused reading and two empty files, no exception. How many
    rows a csv or the largest sheet of a workbook has is told before it is read, which may be too
    much.
    """
    try:
        table = _load(path, contract, name_key, tell_rows)
        table = replace(table, sheet=with_marks(table.sheet, table.header, contract))
        roles = assign_roles(table.sheet, table.header, contract)
        sheet = with_marks(table.sheet, table.header, contract, roles.data_rows)
        table = replace(table, sheet=sheet)
        refuse_ragged(table.sheet, table.header.last_row, roles.data_rows)
        body = read_body(table.sheet, table.header, contract, roles, table.is_epoch_1904)
    except Refusal as refusal:
        write_nothing(contract, landing, notes)
        refused = Reading(kind=contract.kind, problems=list(refusal.problems))
        return impersonal(refused, name_key)
    write_tables([body.landed], body.landed.schema, landing)
    write_tables(body.notes, NOTES, notes)
    return impersonal(_reading(table, contract, roles, body), name_key)


def _load(
    path: Path, contract: Contract, name_key: bytes, tell_rows: Callable[[str, int], None]
) -> _Table:
    if sniff(path) == "text":
        return _load_delimited(read_delimited(path, partial(tell_rows, "csv")), contract)
    facts = prescan(path)
    tell_rows("xlsx", max((sheet.last_row for sheet in facts.sheets.values()), default=0))
    file_remarks = template_remarks(facts.stamp, contract)
    try:
        sheets = (
            replace(sheet, name=mask_name(sheet.name, name_key))
            for sheet in read_sheets(path, facts)
        )
        found = [(sheet, find_header(sheet, contract)) for sheet in sheets]
        sheet, header, problems = _choose(found, contract)
        refuse_unread(sheet)
    except Refusal as refusal:
        # columns that are not known are often those of a former template
        raise Refusal(*refusal.problems, *file_remarks) from refusal
    claimed, count = facts.strings
    if claimed != count:
        problems.append(shifted_strings(claimed, count))
    return _Table(
        sheet,
        header,
        facts.file_format,
        facts.is_epoch_1904,
        problems=(*file_remarks, *problems),
        template=facts.stamp if facts.stamp and read_stamp(facts.stamp) else None,
    )


def _load_delimited(delimited: Delimited, contract: Contract) -> _Table:
    header = find_header(delimited.sheet, contract)
    if delimited.is_chinese_lost and (header is None or not header.is_candidate):
        raise refuse(
            "bad_encoding",
            "csv 在保存时丢失了中文（变成了“?”），无法找回",
            "请打开原来的表格，另存为“CSV UTF-8(逗号分隔)(*.csv)”或 .xlsx 后重新报送",
        )
    if delimited.encoding == "gb18030" and (header is None or not header.is_candidate):
        raise refuse(
            "bad_encoding",
            "csv 不是 UTF-8 编码，按 GB18030 读取也认不出表头",
            "请在 Excel 或 WPS 中另存为“CSV UTF-8(逗号分隔)(*.csv)”后重新报送",
        )
    sheet, header, _ = _choose([(delimited.sheet, header)], contract)
    return _Table(sheet, header, "csv", encoding=delimited.encoding)


def _choose(
    found: Iterable[tuple[Sheet, Header | None]], contract: Contract
) -> tuple[Sheet, Header, list[Problem]]:
    """Return the one visible sheet that is the report; raise Refusal if there is not just one."""
    known = [(sheet, header) for sheet, header in found if header is not None]
    file_remarks = [
        hidden_sheet(s.name) for s, header in known if s.facts.is_hidden and header.is_candidate
    ]
    visible = [(sheet, header) for sheet, header in known if not sheet.facts.is_hidden]
    candidates = [(sheet, header) for sheet, header in visible if header.is_candidate]
    if len(candidates) > 1:
        names = "、".join(f"“{sheet.name}”" for sheet, _ in candidates)
        raise refuse(
            "two_sheets",
            f"工作表{names}都像{contract.title}，无法确定以哪一张为准",
            "请只保留一张，其余删除后重新报送",
            candidates[1][0].name,
        )
    if not candidates and (not visible or max(h.matched for _, h in visible) < 2):
        expected = "、".join(c.header for c in contract.columns if not c.optional)
        raise Refusal(
            Problem(
                "no_header",
                f"没有找到{contract.title}的表头（应有：{expected}）",
                "请确认报送的是这种报表，并按模板填写表头",
            ),
            *file_remarks,
        )
    sheet, header = max(candidates or visible, key=lambda pair: pair[1].matched)
    if header.problems:
        raise Refusal(*header.problems, *file_remarks)
    return sheet, header, file_remarks


def _reading(table: _Table, contract: Contract, roles: Roles, body: Body) -> Reading:
    sheet, header = table.sheet, table.header
    titles, claims = _stated(sheet, roles, body.landed)
    as_at, source = as_at_of(claims)
    is_dated = any(claim.evidence in CLAIMING for claim in claims)
    problems = [*table.problems, *remarks(sheet, header, contract, roles.data_rows)]
    if body.landed.num_rows == 0 and not (contract.may_be_empty and is_dated):
        problems.insert(0, _no_rows(sheet, contract))
    return Reading(
        kind=contract.kind,
        sheet=sheet.name,
        file_format=table.file_format,
        encoding=table.encoding,
        as_at=as_at.isoformat() if as_at else None,
        as_at_source=source,
        districts_named=list(titles.districts),
        file_rows=sheet.row_count,
        landed_rows=body.landed.num_rows,
        itemised=list(roles.itemised),
        totals=control_totals(sheet, header, contract, roles, body.landed),
        columns={name: column_letters(position) for name, position in header.columns.items()},
        headers=header.headers,
        normalised_count=body.normalised_count,
        problems=problems,
        template=table.template,
        claims=claims,
    )


def _stated(sheet: Sheet, roles: Roles, landed: pa.Table) -> tuple[Titles, list[Claim]]:
    """Return what stands around the table, and its claims with their cells, as_at's included."""
    above = [item.row for item in roles.itemised if item.role == "title"]
    others = [item.row for item in roles.itemised if item.role not in _TABLE_ROLES]
    footers = others[-_SEARCHED_NOTES:]
    rows = {"title": above, "footer": footers}
    cells = {number: sheet.row(number) for number in (*above, *footers)}
    lines = {
        number: "\t".join(text for _, text in zip(_SEARCHED_CELLS, row.values(), strict=False))
        for number, row in cells.items()
    }
    titles = read_titles([lines[n] for n in above], [lines[n] for n in footers], sheet.name)
    claims = [_placed(claim, rows.get(claim.place, []), cells) for claim in titles.claims]
    claims += [
        Claim("column", day.isoformat(), "marked", day.year, day.month, day.day)
        for day in _as_at_days(landed)
    ]
    return titles, claims


def _placed(claim: Claim, rows: list[int], cells: dict[int, dict[int, str]]) -> Claim:
    """Return a claim of a row's text with the row and the cell that it stands in."""
    if not rows or claim.row is None:
        return replace(claim, row=None, cell=None)
    row = rows[claim.row]
    position = list(cells[row])[min(int(claim.cell or 0), len(cells[row]) - 1)]
    return replace(claim, row=row, cell=cell_name(row, position))


def _as_at_days(landed: pa.Table) -> list[date]:
    """Return the distinct valid days of the as_at column, if the contract has one."""
    if "as_at" not in landed.column_names:
        return []
    days = []
    for text in pc.unique(landed["as_at"]).to_pylist():
        try:
            days.append(date.fromisoformat(text or ""))
        except ValueError:
            continue  # a cell that is no date is a rule's finding
    return days


def _no_rows(sheet: Sheet, contract: Contract) -> Problem:
    if contract.may_be_empty:
        message = f"{contract.title}只有表头，没有数据行，也没有截至日期"
        remedy = "请填写数据；本月确无数据的，请在表题注明截至日期，如“截至2022年10月31日”"
    else:
        message, remedy = f"{contract.title}只有表头，没有数据行", "请填写数据后重新报送"
    return Problem("no_rows", message, remedy, sheet.name)
