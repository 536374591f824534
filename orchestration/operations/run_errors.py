"""Why a run failed, from Dagster's events of it.

Dagster wraps an error in its own and keeps the chain of causes. Add here what is read from that
chain; who is told of it is in ``messages``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from orchestration.store.locks import BusyError, open_elsewhere

_BUSY = f"{BusyError.__module__}.{BusyError.__qualname__}"


def errors_by_step(events: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Return each failed step with its error and that error's causes, the innermost last.

    A run that failed before its first step (a lock was held, the ledger could not be opened) has
    one entry, ``start``; one that was ended from outside, as a killed one is, has none.
    """
    events = list(events)
    steps = [(e.step_key, e.step_failure_data.error) for e in events if e.is_step_failure]
    if not steps:
        ended = [e.job_failure_data for e in events if e.is_run_failure]
        steps = [("start", data.error) for data in ended if data is not None]
    return [(step, links) for step, error in steps if (links := list(_links(error)))]


def busy_run(events: Iterable[Any]) -> BusyError | None:
    """Return the lock that a run failed for, whatever wraps it; None if it failed otherwise."""
    for _, links in errors_by_step(events):
        for link in links:
            message = link.message.strip()
            if link.cls_name == BusyError.__name__:
                return BusyError(message.removeprefix(f"{_BUSY}: "))
            if busy := open_elsewhere(message):
                return busy
    return None


def fault_of(events: Iterable[Any]) -> str:
    """Return the steps that failed, each with the class of its error, never its words.

    An error may say what stands in a cell.
    """
    events = list(events)
    failed = [f"{step}: {links[-1].cls_name}" for step, links in errors_by_step(events)]
    if not failed and any(e.is_run_failure and e.job_failure_data is None for e in events):
        return "killed, or ended from outside"
    return "; ".join(failed) or "before its first step"


def _links(error: Any) -> Iterator[Any]:
    """Yield an error as Dagster keeps it, and its causes."""
    while error is not None:
        yield error
        error = error.cause
