"""A run that another process keeps from running is busy, not failed, whatever wraps the error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.console.monthly.month_run import RunFailedError, failure_of
from orchestration.store.locks import BusyError

_BUSY = "orchestration.store.locks.BusyError: month is in use by process 7 (fangan month)"


def _error(*links: tuple[str, str]) -> Any:
    """Return an error as Dagster keeps it; each link is caused by the next."""
    error = None
    for name, message in reversed(links):
        error = SimpleNamespace(cls_name=name, message=f"{message}\n", cause=error)
    return error


def _result(*, step: Any = None, run: Any = None) -> Any:
    events = []
    if step is not None:
        events.append(
            SimpleNamespace(
                is_step_failure=True,
                is_run_failure=False,
                step_key="matching__codes",
                step_failure_data=SimpleNamespace(error=step),
            )
        )
    events.append(
        SimpleNamespace(
            is_step_failure=False,
            is_run_failure=True,
            step_key=None,
            job_failure_data=SimpleNamespace(error=run),
        )
    )
    return SimpleNamespace(all_events=events)


@pytest.mark.parametrize(
    "result",
    [
        # the lock's own error is the cause of ours
        _result(
            step=_error(
                ("DagsterExecutionStepExecutionError", "Error occurred while executing op"),
                ("BusyError", _BUSY),
                ("BlockingIOError", "[Errno 11] Resource temporarily unavailable"),
            )
        ),
        _result(run=_error(("DagsterResourceFunctionError", "Error"), ("BusyError", _BUSY))),
    ],
    ids=["in a step", "before the first step"],
)
def test_a_lock_that_is_held_is_busy_and_names_its_owner(result: Any) -> None:
    failure = failure_of(result)
    assert isinstance(failure, BusyError)
    assert str(failure) == "month is in use by process 7 (fangan month)"


def test_any_other_failure_is_ours_and_names_its_step() -> None:
    failure = failure_of(_result(step=_error(("Wrapper", "wrapped"), ("OSError", "disk full"))))
    assert isinstance(failure, RunFailedError)
    assert str(failure) == "matching__codes: disk full"
    assert "before its first step" in str(failure_of(_result()))
