"""dbt's own tests of the code run, on the models as they stand; every mart's key is held."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from month_installation import Installation

from orchestration.modelling.dbt import dbt_environment
from orchestration.settings import DBT_PROJECT_DIR, Settings

BRANCHING_MODELS = {
    "fct_alteration_case_monthly",
    "fct_assessment_indicator_monthly",
    "fct_data_quality_monthly",
    "int_alteration_open_case",
    "int_alteration_opening_basis",
    "int_case_ledger_measures",
    "int_case_measures_by_town",
    "int_city_measures",
    "int_danger_case",
    "int_danger_opening_basis",
    "int_inspection_building",
    "int_ledger_difference",
    "int_measures_by_basis",
    "int_rectification",
    "int_survey_ledger_measures",
    "int_survey_measures_by_place",
    "rpt_alteration_ageing_monthly",
    "rpt_alteration_cohort",
    "rpt_alteration_duration_monthly",
    "rpt_alteration_flow_monthly",
    "rpt_d_grade_supervision",
    "rpt_danger_case_monthly",
    "rpt_danger_closure_monthly",
    "rpt_danger_pilot",
    "rpt_code_matching_monthly",
    "rpt_data_quality_monthly",
    "rpt_district_assessment_monthly",
    "rpt_inspection_discrepancy",
    "rpt_inspection_issue",
    "rpt_inspection_progress",
    "rpt_ledger_change_monthly",
    "rpt_measure_change_monthly",
    "rpt_town_monthly",
}


def test_every_unit_test_passes(october: Installation, installation) -> None:
    settings: Settings = installation("unit tests").settings
    shutil.copy(october.settings.warehouse, settings.warehouse)
    dbt_environment(settings)
    parsed = (settings.dbt / "target" / "partial_parse.msgpack").read_bytes()
    place = ("--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR))
    try:
        done = dbtRunner(Manifest.from_msgpack(parsed)).invoke(
            ["test", "--select", "test_type:unit", *place]
        )
    finally:
        DuckDBConnectionManager.close_all_connections()
    assert done.success, done.exception or done.result
    results = [result for result in done.result.results if result.node.resource_type == "unit_test"]
    assert {result.status for result in results} == {"pass"}
    tested = {result.node.unique_id.split(".")[2] for result in results}
    assert tested >= BRANCHING_MODELS
    assert len(results) >= 15


def test_every_key_that_is_named_is_looked_at(parsed_project: Path) -> None:
    """A misspelt name, a view or a forgotten mart would otherwise go unasked."""
    manifest = json.loads((parsed_project / "target" / "manifest.json").read_bytes())
    models = [one for one in manifest["nodes"].values() if one["resource_type"] == "model"]
    known = {"public", "public_rows", "suppression", "key"}
    assert {name for model in models for name in model["config"]["meta"]} == known
    keyed = [model for model in models if "key" in model["config"]["meta"]]
    for model in keyed:
        assert model["config"]["meta"]["key"]
        assert set(model["config"]["meta"]["key"]) <= model["columns"].keys(), model["name"]
        assert model["config"]["materialized"] in {"incremental", "table"}, model["name"]
    marts = {model["name"] for model in models if model["fqn"][1] == "marts"}
    assert marts <= {model["name"] for model in keyed}
