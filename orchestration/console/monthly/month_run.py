"""Running a month's job in this process: locks, Dagster, and why a run failed.

What is shown while it runs is in ``run_progress``, what came of it in ``month``.
"""

from __future__ import annotations

import logging
import os
import shutil
import uuid
from contextlib import redirect_stdout
from typing import Any

import click

from orchestration.console.monthly.run_progress import RunProgress
from orchestration.library_patches.python_garbage import end_of_run, objects_that_stay
from orchestration.modelling.up_to_date import is_current
from orchestration.reference.months import Month
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import BusyError, holding, open_elsewhere
from orchestration.store.tidying import tidy_home
from orchestration.upkeep.dagster_files import move_broken_aside, moved_message


class RunFailedError(RuntimeError):
    """The run failed through a fault of ours; the message says in which step and why."""


def prepare_dagster(settings: Settings) -> None:
    """Give Dagster its home: our instance file, copied on every start."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster)
    shutil.copyfile(
        PROJECT_ROOT / "orchestration" / "dagster.yaml", settings.dagster / "dagster.yaml"
    )
    if moved := move_broken_aside(settings):
        click.echo(moved_message(moved), err=True)


def run_month(settings: Settings, month: Month, *, again: bool = False) -> bool:
    """Run the month's job in this process, with progress on a terminal.

    Returns False, having run nothing, if what is published already says what the deliveries
    and the code would make of the month (unless ``again``). Raises BusyError if another run
    holds the month or the warehouse, RunFailedError otherwise.
    """
    prepare_dagster(settings)
    with holding(settings.locks, "month"):
        tidy_home(settings)
        if not again and is_current(settings, Ledger(settings.ledger), month):
            return False
        with objects_that_stay():
            job = _load_job()
        result = _execute(settings, month, job)
        end_of_run(succeeded=result.success)
        if not result.success:
            raise _failure(result)
        return True


def _load_job() -> Any:
    """Return the job that the schedule runs too."""
    from orchestration.definitions import defs
    from orchestration.defs.automation import JOB_NAME

    return defs().resolve_job_def(JOB_NAME)


def _execute(settings: Settings, month: Month, job: Any) -> Any:
    """Run the job on the instance of this home; return Dagster's result.

    dbt's own lines go to a log, and a terminal shows the steps instead.
    """
    from dagster import DagsterInstance

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    run_id = str(uuid.uuid4())
    progress = RunProgress(steps=len(job.nodes_in_topological_order))
    log = (settings.dagster / "month.log").open("w", encoding="utf-8")
    with DagsterInstance.get() as instance, progress, log, redirect_stdout(log):
        instance.add_event_listener(run_id, progress.take)
        return job.execute_in_process(
            partition_key=str(month),
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def _failure(result: Any) -> Exception:
    """Return the cause of a failed run: busy if somebody holds the warehouse."""
    failures = [event for event in result.all_events if event.is_step_failure]
    reasons = []
    for event in failures:
        error = event.step_failure_data.error
        while error.cause is not None:
            error = error.cause
        message = error.message.strip()
        if error.cls_name == BusyError.__name__:
            return BusyError(message.removeprefix("orchestration.store.locks.BusyError: "))
        if busy := open_elsewhere(message):
            return busy
        reasons.append(f"{event.step_key}: {message}")
    return RunFailedError("; ".join(reasons) or "the run failed before its first step")
