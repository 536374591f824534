"""Rows that were kept before the marts gained columns are published, read and shown."""

from __future__ import annotations

from decimal import Decimal

import duckdb
from publication.october import OCTOBER, build_warehouse
from publication.releasing import REVISED, SECOND, Office, office, whole_office

from orchestration.publication.bulletin.model import load_bulletin
from orchestration.publication.bulletin.topic_rows import MeasureChange
from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.release.comparison import compare

__all__ = ["office", "whole_office"]

NEW = ("mom_covered_value", "mom_base_value", "mom_district_ids", "mom_reason_code", "mom_note")
NEW += ("yoy_covered_value", "yoy_base_value", "yoy_district_ids", "yoy_reason_code", "yoy_note")
NEW += ("ytd_reason_code", "city_share_note", "ranked_count", "score_change_note", "is_total")
CHANGE = {"district_id": "city", "metric_id": "verified_count", "measure_order": 6, "kind": "flow"}
CHANGE |= {"is_partial": False, "is_previous_partial": True, "is_year_ago_partial": False}
CHANGE |= {"is_city_partial": False, "measure_value": 75, "mom_difference": 20}
CHANGE |= {"mom_share": Decimal("0.363636")}
COUNTED_ONCE = "select sum(verified_count) from marts.rpt_district_monthly where not is_total"


def run_as_before(office: Office) -> None:
    """Fill the warehouse with October as a version before this one left it, and publish it."""
    build_warehouse(
        office.settings.warehouse, topics={"rpt_measure_change_monthly": [dict(CHANGE)]}
    )
    with duckdb.connect(str(office.settings.warehouse)) as connection:
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
        ).fetchall():
            if column in NEW:
                connection.execute(f"alter table marts.{table} drop column {column}")
        changes = "alter table marts.rpt_measure_change_monthly"
        connection.execute(f"{changes} rename column metric_id to measure")
        connection.execute(f"{changes} alter column mom_share type double")
    publish_statistics(office.settings)


def city_change(office: Office) -> MeasureChange:
    bulletin = load_bulletin(office.settings.statistics, OCTOBER)
    assert [row.is_total for row in bulletin.rows] == [False] * 10 + [True]
    return bulletin.city_changes["verified_count"]


def test_rows_kept_without_new_columns_are_released_and_published(office: Office) -> None:
    run_as_before(office)
    assert office.ask(COUNTED_ONCE) == [(75,)]
    office.release()
    assert city_change(office).mom_district_ids is None
    assert office.ask("select count(*) from marts.rpt_revision_triangle where is_total") == [(7,)]
    # a run of today beside it: the month stays as it was released
    office.run(changes=REVISED)
    assert office.ask(COUNTED_ONCE) == [(75,)]
    assert city_change(office).is_total
    shown = "select metric_id, mom_share from marts.rpt_measure_change_monthly"
    assert office.ask(shown) == [("verified_count", Decimal("0.363636"))]
    types = (
        "select table_name, column_name, data_type from duckdb_columns()"
        " where schema_name = 'marts' and column_name in ('measure', 'mom_share')"
    )
    assert office.ask(types) == [("rpt_measure_change_monthly", "mom_share", "DECIMAL(9,6)")]
    # what only tells totals apart is no difference between vintages
    found = compare(office.settings, office.ledger, OCTOBER, 1, 0)
    assert [row["mart"] for row in found.marts] == [
        "rpt_district_monthly",
        "rpt_measure_change_monthly",
    ]
    office.release(SECOND, reason_code="corrected_delivery")
    for vintage in (1, 2):
        totals = (
            "select count(*), count(*) filter (where is_total)"
            f" from marts.rpt_district_monthly_vintage where vintage = {vintage}"
        )
        assert office.ask(totals) == [(11, 1)]
