"""How often a due month is tried, by Dagster's own records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.test_utils import create_run_for_test

from orchestration.operations.attempts import INPUTS_TAG, PAUSES, attempts_at, has_live_run
from orchestration.operations.due import DueMonth
from orchestration.reference.months import Month

OCTOBER = Month(2022, 10)
DUE = DueMonth(OCTOBER, "judge", ("gusu",), "inputs", datetime(2022, 11, 6, 9, tzinfo=UTC))


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


def _run(instance: DagsterInstance, status: DagsterRunStatus, *, inputs: str = DUE.inputs) -> None:
    tags = {"dagster/partition": str(OCTOBER), INPUTS_TAG: inputs}
    create_run_for_test(instance, job_name="month", status=status, tags=tags)


def test_what_was_never_tried_may_start(instance: DagsterInstance) -> None:
    _run(instance, DagsterRunStatus.FAILURE, inputs="others")
    assert attempts_at(instance, DUE).may_start(datetime.now(UTC))


def test_each_failure_waits_longer_and_the_fourth_is_the_last(instance: DagsterInstance) -> None:
    for pause in PAUSES:
        _run(instance, DagsterRunStatus.FAILURE)
        ended = datetime.now(UTC)
        attempts = attempts_at(instance, DUE)
        assert not attempts.may_start(ended + pause - timedelta(minutes=1))
        assert attempts.may_start(ended + pause + timedelta(minutes=1))
    _run(instance, DagsterRunStatus.FAILURE)
    attempts = attempts_at(instance, DUE)
    assert (attempts.count, attempts.next_at) == (4, None)
    assert not attempts.may_start(datetime.max.replace(tzinfo=UTC))


def test_a_run_that_succeeds_and_leaves_the_month_due_is_counted_too(
    instance: DagsterInstance,
) -> None:
    """Else a month that is never current would be run without end."""
    for _ in range(4):
        _run(instance, DagsterRunStatus.SUCCESS)
    assert attempts_at(instance, DUE).next_at is None


def test_what_a_person_ended_is_not_begun_again(instance: DagsterInstance) -> None:
    _run(instance, DagsterRunStatus.CANCELED)
    assert attempts_at(instance, DUE).was_ended
    assert attempts_at(instance, DUE).next_at is None


@pytest.mark.parametrize(
    ("status", "is_live"),
    [
        (DagsterRunStatus.NOT_STARTED, True),
        (DagsterRunStatus.STARTING, True),
        (DagsterRunStatus.STARTED, True),
        (DagsterRunStatus.SUCCESS, False),
        (DagsterRunStatus.FAILURE, False),
    ],
)
def test_a_queued_run_lives(
    instance: DagsterInstance, status: DagsterRunStatus, is_live: bool
) -> None:
    _run(instance, status)
    assert has_live_run(instance, OCTOBER) == is_live
    assert not has_live_run(instance, OCTOBER.previous)
