"""Faults in cells of the registers: changes, inspection, codes, plates.

Add an entry to plant another; the building ledger has ``fault_survey``, cases ``fault_cases``,
dangerous buildings ``fault_dangers``.
"""

from __future__ import annotations

from datetime import timedelta

from orchestration.simulation.faults import CellFault, days_before, overwritten

#: Building numbers that no district has.
_NOWHERE, _NOWHERE_ELSE = "3205990000000000", "3205990000000001"

REGISTER_FAULTS = (
    CellFault(
        "change_new_with_old",
        "building_changes",
        "record",
        "taicang",
        "新增而填了原房屋编号",
        "old_building_id",
        overwritten("old_building_id", _NOWHERE_ELSE),
        {"change_type": "新增"},
    ),
    CellFault(
        "change_without_basis",
        "building_changes",
        "field",
        "kunshan",
        "变更依据漏填",
        "basis",
        overwritten("basis", None),
    ),
    CellFault(
        "change_new_not_listed",
        "building_changes",
        "cross_export",
        "kunshan",
        "新增的房屋不在排查台账",
        "new_building_id",
        overwritten("new_building_id", _NOWHERE),
        {"change_type": "新增"},
    ),
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
        overwritten("building_id", _NOWHERE),
        {"district": "吴中区", "round": "初检"},
    ),
    CellFault(
        "code_building_unknown",
        "building_codes",
        "cross_export",
        "city",
        "编码的房屋不在排查台账",
        "building_id",
        overwritten("building_id", _NOWHERE),
        {"district": "吴中区"},
        blank=("valid_to",),
        filled=("building_id",),
    ),
    CellFault(
        "code_ended_before_start",
        "building_codes",
        "record",
        "city",
        "注销早于启用",
        "valid_to",
        days_before("valid_to", "valid_from", 30),
        blank=("valid_to",),
    ),
    CellFault(
        "plate_without_road",
        "doorplates",
        "field",
        "city",
        "街路巷漏填",
        "road",
        overwritten("road", None),
    ),
)
