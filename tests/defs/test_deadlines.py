"""Whether a month was published and released in time is asked of its calendar and the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from dagster import DagsterInstance, RunRequest, build_schedule_context
from deliver import OCTOBER

from orchestration.defs.deadlines import deadline_schedule, results
from orchestration.reference.calendar import SUZHOU, month_calendar
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


def _asked(at: datetime) -> list[RunRequest]:
    with DagsterInstance.ephemeral() as instance:
        context = build_schedule_context(instance=instance, scheduled_execution_time=at)
        asked = deadline_schedule(context)
    return asked if isinstance(asked, list) else []


def test_the_schedule_looks_on_the_morning_after_each_deadline(opened: Ledger) -> None:
    first = datetime(2022, 11, 1, 8, 30, tzinfo=SUZHOU)
    mornings = [first + timedelta(days=day) for day in range(30)]
    looked = [at for at in mornings if _asked(at)]
    assert len(looked) == 2
    for due, at in zip((TIMES.review, TIMES.release), looked, strict=True):
        assert at - timedelta(days=1) < due <= at
        assert [request.partition_key for request in _asked(at)] == ["2022-10"]
