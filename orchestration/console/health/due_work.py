"""Checks of what should have happened: months that are due, files that lie wrongly, dead runs.

They ask ``operations``, as the sensor does. A month that is due and was never tried is only
noted: a home may be run by hand.
"""

from __future__ import annotations

from datetime import datetime

from dagster import DagsterInstance

from orchestration.console.health.findings import fault, note, ok
from orchestration.console.health.stored import open_ledger
from orchestration.console.output import Record
from orchestration.operations.attempts import attempts_at, has_live_run
from orchestration.operations.dead_runs import dead_runs
from orchestration.operations.due import REASONS, DueMonth, due_months, stale_months
from orchestration.operations.unplaced import unplaced
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings

_DUE, _RUNS = "months", "runs"
#: What waits for its time, or needs a look and stops nothing.
_NOT_URGENT = ("early", "removed")


def examine_due(settings: Settings, instance: DagsterInstance | None) -> list[Record]:
    """Return the months that are due, with what was tried of them."""
    ledger = open_ledger(settings)
    if ledger is None or not settings.raw.is_dir():
        return [note(_DUE, "not examined: it is the ledger and raw that say what is due")]
    now = datetime.now(SUZHOU)
    due, stale = due_months(settings, ledger, now), stale_months(settings, ledger, now)
    found = [_of_month(instance, month) for month in due] or [ok(_DUE, "nothing is due")]
    return [*found, *([_stale(stale)] if stale else [])]


def _stale(months: list[Month]) -> Record:
    return note(
        _DUE,
        f"{len(months)} were made by an earlier program, and are not made again unasked:"
        f" {', '.join(map(str, months))}",
        f"fangan backfill {months[0]}..{months[-1]}",
    )


def _of_month(instance: DagsterInstance | None, due: DueMonth) -> Record:
    check, why = f"month {due.month}", REASONS[due.reason]
    run = f"fangan month {due.month}"
    if instance is None:
        return note(check, f"is due: {why}", run)
    if has_live_run(instance, due.month):
        return note(check, f"is running or queued: {why}")
    tried = attempts_at(instance, due)
    if not tried.count:
        return note(check, f"is due: {why}", run)
    if tried.next_at is None:
        return fault(check, f"failed {tried.count} times, and is not tried again: {why}", run)
    again = f"{tried.next_at.astimezone(SUZHOU):%Y-%m-%d %H:%M}"
    return fault(check, f"failed {tried.count} times, next try {again} if the daemon runs", run)


def examine_unplaced(settings: Settings) -> list[Record]:
    """Return what lies in ``raw`` where nobody takes it up."""
    ledger = open_ledger(settings)
    if ledger is None or not settings.raw.is_dir():
        return []
    return [
        (note if one.fault in _NOT_URGENT else fault)(
            f"raw: {one.path}",
            one.message,
            f"rename it to {one.right}" if one.right else "put it in its place, see raw/README.md",
        )
        for one in unplaced(settings, ledger, datetime.now(SUZHOU))
    ]


def examine_runs(settings: Settings, instance: DagsterInstance) -> list[Record]:
    """Return the runs that Dagster believes alive and whose process is gone."""
    dead = dead_runs(settings, instance)
    if not dead:
        return [ok(_RUNS, "no run of a dead process")]
    return [
        fault(f"run {run.run_id[:8]}", f"{run.month}: {run.reason}", "fangan prepare")
        for run in dead
    ]
