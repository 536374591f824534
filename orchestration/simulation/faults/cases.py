"""Faults in cells of the ledger of alteration cases.

Add an entry to plant another; the other registers have ``registers``.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.reference.months import Month
from orchestration.simulation.faults.form import NOWHERE, CellFault, Row, days_before, overwritten
from orchestration.simulation.files.sheets import Override

_CONFIRMED = {"verification_result": "属实"}


def _earlier_case(row: Row, month: Month) -> Mapping[str, Override] | None:
    """Suit a case that was received before the month, whose report then does not count it."""
    is_earlier = Month.of(row["received_on"]) < month
    return {"source_channel": "热线转办"} if is_earlier else None


CASE_FAULTS = (
    CellFault(
        "case_channel_unknown",
        "alteration_cases",
        "field",
        "kunshan",
        "线索来源自造",
        "source_channel",
        _earlier_case,
        {"verification_result": "不属实"},
        is_unusable=True,
    ),
    CellFault(
        "case_type_unknown",
        "alteration_cases",
        "field",
        "changshu",
        "疑似类型不在代码表",
        "alteration_type",
        overwritten("alteration_type", "乱拆"),
    ),
    CellFault(
        "case_visit_without_result",
        "alteration_cases",
        "record",
        "taicang",
        "有核实日期而无结果",
        "verification_result",
        overwritten("verification_result", None),
        {"verification_result": "无法入户"},
    ),
    CellFault(
        "case_completed_without_resolution",
        "alteration_cases",
        "record",
        "gusu",
        "处理完成而无方式",
        "resolution",
        overwritten("resolution", None),
        {"resolution": "恢复原状"},
    ),
    CellFault(
        "case_withdrawn_without_date",
        "alteration_cases",
        "record",
        "kunshan",
        "有撤销原因而无日期",
        "withdrawn_on",
        overwritten("withdrawal_reason", "当事人撤回"),
        {"verification_result": "不属实"},
        ("withdrawn_on", "withdrawal_reason"),
    ),
    CellFault(
        "case_double_without_number",
        "alteration_cases",
        "record",
        "kunshan",
        "重复受理而未写重复于哪一起",
        "duplicate_of",
        overwritten("duplicate_of", None),
        {"verification_result": "重复受理"},
    ),
    CellFault(
        "case_number_without_double",
        "alteration_cases",
        "record",
        "gusu",
        "不是重复受理而写了重复于",
        "duplicate_of",
        lambda row, month: {"duplicate_of": row["case_id"]},
        _CONFIRMED,
        ("duplicate_of",),
    ),
    CellFault(
        "case_transfer_without_date",
        "alteration_cases",
        "record",
        "gusu",
        "移送而无移送日期",
        "transferred_on",
        overwritten("transferred_on", None),
        {"resolution": "移送"},
    ),
    CellFault(
        "case_date_without_transfer",
        "alteration_cases",
        "record",
        "changshu",
        "不是移送而有移送日期",
        "transferred_on",
        lambda row, month: {"transferred_on": row["completed_on"].isoformat()},
        {"resolution": "恢复原状"},
    ),
    CellFault(
        "case_verified_before_received",
        "alteration_cases",
        "record",
        "kunshan",
        "核实早于受理",
        "verified_on",
        days_before("verified_on", "received_on", 10),
        {"verification_result": "不属实"},
        ("withdrawal_reason",),
    ),
    CellFault(
        "case_ordered_before_verified",
        "alteration_cases",
        "record",
        "wujiang",
        "责令整改早于核实",
        "ordered_on",
        days_before("ordered_on", "verified_on", 3),
        _CONFIRMED,
        filled=("ordered_on",),
    ),
    CellFault(
        "case_ordered_without_confirmation",
        "alteration_cases",
        "record",
        "kunshan",
        "核实不属实而责令整改",
        "ordered_on",
        lambda row, month: {"ordered_on": row["verified_on"].isoformat()},
        {"verification_result": "不属实"},
        ("ordered_on",),
    ),
    CellFault(
        "case_double_of_itself",
        "alteration_cases",
        "cross_record",
        "changshu",
        "重复于本案",
        "duplicate_of",
        lambda row, month: {"duplicate_of": row["case_id"]},
        {"verification_result": "重复受理"},
    ),
    CellFault(
        "case_reopened_while_open",
        "alteration_cases",
        "cross_record",
        "wujiang",
        "未办结而重新立案",
        "reopened_on",
        lambda row, month: {"reopened_on": month.last_day.isoformat()},
        blank=("verified_on", "reopened_on"),
    ),
    CellFault(
        "case_building_unknown",
        "alteration_cases",
        "cross_export",
        "taicang",
        "案件的房屋不在排查台账",
        "building_id",
        overwritten("building_id", NOWHERE),
        filled=("building_id",),
    ),
    CellFault(
        "case_address_blank",
        "alteration_cases",
        "field",
        "wujiang",
        "地址漏填",
        "address",
        overwritten("address", None),
    ),
)
