"""The sampling inspection as the mart gives it: its columns, and the city's row as published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

INSPECTION_COLUMNS = """
        month date, as_at date, district_id varchar, district_code varchar,
        district_name varchar, sort_order integer, planned_count bigint, inspected_count bigint,
        inspected_floor_area_m2 decimal(18, 2), inspected_floor_area_10k_m2 decimal(14, 2),
        passed_count bigint, progress_share decimal(9, 6), pass_share decimal(9, 6),
        pass_share_low decimal(9, 6), pass_share_high decimal(9, 6),
        weighted_pass_share decimal(9, 6), is_preliminary boolean,
        rectification_required_count bigint, rectification_done_count bigint,
        rectification_overdue_count bigint, rectification_days_median decimal(9, 1),
        reinspected_count bigint, reinspected_passed_count bigint, sample_month date,
        sampled_count bigint, replacement_count bigint, not_delivered_count bigint,
        not_sampled_count bigint, verification_factor decimal(9, 6),
        is_total boolean"""


def inspection(**values: Any) -> tuple[Any, ...]:
    """The city's row of ``rpt_inspection_progress`` as published, varied by column."""
    row: dict[str, Any] = {
        "month": date(2022, 10, 1),
        "as_at": date(2022, 11, 2),
        "district_id": "city",
        "district_code": "320500",
        "district_name": "苏州市",
        "sort_order": 11,
        "planned_count": 3475,
        "inspected_count": 1368,
        "inspected_floor_area_m2": Decimal("3066399.98"),
        "inspected_floor_area_10k_m2": Decimal("306.64"),
        "passed_count": 1131,
        "progress_share": Decimal("0.393669"),
        "pass_share": Decimal("0.826754"),
        "pass_share_low": Decimal("0.805791"),
        "pass_share_high": Decimal("0.845888"),
        "weighted_pass_share": None,
        "is_preliminary": True,
        "rectification_required_count": 237,
        "rectification_done_count": 120,
        "rectification_overdue_count": 0,
        "rectification_days_median": Decimal("14.0"),
        "reinspected_count": 90,
        "reinspected_passed_count": 90,
        "sample_month": None,
        "sampled_count": None,
        "replacement_count": None,
        "not_delivered_count": None,
        "not_sampled_count": None,
        "verification_factor": Decimal("0.805791"),
    }
    row |= values
    return (*row.values(), row["district_id"] == "city")
