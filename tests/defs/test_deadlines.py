"""Whether a month was published and released in time is asked of its calendar and the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from dagster import (
    AssetCheckKey,
    DagsterInstance,
    SkipReason,
    asset,
    build_sensor_context,
    materialize,
)
from deliver import OCTOBER

from orchestration.defs.deadlines import deadline_sensor, deadlines, results
from orchestration.defs.partitions import MONTHS
from orchestration.defs.releases import BULLETIN_KEY
from orchestration.defs.resources import Platform
from orchestration.reference.calendar import month_calendar
from orchestration.store import ledger as ledger_module
from orchestration.store.ledger import Ledger

TIMES = month_calendar(OCTOBER)
HOUR = timedelta(hours=1)


@pytest.fixture
def opened(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger that received its first file when October's deliveries opened."""
    monkeypatch.setattr(Ledger, "opened_at", lambda _: TIMES.opens_on)
    return ledger


def _published(ledger: Ledger, at: datetime) -> None:
    with patch.object(ledger_module, "now", lambda: at.isoformat()):
        ledger.record_publication(OCTOBER, "made from this")


def _outcomes(ledger: Ledger, now: datetime) -> dict[str | None, tuple[bool, str]]:
    found = results(ledger, OCTOBER, now)
    return {result.check_name: (result.passed, result.severity.value) for result in found}


def test_nothing_is_said_before_a_deadline(opened: Ledger) -> None:
    assert _outcomes(opened, TIMES.review - HOUR) == {}


def test_what_is_not_there_after_its_deadline_is_an_error(opened: Ledger) -> None:
    assert _outcomes(opened, TIMES.review + HOUR) == {"published_in_time": (False, "ERROR")}
    assert set(_outcomes(opened, TIMES.release + HOUR)) == {
        "published_in_time",
        "released_in_time",
    }


def test_the_first_publication_counts(opened: Ledger) -> None:
    _published(opened, TIMES.review - HOUR)
    _published(opened, TIMES.review + HOUR)
    assert _outcomes(opened, TIMES.review + HOUR) == {"published_in_time": (True, "WARN")}


def test_a_late_publication_stays_a_warning(opened: Ledger) -> None:
    _published(opened, TIMES.review + 36 * HOUR)
    [result] = results(opened, OCTOBER, TIMES.review + 40 * HOUR)
    assert (result.passed, result.severity.value) == (False, "WARN")
    assert result.metadata["逾期天数"].value == 1.5


def test_a_month_that_was_due_before_the_platform_began_has_no_result(ledger: Ledger) -> None:
    assert _outcomes(ledger, TIMES.release + HOUR) == {}


@asset(key=BULLETIN_KEY, partitions_def=MONTHS)
def bulletin() -> None:
    """Stand for the bulletin."""


def test_a_run_evaluates_the_checks_of_its_month(opened: Ledger) -> None:
    _published(opened, TIMES.review - HOUR)
    with DagsterInstance.ephemeral() as instance:
        run = materialize(
            [bulletin, deadlines],
            partition_key="2022-10",
            instance=instance,
            resources={"platform": Platform()},
        )
        found = run.get_asset_check_evaluations()
    assert {check.check_name: (check.passed, check.partition) for check in found} == {
        "published_in_time": (True, "2022-10"),
        "released_in_time": (False, "2022-10"),
    }


def _look(instance: DagsterInstance, now: datetime) -> None:
    with patch("orchestration.defs.deadlines.datetime", wraps=datetime) as clock:
        clock.now.return_value = now
        assert isinstance(deadline_sensor(build_sensor_context(instance=instance)), SkipReason)


def _reported(instance: DagsterInstance, name: str) -> list[tuple[bool | None, str | None]]:
    history = instance.event_log_storage.get_asset_check_execution_history(
        AssetCheckKey(BULLETIN_KEY, name), limit=10
    )
    found = [record.event.dagster_event.asset_check_evaluation_data for record in history]
    return [(evaluation.passed, evaluation.partition) for evaluation in found]


def test_the_sensor_reports_what_was_missed_once(opened: Ledger) -> None:
    with DagsterInstance.ephemeral() as instance:
        _look(instance, TIMES.review - HOUR)
        assert _reported(instance, "published_in_time") == []
        _look(instance, TIMES.review + HOUR)
        _look(instance, TIMES.review + 2 * HOUR)
        assert _reported(instance, "published_in_time") == [(False, "2022-10")]
        assert _reported(instance, "released_in_time") == []
        _look(instance, TIMES.release + HOUR)
        assert _reported(instance, "published_in_time") == [(False, "2022-10")]
        assert _reported(instance, "released_in_time") == [(False, "2022-10")]
