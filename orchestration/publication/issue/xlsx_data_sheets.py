"""The machine-readable sheets of ``bulletin.xlsx``: one mart per sheet, one header row, no merges.

Add a mart here if readers will load it into another program. Headers are the marts' column names,
values are typed, and text is never a formula. Sheets for people are in ``xlsx``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from orchestration.formats.spreadsheet_text import looks_like_formula
from orchestration.formats.xlsx import LONGEST_TEXT, shown_width
from orchestration.publication.bulletin.matching_rows import CodeMatching
from orchestration.publication.bulletin.model import FINDING_LIMIT, Bulletin
from orchestration.publication.bulletin.rows import (
    Correction,
    Delivery,
    Difference,
    DistrictFigures,
    Finding,
    Inspection,
    Verdict,
    Waiver,
)
from orchestration.publication.bulletin.status_markers import NOT_AVAILABLE, status_marker
from orchestration.publication.bulletin.topic_rows import (
    Assessment,
    CaseFlow,
    DangerClosure,
    ExplainedCase,
    LedgerChange,
    MeasureChange,
    OpenCases,
    SupervisedCase,
)
from orchestration.publication.issue.xlsx_styles import Styles, set_up_page
from orchestration.reference.measures import PRINTED_MEASURES

_WIDEST_COLUMN = 48
_ROWS_MEASURED = 200


@dataclass(frozen=True)
class _DataSheet:
    """``markers``, if any, form a last column; missing values of ``measures`` are ``[x]``."""

    name: str
    content: str
    row_class: type
    rows: Sequence[Any]
    markers: Sequence[str] = ()
    measures: Sequence[str] = ()


def _sheets(bulletin: Bulletin) -> tuple[_DataSheet, ...]:
    capped = (
        f"，仅列前{FINDING_LIMIT:,}条，全部{bulletin.finding_count:,}条见"
        "statistics.duckdb 的 marts.rpt_finding"
        if bulletin.finding_count > FINDING_LIMIT
        else f"，共{bulletin.finding_count:,}条"
    )
    return (
        _DataSheet(
            "district_monthly",
            "公报表的机读版：各地区及全市",
            DistrictFigures,
            bulletin.rows,
            [status_marker(row, bulletin.history.revisions) for row in bulletin.rows],
            (*PRINTED_MEASURES, "surveyed_floor_area_m2"),
        ),
        _DataSheet("delivery", "各地区各类报表的报送与接收情况", Delivery, bulletin.deliveries),
        _DataSheet("verdict", "各项规则对每份报表的判定", Verdict, bulletin.verdicts),
        _DataSheet("finding", f"未通过规则的单元格{capped}", Finding, bulletin.findings),
        _DataSheet("reconciliation", "台账与月报的差异", Difference, bulletin.differences),
        _DataSheet(
            "inspection_progress",
            "各地区及全市抽检核查的进度和结果",
            Inspection,
            bulletin.inspections,
        ),
        _DataSheet(
            "code_matching",
            "一房一码与公安门牌的匹配结果和复核所得的准确率",
            CodeMatching,
            bulletin.code_matchings,
        ),
        _DataSheet("case_flow", "违法拆改案件的月内流量", CaseFlow, bulletin.case_flows),
        _DataSheet("case_ageing", "违法拆改未结案件的账龄", OpenCases, bulletin.open_cases),
        _DataSheet(
            "case_explanation",
            "以前月份核实、本月处理完成的案件，和须调整才平衡的案件",
            ExplainedCase,
            bulletin.explained_cases,
        ),
        _DataSheet(
            "danger_closure", "危房闭环，分地区和等级", DangerClosure, bulletin.danger_closures
        ),
        _DataSheet(
            "d_grade_supervision", "D级危房专项督查台账", SupervisedCase, bulletin.supervised_cases
        ),
        _DataSheet("assessment", "各地区考核得分与名次", Assessment, bulletin.assessments),
        _DataSheet(
            "ledger_change", "各地区台账与上月相比的变化", LedgerChange, bulletin.ledger_changes
        ),
        _DataSheet(
            "measure_change",
            "公报表各项指标的环比、同比、累计、占比和排名",
            MeasureChange,
            bulletin.measure_changes,
        ),
        _DataSheet("correction", "更正的单元格及采用情况", Correction, bulletin.corrections),
        _DataSheet("waiver", "豁免的记录及采用情况", Waiver, bulletin.waivers),
    )


def contents(bulletin: Bulletin) -> dict[str, str]:
    """Return the sheets' names and contents for the table of contents."""
    return {sheet.name: sheet.content for sheet in _sheets(bulletin)}


def add_all(book: xlsxwriter.Workbook, styles: Styles, bulletin: Bulletin) -> None:
    """Add every machine-readable sheet after the existing ones."""
    for data in _sheets(bulletin):
        _add(book, styles, data, bulletin.marks)


def _add(
    book: xlsxwriter.Workbook, styles: Styles, data: _DataSheet, marks: tuple[str, ...]
) -> None:
    sheet = book.add_worksheet(data.name)
    names = [field.name for field in fields(data.row_class)]
    headers = [*names, *(["status_marker"] if data.markers else [])]
    sheet.write_row(0, 0, headers, styles.data_header)
    for number, row in enumerate(data.rows, start=1):
        for column, name in enumerate(names):
            value = getattr(row, name)
            is_absent = value is None and name in data.measures
            _write(sheet, styles, number, column, NOT_AVAILABLE if is_absent else value)
    for number, text in enumerate(data.markers, start=1):
        _write(sheet, styles, number, len(names), text)
    for column, name in enumerate(names):
        sheet.set_column(column, column, _width(name, data.rows))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(data.rows), 1), len(headers) - 1)
    set_up_page(sheet, marks, repeat_rows=(0, 0))


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, styles: Styles, row: int, column: int, value: object
) -> None:
    """Write one value as its own type; None leaves the cell empty."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, styles.data)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, styles.data_count)
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, value, styles.data_area)
    elif isinstance(value, float):
        sheet.write_number(row, column, value, styles.data)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value, styles.data_time)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, styles.data_date)
    elif isinstance(value, str):
        style = styles.data_quoted if looks_like_formula(value) else styles.data
        sheet.write_string(row, column, value[:LONGEST_TEXT], style)


def _width(name: str, rows: Sequence[Any]) -> int:
    """Return a column width that shows most values."""
    texts = [name + "  ", *(str(getattr(row, name) or "") for row in rows[:_ROWS_MEASURED])]
    return min(max(map(shown_width, texts)) + 2, _WIDEST_COLUMN)
