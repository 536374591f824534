"""When work happens by itself: the month's job, its schedule, the sensors.

Schedule and sensor ask ``operations`` which months are due and try none for ever. The days and
times come from the calendar seed. Where the steps of a run are worked on is a setting; see
``executors``.
https://docs.dagster.io/guides/automate
"""

import json
from collections.abc import Collection
from datetime import datetime

from dagster import (
    AssetKey,
    AssetSelection,
    DagsterInstance,
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
    schedule,
    sensor,
)

from orchestration.defs.deliveries import delivery_key, looked_at
from orchestration.executors.choosing import chosen_executor
from orchestration.ingest.names import name_key
from orchestration.ingest.watching import look, month_of, settled_months
from orchestration.operations.attempts import INPUTS_TAG, attempts_at, has_live_run
from orchestration.operations.dead_runs import end_dead_runs
from orchestration.operations.due import DueMonth, due_months
from orchestration.operations.unplaced import misplaced
from orchestration.reference.calendar import SUZHOU, load_calendar, month_calendar
from orchestration.reference.districts import district_ids, reporting_districts
from orchestration.reference.months import TIMEZONE, Month, chinese_date
from orchestration.settings import Settings, load_settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import held_locks

JOB_NAME = "monthly_statistics"
_LOOK_EVERY_SECONDS = 30
_END_DEAD_EVERY_SECONDS = 60
_EXECUTOR = chosen_executor(load_settings())

monthly_statistics = define_asset_job(
    JOB_NAME,
    selection=AssetSelection.all(),
    executor_def=_EXECUTOR,
    description="一个月的全部工作：报送、判定、统计、发布。Everything of one month.",
)


def run_cron() -> str:
    """Return the cron expression: every day at the time of the calendar's latest row.

    On which of them a month is counted moves with holidays, which no such expression knows.
    """
    run = load_calendar()[-1].run
    return f"{run.at.minute} {run.at.hour} * * *"


@schedule(
    name="monthly_statistics_schedule",
    job=monthly_statistics,
    cron_schedule=run_cron(),
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.RUNNING,
    description="报送截止后统计上月。Runs the month before, once its deadline has passed.",
)
def monthly_statistics_schedule(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
    """Ask for the month before, if today is the day of its run in the calendar, and it is due.

    A month that is published as it was delivered is not run again; where a district has delivered
    nothing, its asset is, since its check turns red once the deadline has passed.
    """
    fired = context.scheduled_execution_time.astimezone(SUZHOU)
    month = Month.of(fired.date()).previous
    run_on = month_calendar(month).run.date()
    if fired.date() != run_on:
        return SkipReason(
            f"{month.chinese}于{chinese_date(run_on)}统计。{month} is run on {run_on}."
        )
    settings = load_settings().prepare()
    ledger = Ledger(settings.ledger)
    due, user = _due(settings, ledger, fired)
    for one in due:
        if one.month == month:
            return SkipReason(_in_use(user)) if user else _ask(context.instance, one, fired, None)
    if not ledger.arrivals(month):
        return SkipReason(
            f"{month.chinese}没有任何报送，不统计。Nothing was delivered for {month}."
        )
    silent = _silent(ledger, month)
    if silent:
        return RunRequest(
            run_key=f"{month}-silent",
            partition_key=str(month),
            asset_selection=[delivery_key(district_id) for district_id in silent],
        )
    return SkipReason(f"{month.chinese}已按现有报送发布。{month} is published as it was delivered.")


@sensor(
    name="delivery_sensor",
    job=monthly_statistics,
    minimum_interval_seconds=_LOOK_EVERY_SECONDS,
    default_status=DefaultSensorStatus.RUNNING,
    description=(
        "报送文件不再变化后重算所涉地区和月份；失败的隔一段时间再试。"
        "Runs the months that are due, once their files have stopped changing."
    ),
)
def delivery_sensor(context: SensorEvaluationContext) -> SensorResult:
    """Ask for a run of the first due month that may start: its files rest, its turn has come.

    Files rest that are as the last look found them, which is all that the cursor holds. A later
    month is compared with earlier ones and waits while one of these is run. Without the folder
    the tick fails and says so.
    """
    settings = load_settings()
    settings.require_raw()
    settings.prepare()
    ledger, now = Ledger(settings.ledger), suzhou_time()
    due, user = _due(settings, ledger, now)
    # after the question: what was laid meanwhile is seen here
    looked = look(settings.raw, name_key(settings))
    moving = {month_of(path) for path in looked} - settled_months(
        looked, _last_look(context.cursor)
    )
    if due and user:
        request, reasons = None, [_in_use(user)]
    else:
        request, reasons = _first_request(context, due, moving, now)
    reasons += [
        f"{one.path} 没有收取 not taken up{f'：应为 {one.right}' if one.right else ''}"
        for one in misplaced(settings, ledger, now)
    ]
    skipped = "；".join(reasons) or "没有需要统计的月份。No month is due."
    return SensorResult(
        run_requests=[request] if request else [],
        skip_reason=None if request else SkipReason(skipped),
        cursor=json.dumps(looked, ensure_ascii=False),
    )


def _due(settings: Settings, ledger: Ledger, now: datetime) -> tuple[list[DueMonth], str | None]:
    """Return what is due, and who holds the home, if anybody does.

    In the middle of a release, say, a month looks as if it had to be published again.
    """
    before = held_locks(settings.ledger_locks)
    due = due_months(settings, ledger, now)
    return due, (before | held_locks(settings.ledger_locks)).get("month")


def _in_use(user: str) -> str:
    return f"存储正由 {user} 使用，用完再看。The home is in use: looked at again when that ends."


def _first_request(
    context: SensorEvaluationContext, due: list[DueMonth], moving: set[str], now: datetime
) -> tuple[RunRequest | None, list[str]]:
    """Return the run to ask for, if any, and why the months before it are not asked for."""
    reasons = []
    for one in due:
        if str(one.month) in moving:
            reasons.append(f"{one.month}：文件仍在变化 its files still change")
            continue
        if has_live_run(context.instance, one.month):
            reasons.append(f"{one.month}：正在统计 a run of it is queued or running")
            break
        asked = _ask(context.instance, one, now, _assets(context, one.district_ids))
        if isinstance(asked, RunRequest):
            return asked, reasons
        reasons.append(asked.skip_message or "")
    return None, reasons


def suzhou_time() -> datetime:
    """Return the present time."""
    return datetime.now(SUZHOU)


def _last_look(cursor: str | None) -> dict[str, list[int]]:
    """Return the look that the cursor holds; none if another version wrote it."""
    looked = json.loads(cursor) if cursor else {}
    return {path: state for path, state in looked.items() if isinstance(state, list)}


def _ask(
    instance: DagsterInstance, due: DueMonth, now: datetime, assets: list[AssetKey] | None
) -> RunRequest | SkipReason:
    """Ask for a run of a due month, unless one lives, or the last try is too fresh or the last.

    Without ``assets`` the run is of the whole month.
    """
    if has_live_run(instance, due.month):
        return SkipReason(f"{due.month}：正在统计 a run of it is queued or running")
    tried = attempts_at(instance, due)
    if not tried.may_start(now):
        return SkipReason(f"{due.month}：{_why_not(tried.count, tried.next_at, tried.was_ended)}")
    return RunRequest(
        run_key=f"{due.month}-{due.inputs}-{tried.count}",
        partition_key=str(due.month),
        asset_selection=assets,
        tags={INPUTS_TAG: due.inputs, "fangan/reason": due.reason},
    )


def _why_not(count: int, next_at: datetime | None, was_ended: bool) -> str:
    if was_ended:
        return "已由人工终止，有新报送后再统计 it was ended by hand: tried again once inputs change"
    if next_at is None:
        return f"{count} 次未成，不再自动统计 tried {count} times: run fangan month by hand"
    at = next_at.astimezone(SUZHOU)
    return f"已试 {count} 次，{at:%m-%d %H:%M} 再试 tried {count} times, again at that time"


def _silent(ledger: Ledger, month: Month) -> list[str]:
    """Return the districts none of whose deliveries for the month ever arrived."""
    delivered = {arrival.district_id for arrival in ledger.arrivals(month).values()}
    return [d.district_id for d in reporting_districts(month) if d.district_id not in delivered]


def _assets(context: SensorEvaluationContext, delivering: Collection[str]) -> list[AssetKey]:
    """Return the assets of who delivers, of who looks at these, and all that follows."""
    graph = context.repository_def
    assert graph is not None
    looking = {area for area in district_ids() if set(delivering) & set(looked_at(area))}
    delivered = {delivery_key(district_id) for district_id in {*delivering, *looking}}
    downstream = {
        key for key in graph.asset_graph.materializable_asset_keys if key.path[0] != "deliveries"
    }
    return sorted(delivered | downstream)


@sensor(
    name="dead_run_sensor",
    minimum_interval_seconds=_END_DEAD_EVERY_SECONDS,
    default_status=DefaultSensorStatus.RUNNING,
    description=(
        "结束进程已不在的统计，使后面的不再等待。"
        "Ends runs whose process is gone, so that those behind them need not wait."
    ),
)
def dead_run_sensor(context: SensorEvaluationContext) -> SkipReason:
    """End the runs whose process died with the machine or was killed."""
    ended = end_dead_runs(load_settings().prepare(), context.instance)
    told = "；".join(f"{one.month} {one.run_id}: {one.reason}" for one in ended)
    return SkipReason(told or "没有进程已失的统计。No run has lost its process.")


@definitions
def automation() -> Definitions:
    """Provide the job, its schedule and the sensors; ad hoc runs have the job's executor."""
    return Definitions(
        jobs=[monthly_statistics],
        schedules=[monthly_statistics_schedule],
        sensors=[delivery_sensor, dead_run_sensor],
        executor=_EXECUTOR,
    )
