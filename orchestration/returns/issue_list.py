"""``问题清单.xlsx``: every finding of a district's month, and what became of each delivery.

One line per finding, including those of refused and unreadable deliveries. The summary in prose
is in ``note``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from orchestration.formats.xlsx import Sheet, Styles, new_workbook
from orchestration.reference.vocabulary import ROW_OUTCOMES, SEVERITIES, STATES
from orchestration.returns.copies import Copy
from orchestration.returns.findings import Delivery

ISSUE_LIST_NAME = "问题清单.xlsx"
_ISSUE_SHEET, _STATE_SHEET = "问题清单", "报送情况"
#: A worksheet has at most 1,048,576 rows; further findings go to further sheets.
ISSUES_PER_SHEET = 1_000_000
_ISSUE_COLUMNS = {
    "序号": 7,
    "报表": 17,
    "文件": 24,
    "工作表": 13,
    "行": 7,
    "单元格": 8,
    "栏目": 16,
    "问题": 48,
    "改法": 36,
    "程度": 7,
    "规则": 9,
}
_STATE_COLUMNS = {
    "报表": 20,
    "文件": 36,
    "版本": 7,
    "状态": 18,
    "行数": 10,
    **dict.fromkeys(ROW_OUTCOMES.values(), 10),
    "其他行": 10,
    "问题": 10,
    "退回文件": 40,
}
_BATCH = 10_000


def write_issue_list(
    path: Path,
    title: str,
    deliveries: list[Delivery],
    copies: dict[str, list[Copy]],
    issues_per_sheet: int = ISSUES_PER_SHEET,
) -> None:
    """Write the workbook; ``copies`` are the returned files by kind."""
    total = sum(delivery.findings.num_rows for delivery in deliveries)
    with new_workbook(path, title) as (book, styles):
        for done, (delivery, finding) in enumerate(_issues(deliveries)):
            if done % issues_per_sheet == 0:
                count = min(issues_per_sheet, total - done)
                number = done // issues_per_sheet + 1
                name = _ISSUE_SHEET if number == 1 else f"{_ISSUE_SHEET}{number}"
                sheet = _sheet(
                    book, styles, name, f"{title}（共 {total} 项）", _ISSUE_COLUMNS, count
                )
            _add_issue(sheet, styles, done + 1, delivery, finding)
        sheet = _sheet(book, styles, _STATE_SHEET, title, _STATE_COLUMNS, len(deliveries))
        for delivery in deliveries:
            if not delivery.is_whole:
                _add_state(sheet, styles, delivery, copies.get(delivery.kind, []))


def _issues(deliveries: list[Delivery]) -> Iterator[tuple[Delivery, dict[str, Any]]]:
    for delivery in deliveries:
        for batch in delivery.findings.to_batches(max_chunksize=_BATCH):
            for finding in batch.to_pylist():
                yield delivery, finding


def _sheet(
    book: xlsxwriter.Workbook,
    styles: Styles,
    name: str,
    title: str,
    columns: dict[str, int],
    row_count: int,
) -> Sheet:
    sheet = Sheet(book, name, list(columns.values()))
    sheet.line(title, styles.title, 30)
    sheet.header(list(columns), styles)
    sheet.keep_in_sight(row_count)
    return sheet


def _add_issue(
    sheet: Sheet, styles: Styles, number: int, delivery: Delivery, finding: dict[str, Any]
) -> None:
    severity = finding["severity"]
    cells = (
        number,
        delivery.title,
        (finding["file_name"] if delivery.is_in_parts else None) or delivery.file_name,
        finding["sheet"],
        finding["row_number"],
        finding["cell"],
        finding["header"],
        finding["message"],
        finding["remedy"],
        SEVERITIES[severity],
        finding["rule_id"],
    )
    marked = list(_ISSUE_COLUMNS).index("程度")
    sheet.row(cells, styles, {marked: styles.severity[severity]})


def _add_state(sheet: Sheet, styles: Styles, delivery: Delivery, copies: list[Copy]) -> None:
    judgement = delivery.judgement
    cells = (
        delivery.title,
        delivery.file_name,
        delivery.arrival.version if delivery.arrival else None,
        STATES[judgement.state],
        judgement.row_count,
        judgement.accepted_count,
        judgement.quarantined_count,
        judgement.itemised_count,
        delivery.findings.num_rows,
        "、".join(copy.name for copy in copies) or None,
    )
    sheet.row(cells, styles)
