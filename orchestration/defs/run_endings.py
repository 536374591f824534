"""Telling people how a month's run ended, whoever started it.

Dagster's run-status sensors load what happened and hand it to ``messages``, where it is said who
is told what. A run of the command line that ends by itself tells of it at once; here it is told
only if it was killed.
https://docs.dagster.io/guides/automate/run-status-sensors
"""

from collections.abc import Iterable
from datetime import datetime

from dagster import (
    DagsterEvent,
    DagsterRunStatus,
    DefaultSensorStatus,
    Definitions,
    RunFailureSensorContext,
    RunStatusSensorContext,
    definitions,
    run_failure_sensor,
    run_status_sensor,
)

from orchestration.defs.automation import monthly_statistics
from orchestration.defs.resources import COMMAND_TAG
from orchestration.messages.events import run_ended
from orchestration.reference.calendar import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import load_settings
from orchestration.store.locks import BusyError

_LOOK_EVERY_SECONDS = 30
_PARTITION = "dagster/partition"


def fault_of(events: Iterable[DagsterEvent]) -> str:
    """Return the steps that failed, each with the class of its error, never its words.

    An error may say what stands in a cell.
    """
    failed = [
        f"{event.step_key}: {event.step_failure_data.error.cls_name}"
        for event in events
        if event.is_step_failure and event.step_failure_data.error
    ]
    return "; ".join(failed) or "before its first step"


@run_failure_sensor(
    name="failed_run_sensor",
    default_status=DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=_LOOK_EVERY_SECONDS,
    description="统计失败时告知有关人员。Tells people that a run failed, whoever started it.",
)
def failed_run_sensor(context: RunFailureSensorContext) -> None:
    """Tell of a failed run; that somebody else held the home is told nobody."""
    month = context.dagster_run.tags.get(_PARTITION)
    fault = fault_of(context.get_step_failure_events())
    busy = BusyError.__name__ in f"{fault} {context.failure_event.message}"
    if month and not busy:
        run_ended(load_settings().prepare(), Month.parse(month), datetime.now(SUZHOU), fault)


@run_status_sensor(
    run_status=DagsterRunStatus.SUCCESS,
    name="finished_run_sensor",
    monitored_jobs=[monthly_statistics],
    default_status=DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=_LOOK_EVERY_SECONDS,
    description="统计完成后告知有关人员。Tells people what a month's run came to.",
)
def finished_run_sensor(context: RunStatusSensorContext) -> None:
    """Tell what was judged, and that an earlier failure has ended."""
    tags = context.dagster_run.tags
    if _PARTITION in tags and COMMAND_TAG not in tags:
        month = Month.parse(tags[_PARTITION])
        run_ended(load_settings().prepare(), month, datetime.now(SUZHOU), None)


@definitions
def run_endings() -> Definitions:
    """Provide the sensors on runs that have ended."""
    return Definitions(sensors=[failed_run_sensor, finished_run_sensor])
