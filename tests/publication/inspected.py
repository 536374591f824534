"""The sampling inspection as the mart gives it: its columns, and the city's row as published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def inspection(**values: Any) -> dict[str, Any]:
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
    return row | values
