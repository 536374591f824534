"""Faults in cells of the city's sampling inspection. Add an entry to plant another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from orchestration.reference.months import Month
from orchestration.simulation.faults.form import NOWHERE, CellFault, Row, overwritten
from orchestration.simulation.files.sheets import Override


def _other_group(row: Row, month: Month) -> Mapping[str, Override]:
    """Give a row to a group that another district belongs to."""
    is_first = row["inspection_group"] == "第一核查组"
    return {"inspection_group": "第二核查组" if is_first else "第一核查组"}


def _replacing_itself(row: Row, month: Month) -> Mapping[str, Override]:
    """Let a building stand in for itself, which is in the sample as before."""
    return {"replaces_building_id": row["building_id"], "replacement_reason": "无法入户"}


INSPECTION_FAULTS = (
    CellFault(
        "inspection_failed_without_issue",
        "quality_inspection",
        "record",
        "city",
        "不通过而无问题类型",
        "issue_types",
        overwritten("issue_types", None),
        {"conclusion": "不通过"},
    ),
    CellFault(
        "inspection_issue_unknown",
        "quality_inspection",
        "field",
        "city",
        "问题类型自造",
        "issue_types",
        overwritten("issue_types", "美观性"),
        {"conclusion": "不通过"},
    ),
    CellFault(
        "inspection_passed_with_deadline",
        "quality_inspection",
        "record",
        "city",
        "通过而有整改期限",
        "rectify_by",
        lambda row, month: {"rectify_by": (month.last_day + timedelta(days=30)).isoformat()},
        {"conclusion": "通过"},
    ),
    CellFault(
        "inspection_without_group",
        "quality_inspection",
        "field",
        "city",
        "核查组漏填",
        "inspection_group",
        overwritten("inspection_group", None),
    ),
    CellFault(
        "inspection_building_unknown",
        "quality_inspection",
        "cross_export",
        "city",
        "抽检的房屋不在排查台账",
        "building_id",
        overwritten("building_id", NOWHERE),
        {"district": "吴中区", "round": "初检"},
    ),
    CellFault(
        "inspection_group_elsewhere",
        "quality_inspection",
        "cross_record",
        "city",
        "核查组是另一地区的",
        "inspection_group",
        _other_group,
    ),
    CellFault(
        "inspection_contractor_unknown",
        "quality_inspection",
        "cross_record",
        "city",
        "实施单位不是该组的",
        "contractor",
        overwritten("contractor", "模拟戊房屋安全技术有限公司"),
    ),
    CellFault(
        "inspection_replacement_without_reason",
        "quality_inspection",
        "record",
        "city",
        "替换样本而无替换原因",
        "replacement_reason",
        overwritten("replacement_reason", None),
        filled=("replacement_reason",),
    ),
    CellFault(
        "inspection_replaced_and_planned",
        "quality_inspection",
        "cross_record",
        "city",
        "被替换的房屋仍在抽检",
        "replaces_building_id",
        _replacing_itself,
        {"round": "初检"},
        blank=("replaces_building_id",),
    ),
)
