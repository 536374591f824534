"""Rows of the marts of cases, dangerous buildings, assessment and change, and the page of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from publication.html_page import Page
from publication.october import OCTOBER, RELEASED_AT

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.issue.html import render_page
from orchestration.publication.newsletter.editorial import Article
from orchestration.publication.newsletter.fact_check import check_prose
from orchestration.publication.newsletter.facts import facts_of

MakeBulletin = Callable[..., Bulletin]
Row = dict[str, Any]


def flow(district_id: str, counts: tuple[int, ...] | None, **values: Any) -> Row:
    """One row of the flow: opening, verified, reopened, completed, of those earlier, withdrawn."""
    row: Row = {"district_id": district_id, "case_basis": "ledger", "is_partial": False}
    if counts is not None:
        names = ("opening", "verified", "reopened", "completed", "earlier_completed", "withdrawn")
        row |= {f"{name}_count": count for name, count in zip(names, counts, strict=True)}
        opening, verified, reopened, completed, _, withdrawn = counts
        row["adjustment_count"] = 0
        row["closing_count"] = opening + verified + reopened - completed - withdrawn
    return row | values


FLOWS = [
    flow("gusu", (13, 30, 0, 31, 13, 0)),
    flow("sip", (4, 2, 1, 0, 0, 0)),
    flow("gaoxin", None, case_basis="reported", is_partial=True),
    flow("city", (17, 32, 1, 31, 13, 0), is_partial=True),
]


def ages(district_id: str, step: str, young: int | None, old: int | None) -> list[Row]:
    row = {"district_id": district_id, "step": step, "overdue_count": 0}
    first = {"age_band_id": "up_to_30_days", "age_band_name": "30天以内", "age_band_order": 1}
    last = {"age_band_id": "above_180_days", "age_band_name": "180天以上", "age_band_order": 5}
    return [row | first | {"open_count": young}, row | last | {"open_count": old}]


AGES = [
    *ages("gusu", "completion", 10, 2),
    *ages("gaoxin", "completion", None, None),
    *ages("city", "completion", 10, 2),
]


def danger(district_id: str, grade: str, counts: tuple[int, ...] | None) -> Row:
    """One row of the loop: found, appraised, dangerous, treated, eliminated."""
    row: Row = {"district_id": district_id, "grade_code": grade, "is_partial": False}
    if counts is None:
        return row
    names = ("found", "appraised", "dangerous", "treated", "eliminated")
    row |= {f"ever_{name}_count": count for name, count in zip(names, counts, strict=True)}
    waiting = {"awaiting_appraisal_count": 1, "in_treatment_count": 2, "not_dangerous_count": 0}
    return row | waiting | {"awaiting_treatment_count": 0, "closing_count": 3}


DANGER = [
    danger(place, grade, counts)
    for place in ("gusu", "city")
    for grade, counts in {
        "C": (10, 10, 10, 8, 5),
        "D": (7, 7, 7, 6, 4),
        "all": (19, 18, 17, 14, 9),
    }.items()
]


def supervised(number: int, **values: Any) -> Row:
    return {
        "district_id": "gusu",
        "danger_case_id": f"W{number:03}",
        "stage_name": "治理中",
        "is_overdue": False,
        "due_on": date(2022, 12, 1),
    } | values


def change(metric_id: str, now: str, before: str | None, **values: Any) -> Row:
    known = before is not None
    return {
        "district_id": "city",
        "metric_id": metric_id,
        "measure_value": Decimal(now),
        "previous_value": Decimal(before) if before is not None else None,
        "mom_difference": Decimal(now) - Decimal(before) if before is not None else None,
        "mom_covered_value": Decimal(now) if known else None,
        "mom_base_value": Decimal(before) if before is not None else None,
        "mom_district_ids": "gusu|sip" if known else None,
        "mom_reason": None if known else "上月没有数据",
        "is_partial": False,
        "is_previous_partial": False,
        "is_city_partial": False,
    } | values


CHANGES = [
    change("surveyed_building_count", "703260", "703240"),
    change("surveyed_floor_area_m2", "1283034400", "1282893150.01"),
    change("suspected_count", "274", "0", mom_reason="上月为零"),
    change("verified_count", "75", "80"),
    change("completed_count", "73", None),
]


def page(bulletin: Bulletin) -> Page:
    return Page(render_page(bulletin, RELEASED_AT))


def problems(bulletin: Bulletin, *paragraphs: str) -> list[str]:
    article = Article("数据统计", "", paragraphs)
    return [str(p) for p in check_prose([article], facts_of(bulletin), OCTOBER, [])]
