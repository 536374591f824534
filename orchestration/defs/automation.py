"""When work happens by itself: the month's job, its schedule, the sensor on deliveries.

The days and times come from the calendar seed. Runs stay in one process: every step process
would cost seconds of imports.
https://docs.dagster.io/guides/automate
"""

import json
from zoneinfo import ZoneInfo

from dagster import (
    AssetKey,
    AssetSelection,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Definitions,
    RunRequest,
    ScheduleEvaluationContext,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    define_asset_job,
    definitions,
    in_process_executor,
    schedule,
    sensor,
)

from orchestration.defs.deliveries import delivery_key, looked_at
from orchestration.defs.partitions import MONTHS
from orchestration.ingest.names import name_key
from orchestration.ingest.reader.privacy import mask
from orchestration.ingest.watching import changed_districts, look
from orchestration.reference.calendar import load_calendar
from orchestration.reference.districts import district_ids
from orchestration.reference.months import TIMEZONE, Month
from orchestration.settings import Settings, load_settings
from orchestration.store.ledger import Ledger

JOB_NAME = "monthly_statistics"
_LOOK_EVERY_SECONDS = 30

monthly_statistics = define_asset_job(
    JOB_NAME,
    selection=AssetSelection.all(),
    executor_def=in_process_executor,
    description="一个月的全部工作：报送、判定、统计、发布。Everything of one month.",
)


def run_cron() -> str:
    """Return the cron expression of the calendar's latest row: its run day and time."""
    run = load_calendar()[-1].run
    return f"{run.at.minute} {run.at.hour} {run.day} * *"


@schedule(
    name="monthly_statistics_schedule",
    job=monthly_statistics,
    cron_schedule=run_cron(),
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.RUNNING,
    description="报送截止后统计上月。Runs the month before, once its deadline has passed.",
)
def monthly_statistics_schedule(context: ScheduleEvaluationContext) -> RunRequest:
    """Ask for the month before the one in which the schedule fires."""
    fired = context.scheduled_execution_time.astimezone(ZoneInfo(TIMEZONE))
    month = str(Month.of(fired.date()).previous)
    return RunRequest(run_key=month, partition_key=month)


@sensor(
    name="delivery_sensor",
    job=monthly_statistics,
    minimum_interval_seconds=_LOOK_EVERY_SECONDS,
    default_status=DefaultSensorStatus.RUNNING,
    description=(
        "报送文件不再变化后重算所涉地区和月份。"
        "Runs what new or changed deliveries touch, once they have stopped changing."
    ),
)
def delivery_sensor(context: SensorEvaluationContext) -> SensorResult | SkipReason:
    """Compare this look at ``raw`` with the last one; ask for a run a month that changed.

    Without the folder the tick fails and says so; what was seen before stays known.
    """
    settings = load_settings()
    settings.require_raw()
    seen = json.loads(context.cursor) if context.cursor else {"looked": {}, "launched": {}}
    # a cursor of before names were masked is not kept on
    seen["launched"] = {path: s for path, s in seen["launched"].items() if mask(path) == path}
    looked = look(settings.raw, name_key(settings.prepare()))
    settled = {path: state for path, state in looked.items() if seen["looked"].get(path) == state}
    changed = changed_districts(settled, seen["launched"])
    requests = [
        RunRequest(
            run_key=f"{month}-{touched.fingerprint}",
            partition_key=month,
            asset_selection=_assets(
                context, touched.district_ids | _unjudged(settings, Month.parse(month))
            ),
        )
        for month, touched in changed.items()
        if MONTHS.has_partition_key(month)
    ]
    cursor = json.dumps(
        {"looked": looked, "launched": seen["launched"] | settled}, ensure_ascii=False
    )
    if not requests:
        context.update_cursor(cursor)
        return SkipReason("没有新的或变化的报送。No new or changed deliveries.")
    return SensorResult(run_requests=requests, cursor=cursor)


def _unjudged(settings: Settings, month: Month) -> set[str]:
    """Return the districts without any verdict for the month: a month begins with all of them."""
    judged = {j.district_id for j in Ledger(settings.prepare().ledger).judgements(month)}
    return set(district_ids()) - judged


def _assets(context: SensorEvaluationContext, delivering: set[str]) -> list[AssetKey]:
    """Return the assets of who delivers, of who looks at these, and all that follows."""
    graph = context.repository_def
    assert graph is not None
    looking = {area for area in district_ids() if delivering & set(looked_at(area))}
    delivered = {delivery_key(district_id) for district_id in delivering | looking}
    downstream = {
        key for key in graph.asset_graph.materializable_asset_keys if key.path[0] != "deliveries"
    }
    return sorted(delivered | downstream)


@definitions
def automation() -> Definitions:
    """Provide the job, its schedule and the sensor; one process for ad hoc runs too."""
    return Definitions(
        jobs=[monthly_statistics],
        schedules=[monthly_statistics_schedule],
        sensors=[delivery_sensor],
        executor=in_process_executor,
    )
