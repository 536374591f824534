"""Telling people how a month's run ended, whoever started it.

Dagster's run-status sensors load what happened and hand it to ``messages``, where it is said who
is told what. A run of the command line tells of its own end, unless it is killed; that it failed
is the same cause here, and not told twice.
https://docs.dagster.io/guides/automate/run-status-sensors
"""

from datetime import datetime

from dagster import (
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
from orchestration.executors.run_process import is_by_command
from orchestration.library_patches.dagster_unasked_checks import forget_unasked_checks
from orchestration.messages.events import run_ended
from orchestration.operations.run_errors import busy_run, fault_of
from orchestration.reference.calendar import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import load_settings

_LOOK_EVERY_SECONDS = 30
_PARTITION = "dagster/partition"


@run_failure_sensor(
    name="failed_run_sensor",
    default_status=DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=_LOOK_EVERY_SECONDS,
    description="统计失败时告知有关人员。Tells people that a run failed, whoever started it.",
)
def failed_run_sensor(context: RunFailureSensorContext) -> None:
    """Tell of a failed run; that somebody else held the home is told nobody."""
    month = context.dagster_run.tags.get(_PARTITION)
    events = [*context.get_step_failure_events(), context.failure_event]
    if month and not busy_run(events):
        now, settings = datetime.now(SUZHOU), load_settings().prepare()
        run_ended(settings, Month.parse(month), now, fault_of(events))
    # last: people are told, whatever Dagster's tables hold
    forget_unasked_checks(context.instance, context.dagster_run.run_id)


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
    run, tags = context.dagster_run, context.dagster_run.tags
    # Dagster copies tags to a run that is tried again: the tag names the command's own run
    if _PARTITION in tags and not is_by_command(run):
        month = Month.parse(tags[_PARTITION])
        run_ended(load_settings().prepare(), month, datetime.now(SUZHOU), None)


@definitions
def run_endings() -> Definitions:
    """Provide the sensors on runs that have ended."""
    return Definitions(sensors=[failed_run_sensor, finished_run_sensor])
