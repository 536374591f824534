"""The catalogue of faults in totals, reports and whole files.

Each changes a draft before it is written and tells where it shows. A file that such a fault
makes unreadable, or another month's or district's, holds no other fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from orchestration.reference.districts import district_in, reporting_districts
from orchestration.simulation.drafts import Draft
from orchestration.simulation.faults.form import DraftFault, Spot, last_row
from orchestration.simulation.faults.months import exempt_positions
from orchestration.simulation.files import layouts

_HTML = "<html><body><table><tr><td>月报表 模拟数据</td></tr></table></body></html>".encode()
_WHOLE_FILE = Spot(None, None, None)


def _differing(field: str, change: Callable[[float], float]) -> Callable[[Draft], Spot]:
    """Change one measure in the last row of a report."""

    def plant(draft: Draft) -> Spot:
        *others, row = draft.report.rows
        draft.rows = replace(draft.report, rows=(*others, row | {field: change(row[field])}))
        return Spot(last_row(draft), field, None, (field,))

    return plant


def _twice(draft: Draft) -> Spot | None:
    """Write the number of one exempt building over that of another."""
    exempt = exempt_positions(draft)
    if len(exempt) < 2:
        return None
    first, second = exempt[0], exempt[1]
    own, other = (draft.table["building_id"][position].as_py() for position in (first, second))
    draft.overrides[second, "building_id"] = own
    return Spot(
        draft.first_row + second,
        "building_id",
        own,
        ("building_id",),
        also=((draft.first_row + first, "building_id", own),),
        lost=(other,),
    )


def _other_total(draft: Draft) -> Spot | None:
    area = draft.totals.get("floor_area_m2")
    if area is None:
        return None
    draft.total_overrides["floor_area_m2"] = f"{float(area) + 100:.2f}"
    return Spot(draft.first_row + draft.row_count, "floor_area_m2", "合计", ("floor_area_m2",))


def _replaced_by(content: bytes) -> Callable[[Draft], Spot]:
    def plant(draft: Draft) -> Spot:
        draft.rewrite = lambda _: content
        return _WHOLE_FILE

    return plant


def _cut_short(draft: Draft) -> Spot | None:
    """Cut a csv behind a comma, as an interrupted transfer would."""
    if draft.layout.encoding is None:
        return None
    draft.rewrite = lambda content: content[: content.rindex(b",", 0, len(content) * 7 // 10) + 1]
    return _WHOLE_FILE


def _last_month(draft: Draft) -> Spot:
    name = district_in(draft.area_id, draft.month).district_name
    draft.title = layouts.title(name, draft.month.previous, draft.contract)
    return _WHOLE_FILE


def _other_district(draft: Draft) -> Spot:
    other = next(d for d in reporting_districts(draft.month) if d.district_id != draft.area_id)
    draft.title = layouts.title(other.district_name, draft.month, draft.contract)
    return _WHOLE_FILE


def _undated(draft: Draft) -> Spot:
    draft.title = f"{draft.contract.title}"
    return _WHOLE_FILE


def _headed(field: str, header: str) -> Callable[[Draft], Spot]:
    def plant(draft: Draft) -> Spot:
        draft.headers[field] = header
        return Spot(None, field, None)

    return plant


def _lacking(field: str) -> Callable[[Draft], Spot]:
    def plant(draft: Draft) -> Spot:
        draft.left_out.add(field)
        return Spot(None, field, None)

    return plant


def _delivered_twice(draft: Draft) -> Spot:
    draft.is_doubled = True
    return _WHOLE_FILE


FILE_FAULTS = (
    DraftFault(
        "survey_id_twice",
        "building_survey",
        "cross_record",
        "changshu",
        "两幢房屋用同一编号",
        _twice,
        2,
    ),
    DraftFault(
        "survey_total_differs",
        "building_survey",
        "cross_record",
        "zhangjiagang",
        "合计与各行之和不符",
        _other_total,
    ),
    DraftFault(
        "report_buildings_differ",
        "monthly_report",
        "cross_export",
        "taicang",
        "月报幢数与台账不符",
        _differing("surveyed_building_count", lambda n: n + 1),
    ),
    DraftFault(
        "report_cases_differ",
        "monthly_report",
        "cross_export",
        "kunshan",
        "月报核实数与台账不符",
        _differing("verified_count", lambda n: n + 1),
    ),
    DraftFault(
        "report_area_unit_slip",
        "monthly_report",
        "cross_export",
        "zhangjiagang",
        "月报面积以平方米填报",
        _differing("surveyed_floor_area_10k_m2", lambda n: round(n * 10_000)),
    ),
    DraftFault(
        "report_area_jumps",
        "monthly_report",
        "cross_month",
        "changshu",
        "月报面积比以往多报一半",
        _differing("surveyed_floor_area_10k_m2", lambda n: round(n * 1.5, 2)),
    ),
    DraftFault(
        "report_complaints_leap",
        "monthly_report",
        "cross_month",
        "wuzhong",
        "月报投诉数多填一位",
        _differing("suspected_complaint_count", lambda n: n * 10),
    ),
    DraftFault(
        "file_html_as_workbook",
        "monthly_report",
        "file",
        "sip",
        "网页另存为 xlsx",
        _replaced_by(_HTML),
    ),
    DraftFault(
        "file_last_months", "monthly_report", "file", "gaoxin", "报送了上月的报表", _last_month
    ),
    DraftFault(
        "file_other_districts",
        "monthly_report",
        "file",
        "xiangcheng",
        "报送了其他地区的报表",
        _other_district,
    ),
    DraftFault("file_empty", "alteration_cases", "file", "gaoxin", "空文件", _replaced_by(b"")),
    DraftFault(
        "file_column_renamed",
        "alteration_cases",
        "file",
        "wuzhong",
        "表头自造",
        _headed("reporter_phone", "举报人微信号"),
    ),
    DraftFault(
        "file_column_missing",
        "alteration_cases",
        "file",
        "sip",
        "缺少一列",
        _lacking("alteration_type"),
    ),
    DraftFault(
        "file_delivered_twice",
        "alteration_cases",
        "file",
        "xiangcheng",
        "同月两个文件",
        _delivered_twice,
    ),
    DraftFault(
        "file_unit_in_header",
        "building_survey",
        "file",
        "gaoxin",
        "表头单位不符",
        _headed("floor_area_m2", "建筑面积（万平方米）"),
    ),
    DraftFault("file_cut_short", "building_survey", "file", "sip", "文件传输中断", _cut_short),
    DraftFault("file_without_date", "building_changes", "file", "gaoxin", "没有截至日期", _undated),
)
