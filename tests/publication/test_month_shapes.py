"""Every shape of month is released: no sentence of our own is refused, whatever is missing.

Made of marts, so that a shape costs a second; ``month/test_released_shapes`` runs some for real.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from publication.inspected import inspection
from publication.october import build_warehouse
from publication.releasing import Office, office, whole_office

from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.issue.placing import load_newsletter
from orchestration.publication.release import decisions
from orchestration.publication.release.decisions import ReleaseRequest
from orchestration.reference.districts import reporting_districts
from orchestration.reference.months import Month
from orchestration.store.releases import ReleaseState

__all__ = ["office", "whole_office"]
SURVEY = ("surveyed_building_count", "surveyed_floor_area_10k_m2", "surveyed_floor_area_m2")
CASES = ("suspected_complaint_count", "suspected_patrol_count", "verified_count", "completed_count")
DISTRICTS = [district.district_id for district in reporting_districts(Month(2022, 10))]


def without(fields: tuple[str, ...], basis: str) -> dict[str, Any]:
    return dict.fromkeys(fields) | {basis: "missing", "is_partial": True}


NO_SURVEY, NO_CASES = without(SURVEY, "survey_basis"), without(CASES, "case_basis")
CODES = {
    "district_id": "city",
    "building_code_count": 1_849_637,
    "matched_code_count": 161_204,
    "code_matched_share": 161_204 / 1_849_637,
    "new_matched_code_count": 0,
    "labelled_match_count": 0,
    "correct_match_count": 0,
}
CHANGE = {
    "district_id": "city",
    "metric_id": "verified_count",
    "kind": "flow",
    "mom_difference": -5,
    "is_partial": False,
    "is_previous_partial": False,
}
#: What a month's warehouse is made of, by the words for its shape.
SHAPES: dict[str, dict[str, Any]] = {
    "whole": {},
    "one without case figures": {"changes": {"gaoxin": NO_CASES}},
    "the first of the table without case figures": {"changes": {"zhangjiagang": NO_CASES}},
    "one without a survey": {"changes": {"kunshan": NO_SURVEY}},
    "one without either": {"absent": ["gusu"]},
    "all without case figures": {"changes": dict.fromkeys([*DISTRICTS, "city"], NO_CASES)},
    "all without a survey": {"changes": dict.fromkeys([*DISTRICTS, "city"], NO_SURVEY)},
    "nothing at all": {"absent": DISTRICTS},
    "zeros": {"changes": dict.fromkeys([*DISTRICTS, "city"], dict.fromkeys(CASES, 0))},
    "codes and changes": {
        "topics": {
            "rpt_code_matching_monthly": [CODES],
            "rpt_measure_change_monthly": [CHANGE],
        }
    },
}
MONTHS = {
    "October": (Month(2022, 10), date(2022, 11, 2)),
    "December, inspected until January": (Month(2022, 12), date(2023, 1, 2)),
    "January of new codes": (Month(2023, 1), date(2023, 1, 31)),
    "leap February": (Month(2024, 2), date(2024, 2, 29)),
}


def release_month(office: Office, month: Month, **shape: Any) -> ReleaseState:
    """Release a month whose marts are October's, moved there."""
    build_warehouse(office.settings.warehouse, **shape)
    with duckdb.connect(str(office.settings.warehouse)) as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_columns()"
            " where column_name = 'month' and data_type = 'DATE' and schema_name <> 'main'"
        ).fetchall():
            moved = f"update {schema}.{table} set month = ?"
            connection.execute(moved, [month.first_day])
        code = {d.district_id: d.district_code for d in reporting_districts(month)}["sip"]
        connection.execute(
            "update marts.rpt_district_monthly set district_code = ? where district_id = 'sip'",
            [code],
        )
    publish_statistics(office.settings)
    decided_at = month.shift(1).last_day.isoformat()
    request = ReleaseRequest(
        month, "说明", "张科长", datetime.fromisoformat(f"{decided_at}T09:00+08:00")
    )
    return decisions.make_release(office.settings, request)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_month_of_any_shape_is_released(office: Office, shape: str) -> None:
    month, as_at = MONTHS["December, inspected until January"]
    row = inspection(month=month.first_day, as_at=as_at)
    state = release_month(office, month, **({"inspections": [row]} | SHAPES[shape]))
    assert state.shown
    newsletter = load_newsletter(office.settings.statistics, office.settings.raw / "none", month)
    assert newsletter.problems == ()
    told = "".join(text for article in newsletter.department for text in article.paragraphs)
    assert "截至2023年1月2日，全市已完成抽检核查" in told


@pytest.mark.parametrize("name", MONTHS)
def test_a_partial_month_of_any_time_of_the_year_is_released(office: Office, name: str) -> None:
    month, as_at = MONTHS[name]
    shape = {
        "changes": {"gaoxin": NO_CASES, "kunshan": NO_SURVEY},
        "inspections": [inspection(month=month.first_day, as_at=as_at)],
    }
    assert release_month(office, month, **shape).shown
    newsletter = load_newsletter(office.settings.statistics, office.settings.raw / "none", month)
    assert newsletter.problems == ()
    headline, flow = newsletter.statistics
    assert headline.startswith(f"截至{month.number}月，")
    assert "（不含昆山市）" in headline
    assert "（不含高新区），其中投诉举报" in flow
