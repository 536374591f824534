"""A dbt test that fails is a red check with its rows, and what was built stays reported."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from dagster import AssetKey, DagsterInstance
from month_installation import Installation

from orchestration.settings import Settings

SEED = AssetKey(["seeds", "alteration_age_bands"])
SKIPPED = AssetKey(["marts", "rpt_alteration_ageing_monthly"])
BUILT = AssetKey(["marts", "dim_district"])
CHECK = "unique_alteration_age_bands_age_band_id"


@pytest.fixture(scope="module")
def events(october: Installation, installation) -> Iterator[list[Any]]:
    """Dagster's events of a run in which an age band stands twice in the warehouse."""
    from orchestration.definitions import defs

    settings: Settings = installation("failing_build").settings
    shutil.copytree(october.settings.home, settings.home, symlinks=True, dirs_exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "insert into seeds.alteration_age_bands from seeds.alteration_age_bands limit 1"
        )
    here = {"FANGAN_HOME": str(settings.home), "FANGAN_RAW": str(october.settings.raw)}
    with patch.dict(os.environ, here), DagsterInstance.ephemeral() as instance:
        run = (
            defs()
            .resolve_job_def("monthly_statistics")
            .execute_in_process(
                partition_key="2022-10",
                instance=instance,
                asset_selection=[SEED, SKIPPED, BUILT],
                raise_on_error=False,
            )
        )
        yield [event for event in run.all_events if event.step_key == "statistics"]


def _first(events: list[Any], name: str, key: AssetKey | None = None) -> Any:
    return next(e for e in events if e.event_type_value == name and key in (None, e.asset_key))


def test_the_check_is_red_and_shows_the_rows(events: list[Any]) -> None:
    checks = [
        event.event_specific_data
        for event in events
        if event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    [failed] = [check for check in checks if not check.passed]
    assert (failed.asset_key, failed.check_name, failed.severity.value) == (SEED, CHECK, "ERROR")
    assert failed.partition == "2022-10"
    assert failed.metadata["dagster_dbt/failed_row_count"].value == 1
    rows = failed.metadata["未通过的行"].value.splitlines()
    assert rows[0] == "| unique\\_field | n\\_records |"
    assert rows[2].endswith("| 2 |")
    assert len(checks) > 1


def test_what_was_built_is_materialized_before_the_run_fails(events: list[Any]) -> None:
    names = [event.event_type_value for event in events]
    materialized = _first(events, "ASSET_MATERIALIZATION", BUILT)
    assert materialized.event_specific_data.materialization.metadata["预览"]
    assert names.index("ASSET_MATERIALIZATION") < names.index("STEP_FAILURE")
    kept = {e.asset_key for e in events if e.event_type_value == "ASSET_MATERIALIZATION"}
    assert kept == {SEED, BUILT}


def test_what_was_skipped_says_because_of_what(events: list[Any]) -> None:
    observed = _first(events, "ASSET_OBSERVATION", SKIPPED).event_specific_data.asset_observation
    assert CHECK in observed.description
    assert observed.partition == "2022-10"
    assert observed.metadata["状态"].value == "skipped"


def test_the_failure_names_the_test_and_what_it_cost(events: list[Any]) -> None:
    data = _first(events, "STEP_FAILURE").event_specific_data
    told = data.user_failure_data.metadata
    assert CHECK.replace("_", "\\_") in told["未通过的节点"].value
    assert "rpt\\_alteration\\_ageing\\_monthly" in told["因此未计算"].value
    cause = data.error.cause
    assert cause.cls_name == "DbtBuildError"
    assert f"{CHECK}: Got 1 result, configured to fail if != 0" in cause.message
