"""Faults in cells of the register of dangerous buildings.

Add an entry to plant another; towns and communities that are wrong are in ``places``.
"""

from __future__ import annotations

from orchestration.simulation.faults.form import CellFault, days_before, overwritten

DANGER_FAULTS = (
    CellFault(
        "danger_control_as_elimination",
        "danger_cases",
        "record",
        "kunshan",
        "只有临时管控就以消险关闭",
        "accepted_on",
        lambda row, month: {
            "closed_reason": "消险",
            "closed_on": month.last_day.isoformat(),
        },
        {"progress": "正在施工"},
        ("closed_on",),
        ("treatment",),
    ),
    CellFault(
        "danger_without_control",
        "danger_cases",
        "record",
        "wujiang",
        "D 级而无临时管控",
        "interim_control",
        overwritten("interim_control", None),
        {"appraisal_grade": "D"},
    ),
    CellFault(
        "danger_monitor_missing",
        "danger_cases",
        "record",
        "zhangjiagang",
        "动态监测而无监测单位",
        "monitor_unit",
        overwritten("monitor_unit", None),
        {"is_monitored": "是"},
    ),
    CellFault(
        "danger_appraised_before_found",
        "danger_cases",
        "record",
        "changshu",
        "鉴定早于发现",
        "appraised_on",
        days_before("appraised_on", "found_on", 5),
        {"appraisal_no": "1"},
    ),
    CellFault(
        "danger_closed_as_false_alarm",
        "danger_cases",
        "cross_record",
        "wuzhong",
        "鉴定为 C 级而以误报关闭",
        "closed_reason",
        lambda row, month: {
            "closed_reason": "误报",
            "closed_on": month.last_day.isoformat(),
        },
        {"progress": "正在施工", "appraisal_grade": "C"},
        ("closed_on",),
    ),
    CellFault(
        "danger_next_step_past",
        "danger_cases",
        "cross_record",
        "xiangcheng",
        "下一步期限已过而未更新",
        "next_step_on",
        lambda row, month: {"next_step_on": month.first_day.isoformat()},
        blank=("closed_on",),
        filled=("next_step_on",),
    ),
)
