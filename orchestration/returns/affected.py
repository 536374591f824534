"""Writes a workbook with only the affected rows: for a csv, or a workbook too large to mark.

Runs only inside ``child``. Rows are read by our own reader and written as delivered, in the
delivered order of columns, each with its row number in the source. Districts compare it with
their file and must not deliver it: its extra columns make the reader refuse it, so that a part
cannot be taken for the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from orchestration.formats import xlsx
from orchestration.formats.plain_text import printable
from orchestration.ingest.reader.delimited import read_delimited
from orchestration.ingest.reader.privacy import mask_name
from orchestration.ingest.reader.sheet import Sheet, parse_cell
from orchestration.ingest.reader.sniff import sniff
from orchestration.ingest.reader.table.columns import without_midnight
from orchestration.ingest.reader.table.headers import Header, find_header
from orchestration.ingest.reader.workbooks.prescan import prescan
from orchestration.ingest.reader.workbooks.workbook import read_sheets
from orchestration.reference.contracts import Contract
from orchestration.reference.vocabulary import SEVERITIES
from orchestration.returns.wording import STRENGTH

_SHEET_NAME = "问题行"
#: Our columns, with their widths, before the delivered ones.
_OWN_COLUMNS = {"源文件行号": 11, "存在的问题": 48, "改法": 32}
_ADVICE = "本表只列有问题的行，供对照。请在原文件中改正后报送原文件的全部数据，不要报送本表。"

Finding = dict[str, Any]


def write_affected_rows(
    delivered: Path,
    contract: Contract,
    findings: Iterable[Finding],
    target: Path,
    name_key: bytes = b"",
) -> bool:
    """Write the rows that have findings; return whether there were any.

    ``findings`` are rows of the schema FINDINGS; those without a row number are left out. Their
    sheet names are masked with ``name_key``. Raises Refusal if the file cannot be read.
    """
    by_row: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding["row_number"] is not None:
            by_row[finding["row_number"]].append(finding)
    if not by_row:
        return False
    found = _table(delivered, contract, next(iter(by_row.values()))[0]["sheet"], name_key)
    if found is None:
        return False
    sheet, header = found
    _write(target, sheet, header, by_row, f"{contract.title}有问题的行")
    return True


def _table(
    delivered: Path, contract: Contract, name: str, name_key: bytes
) -> tuple[Sheet, Header] | None:
    """Return the sheet of the findings and its header, or None if it has none."""
    for sheet in _sheets(delivered):
        if mask_name(sheet.name, name_key) == name:
            header = find_header(sheet, contract)
            return (sheet, header) if header else None
    return None


def _sheets(delivered: Path) -> Iterable[Sheet]:
    if sniff(delivered) == "text":
        return [read_delimited(delivered).sheet]
    return read_sheets(delivered, prescan(delivered))


def _write(
    target: Path, sheet: Sheet, header: Header, by_row: dict[int, list[Finding]], title: str
) -> None:
    header_rows = list(range(header.first_row, header.last_row + 1))
    rows = sorted(row for row in by_row.keys() - set(header_rows) if row <= sheet.row_count)
    positions = sorted(sheet.columns)
    widths = [*_OWN_COLUMNS.values(), *(16 for _ in positions)]
    with xlsx.new_workbook(target, title) as (book, styles):
        written = xlsx.Sheet(book, _SHEET_NAME, widths)
        written.line(f"{title}（共 {len(rows)} 行）", styles.title, 30)
        written.line(_ADVICE, styles.note, 20)
        *upper, lowest = _delivered_rows(sheet, positions, header_rows)
        for number, cells in zip(header_rows[:-1], upper, strict=True):
            marked = _marked(by_row.get(number, []), positions, styles)
            written.row([number, "", "", *cells], styles, marked)
        names = [*_OWN_COLUMNS, *(name or "" for name in lowest)]
        written.header(names, styles, _marked(by_row.get(header_rows[-1], []), positions, styles))
        written.keep_in_sight(len(rows))
        for number, cells in zip(rows, _delivered_rows(sheet, positions, rows), strict=True):
            findings = by_row[number]
            own = (number, _problems(findings), _remedies(findings))
            written.row([*own, *cells], styles, _marked(findings, positions, styles))


def _delivered_rows(
    sheet: Sheet, positions: list[int], rows: list[int]
) -> list[tuple[str | None, ...]]:
    """Return the delivered texts of these rows in the given columns."""
    indices = pa.array([row - 1 for row in rows], pa.int64())
    columns = [
        printable(without_midnight(sheet.columns[position].take(indices))).to_pylist()
        for position in positions
    ]
    return list(zip(*columns, strict=True))


def _marked(findings: list[Finding], positions: list[int], styles: xlsx.Styles) -> dict[int, Any]:
    """Return the format of each marked cell by its column in the new sheet."""
    strongest: dict[int, str] = {}
    for finding in sorted(findings, key=lambda finding: STRENGTH[finding["severity"]]):
        if finding["cell"]:
            strongest[parse_cell(finding["cell"])[1]] = finding["severity"]
    columns = {position: column for column, position in enumerate(positions, len(_OWN_COLUMNS))}
    return {
        columns[position]: styles.severity[severity]
        for position, severity in strongest.items()
        if position in columns
    }


def _problems(findings: list[Finding]) -> str:
    return "\n".join(
        f"【{SEVERITIES[finding['severity']]} {finding['rule_id']}】"
        f"{finding['cell'] or ''} {finding['message']}"
        for finding in findings
    )


def _remedies(findings: list[Finding]) -> str:
    return "\n".join(dict.fromkeys(finding["remedy"] for finding in findings))
