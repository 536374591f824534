"""The columns of tables, and where each comes from, are noted once a version of the project."""

from __future__ import annotations

import duckdb
import pytest
from month_installation import Installation

from orchestration.modelling.columns import Columns, note_columns, noted_columns
from orchestration.settings import Settings

MODEL = {"schema": "marts", "alias": "total", "unique_id": "model.fangan.total"}
SQL = """
with counted as (select month, kind, count(*) as case_count from "warehouse"."staging"."cases"
group by all)
select month, case_count * 2 as twice, counted.* exclude (month, case_count), 1 as one
from counted
"""


@pytest.fixture
def parsed(settings: Settings) -> Settings:
    (settings.dbt / "parsed").write_text("this version")
    return settings


def _note(settings: Settings, sql: str = SQL) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        connection.execute("create schema staging; create schema marts")
        connection.execute("create table staging.cases (month date, kind varchar)")
        connection.execute(
            "create table marts.total (month date, twice bigint, kind varchar, one integer)"
        )
        note_columns(settings, connection, [MODEL], {MODEL["unique_id"]: sql}.get)


def test_a_column_is_followed_through_subqueries_and_stars(parsed: Settings) -> None:
    _note(parsed)
    assert noted_columns(parsed)["marts.total"] == Columns(
        types={"month": "DATE", "twice": "BIGINT", "kind": "VARCHAR", "one": "INTEGER"},
        made_from={
            "month": ["staging.cases.month"],
            "twice": [],
            "kind": ["staging.cases.kind"],
            "one": [],
        },
    )
    assert noted_columns(parsed)["staging.cases"].made_from == {}


def test_sql_that_is_not_understood_fails_no_run(parsed: Settings) -> None:
    _note(parsed, "select from from where")
    assert noted_columns(parsed)["marts.total"].made_from == {}


def test_columns_of_another_version_of_the_project_are_not_shown(parsed: Settings) -> None:
    _note(parsed)
    _note(parsed, "select month from warehouse.staging.cases")
    assert "twice" in noted_columns(parsed)["marts.total"].made_from, "noted once"
    (parsed.dbt / "parsed").write_text("the next version")
    assert noted_columns(parsed) == {}


def test_a_months_run_notes_where_the_bulletins_figures_come_from(october: Installation) -> None:
    columns = noted_columns(october.settings)
    bulletin = columns["marts.rpt_district_monthly"]
    assert bulletin.types["surveyed_floor_area_10k_m2"] == "DECIMAL(14,2)"
    assert bulletin.made_from["verified_count"] == [
        "intermediate.int_city_measures.verified_count",
        "intermediate.int_measures_by_basis.verified_count",
    ]
    models = [table for table in columns if table.split(".")[0] in ("intermediate", "marts")]
    understood = [table for table in models if columns[table].made_from]
    assert len(understood) >= len(models) - 2
