"""dbt's own tests of the code run, on the models as they stand; every mart's key is held."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from month_installation import Installation

from orchestration.modelling.dbt import DBT_EXECUTABLE
from orchestration.settings import DBT_PROJECT_DIR

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


def test_every_unit_test_passes(october: Installation, tmp_path) -> None:
    environment = os.environ | {
        "FANGAN_WAREHOUSE": str(october.settings.warehouse),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    done = subprocess.run(
        [
            DBT_EXECUTABLE,
            "test",
            "--select",
            "test_type:unit",
            "--project-dir",
            DBT_PROJECT_DIR,
            "--profiles-dir",
            DBT_PROJECT_DIR,
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    assert {result["status"] for result in results} == {"pass"}
    tested = {result["unique_id"].split(".")[2] for result in results}
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
        assert model["config"]["materialized"] in {"replace_all", "replace_month"}, model["name"]
    marts = {model["name"] for model in models if model["fqn"][1] == "marts"}
    assert marts <= {model["name"] for model in keyed}
