"""Faults in cells of the registers: changes, codes, plates.

Add an entry to plant another; the building ledger has ``survey``, cases ``cases``,
dangerous buildings ``dangers``, the sampling inspection ``inspection``.
"""

from __future__ import annotations

from orchestration.simulation.faults.form import NOWHERE, CellFault, days_before, overwritten

#: Another building number that no district has.
_NOWHERE_ELSE = "3205990000000001"

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
        overwritten("new_building_id", NOWHERE),
        {"change_type": "新增"},
    ),
    CellFault(
        "code_building_unknown",
        "building_codes",
        "cross_export",
        "city",
        "编码的房屋不在排查台账",
        "building_id",
        overwritten("building_id", NOWHERE),
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
