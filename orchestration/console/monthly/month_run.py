"""Running a month's job in this process: locks, Dagster, and why a run failed.

What is shown while it runs is in ``run_progress``, what came of it in ``month``.
"""

from __future__ import annotations

import logging
import os
import uuid
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestration.choices import EXECUTORS
from orchestration.console.monthly.run_progress import RunProgress
from orchestration.ingest.deliveries import is_anything_delivered, nothing_delivered
from orchestration.library_patches.python_garbage import end_of_run, objects_that_stay
from orchestration.messages.events import run_ended
from orchestration.modelling.spark.installation import require_engine
from orchestration.modelling.up_to_date import is_current
from orchestration.operations.run_errors import busy_run, errors_by_step, fault_of
from orchestration.reference.calendar import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import BusyError, holding
from orchestration.store.tidying import tidy_home
from orchestration.upkeep.dagster_files import move_broken_aside, moved_message
from orchestration.upkeep.instance_file import prepare_instance

if TYPE_CHECKING:
    from orchestration.operations.dead_runs import Ended


class RunFailedError(RuntimeError):
    """The run failed through a fault of ours; the message says in which step and why."""


class NothingDeliveredError(RuntimeError):
    """Nothing ever arrived for the month, and nothing lies there."""


def prepare_dagster(settings: Settings) -> None:
    """Give Dagster its home, and its instance file if there is none."""
    prepare_instance(settings)
    if moved := move_broken_aside(settings):
        click.echo(moved_message(moved), err=True)
    # the first look into the files of all months may take minutes
    os.environ.setdefault("DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS", "600")


def prepare_service(settings: Settings) -> list[Ended]:
    """Prepare Dagster's home for its daemon; return the runs of dead processes that were ended.

    A pool's default limit holds only once Dagster has seen the pool: before, the daemon would
    start all runs that are queued at once.
    """
    from dagster import DagsterInstance

    from orchestration.defs.partitions import WAREHOUSE_POOL
    from orchestration.operations.dead_runs import end_dead_runs

    prepare_dagster(settings)
    with DagsterInstance.get() as instance:
        instance.event_log_storage.set_concurrency_slots(WAREHOUSE_POOL, 1)
        return end_dead_runs(settings, instance)


def run_month(settings: Settings, month: Month, *, again: bool = False) -> bool:
    """Run the month's job in this process, with progress on a terminal.

    Returns False, having run nothing, if what is published already says what the deliveries
    and the code would make of the month (unless ``again``). Raises NothingDeliveredError for a
    month without any delivery, BusyError if another run holds the month or the warehouse,
    ConfigurationError if the chosen engine or executor is not installed, RunFailedError otherwise.
    """
    require_engine()
    _require_executor(settings)
    if not is_anything_delivered(settings, Ledger(settings.ledger), month):
        raise NothingDeliveredError(nothing_delivered(month))
    prepare_dagster(settings)
    with holding(settings.ledger_locks, "month"):
        tidy_home(settings)
        if not again and is_current(settings, Ledger(settings.ledger), month):
            return False
        with objects_that_stay():
            job = _load_job()
        try:
            result = _execute(settings, month, job)
        except Exception as error:
            run_ended(settings, month, datetime.now(SUZHOU), type(error).__name__)
            raise
        finally:
            end_of_run()
        failure = None if result.success else failure_of(result)
        if not isinstance(failure, BusyError):
            _tell(settings, month, result)
        if failure:
            raise failure
        return True


def _require_executor(settings: Settings) -> None:
    """Raise ConfigurationError if the chosen executor is not installed."""
    if settings.executor != EXECUTORS[0]:
        from orchestration.executors.choosing import require_executor

        require_executor(settings)


def _load_job() -> Any:
    """Return the job that the schedule runs too."""
    from orchestration.definitions import defs
    from orchestration.defs.automation import JOB_NAME

    return defs().resolve_job_def(JOB_NAME)


def _quiet_dagster() -> None:
    """Keep Dagster's lines off the terminal: they are in its own log, and progress is shown."""
    log = logging.getLogger("dagster")
    log.setLevel(logging.CRITICAL)
    # a logger of a run has a level of its own, and dbt's imports give the root a handler
    log.addHandler(logging.NullHandler())
    log.propagate = False


def _execute(settings: Settings, month: Month, job: Any) -> Any:
    """Run the job on the instance of this home; return Dagster's result.

    dbt's own lines go to a log, and a terminal shows the steps instead.
    """
    from dagster import DagsterInstance

    from orchestration.executors.choosing import start_step_server
    from orchestration.executors.run_process import COMMAND_TAG, run_in_processes
    from orchestration.library_patches.dagster_unasked_checks import forget_unasked_checks

    _quiet_dagster()
    run_id = str(uuid.uuid4())
    progress = RunProgress(steps=len(job.nodes_in_topological_order))
    log = (settings.dagster / "month.log").open("w", encoding="utf-8")
    with DagsterInstance.get() as instance, progress, log, redirect_stdout(log):
        options: dict[str, Any] = {
            "run_id": run_id,
            "tags": {COMMAND_TAG: run_id},
            "run_config": {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        }
        result: Any
        if settings.executor == EXECUTORS[0]:
            instance.add_event_listener(run_id, lambda entry: progress.take(entry.dagster_event))
            result = job.execute_in_process(
                partition_key=str(month), instance=instance, raise_on_error=False, **options
            )
        else:
            start_step_server(settings, Path(log.name))
            result = run_in_processes(instance, job, str(month), progress.take, **options)
        if not result.success:
            forget_unasked_checks(instance, run_id)
        return result


def _tell(settings: Settings, month: Month, result: Any) -> None:
    """Tell people how the run ended."""
    fault = None if result.success else fault_of(result.all_events)
    run_ended(settings, month, datetime.now(SUZHOU), fault)


def failure_of(result: Any) -> Exception:
    """Return the cause of a failed run: busy if somebody holds the home or the warehouse."""
    if busy := busy_run(result.all_events):
        return busy
    reasons = [
        f"{step}: {links[-1].message.strip()}" for step, links in errors_by_step(result.all_events)
    ]
    return RunFailedError("; ".join(reasons) or "the run failed before its first step")
