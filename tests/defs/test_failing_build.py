"""A dbt test that fails is a red check with its rows, and what was built stays reported."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from dagster import AssetKey, DagsterInstance
from month_installation import Installation

from orchestration.modelling.audit import AuditError
from orchestration.publication.database.publish import PublicationError
from orchestration.publication.release.decisions import ReleaseRequest, decide, make_release
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger

SEED = AssetKey(["seeds", "alteration_age_bands"])
SKIPPED = AssetKey(["marts", "rpt_alteration_ageing_monthly"])
BUILT = AssetKey(["marts", "dim_district"])
CHECK = "unique_alteration_age_bands_age_band_id"


@pytest.fixture(scope="module")
def home(october: Installation, installation) -> Settings:
    """October's home, in which an age band stands twice in the warehouse."""
    settings: Settings = installation("failing_build").settings
    shutil.copytree(october.settings.home, settings.home, symlinks=True, dirs_exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "insert into seeds.alteration_age_bands from seeds.alteration_age_bands limit 1"
        )
    return replace(settings, raw=october.settings.raw)


def _materialize(home: Settings, *keys: AssetKey) -> list[Any]:
    """Materialize some assets of October; return Dagster's events."""
    from orchestration.definitions import defs

    here = {"FANGAN_HOME": str(home.home), "FANGAN_RAW": str(home.raw)}
    with patch.dict(os.environ, here), DagsterInstance.ephemeral() as instance:
        job = defs().resolve_job_def("monthly_statistics")
        run = job.execute_in_process(
            partition_key="2022-10",
            instance=instance,
            asset_selection=list(keys),
            raise_on_error=False,
        )
        return list(run.all_events)


@pytest.fixture(scope="module")
def events(home: Settings) -> list[Any]:
    """Dagster's events of a run that fails on the age bands."""
    return [e for e in _materialize(home, SEED, SKIPPED, BUILT) if e.step_key == "statistics"]


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


@pytest.mark.usefixtures("events")
def test_nothing_is_published_of_it_by_one_click_or_by_a_release(home: Settings) -> None:
    from orchestration.defs.releases import BULLETIN_KEY, STATISTICS_KEY

    # what passes alone says nothing of the month
    assert not [e for e in _materialize(home, BUILT) if e.is_failure]
    published = sha256_of(home.statistics)
    for key in (STATISTICS_KEY, BULLETIN_KEY):
        error = _first(_materialize(home, key), "STEP_FAILURE").event_specific_data.error
        assert "not all their tests passed: run `fangan month 2022-10 --again`" in str(error)
    ledger, month = Ledger(home.ledger), Month(2022, 10)
    request = ReleaseRequest(month, "说明", "张科长", datetime(2022, 11, 6, 9, tzinfo=SUZHOU))
    with pytest.raises(AuditError, match="not all their tests passed"):
        make_release(home, request)
    withdrawal = replace(request, decided_at=datetime(2022, 11, 7, 9, tzinfo=SUZHOU))
    with pytest.raises(PublicationError, match="built last"):
        decide(home, withdrawal, "withdraw")
    assert not ledger.release_state(month).decisions
    assert sha256_of(home.statistics) == published
