"""Whether a month was published and released by the days of its calendar: a check for each month.

Each run of a month looks, and so does a schedule on the day after each deadline, since what was not
run does not tell that it is late. Dagster's own do not fit a month: a ``FreshnessPolicy`` knows the
last materialization of an asset, so that a correction of August would make October fresh, and
``build_time_partition_freshness_checks`` knows one cron expression without holidays and takes the
month that has just begun for the one that is due. What a district owes by its deadline is checked
on its own asset.
https://docs.dagster.io/guides/observe/asset-freshness-policies
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetSelection,
    DefaultScheduleStatus,
    Definitions,
    MetadataValue,
    RunRequest,
    ScheduleEvaluationContext,
    SkipReason,
    define_asset_job,
    definitions,
    in_process_executor,
    multi_asset_check,
    schedule,
)

from orchestration.defs.partitions import MONTHS
from orchestration.defs.releases import BULLETIN_KEY
from orchestration.defs.resources import Platform
from orchestration.reference.calendar import SUZHOU, month_calendar
from orchestration.reference.deadlines import could_be_in_time
from orchestration.reference.months import TIMEZONE, Month
from orchestration.settings import load_settings
from orchestration.store.ledger import Ledger

_DAY = timedelta(days=1)
#: A month is released in the month after it; a holiday may take a deadline into the next.
_MONTHS_BACK = (1, 2)
_EVERY_MORNING = "30 8 * * *"

_PUBLISHED = AssetCheckSpec(
    "published_in_time",
    asset=BULLETIN_KEY,
    description="复核日前有可看的公报。The bulletin is there on the day of its review.",
    partitions_def=MONTHS,
)
_RELEASED = AssetCheckSpec(
    "released_in_time",
    asset=BULLETIN_KEY,
    description="发布日前已正式发布。The month is released by its day of release.",
    partitions_def=MONTHS,
)


@multi_asset_check(name="deadlines", specs=[_PUBLISHED, _RELEASED], can_subset=True)
def deadlines(
    context: AssetCheckExecutionContext, platform: Platform
) -> Iterator[AssetCheckResult]:
    """Compare when a month was published and released with its calendar.

    What is not due yet, and a month that was due before this platform received anything, has no
    result.
    """
    month, now = Month.parse(context.partition_key), datetime.now(SUZHOU)
    for result in results(platform.ledger, month, now):
        if result.asset_check_key in context.selected_asset_check_keys:
            yield result


def results(ledger: Ledger, month: Month, now: datetime) -> Iterator[AssetCheckResult]:
    """Yield the result of each check that has one at a time."""
    if not could_be_in_time(month, ledger.opened_at()):
        return
    times = month_calendar(month)
    happened = (
        (_PUBLISHED, times.review, ledger.first_published_at(month)),
        (_RELEASED, times.release, _first_released_at(ledger, month)),
    )
    for spec, due, done in happened:
        if done or now > due:
            yield _result(spec, due, done, now)


def _first_released_at(ledger: Ledger, month: Month) -> datetime | None:
    vintages = ledger.release_state(month).vintages
    return vintages[0].release.decided_at if vintages else None


def _result(
    spec: AssetCheckSpec, due: datetime, done: datetime | None, now: datetime
) -> AssetCheckResult:
    late = max(timedelta(), (done or now) - due)
    return AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=not late,
        severity=AssetCheckSeverity.WARN if done else AssetCheckSeverity.ERROR,
        metadata={
            "期限": MetadataValue.timestamp(due),
            "完成": MetadataValue.timestamp(done) if done else MetadataValue.text("尚未完成"),
            "逾期天数": MetadataValue.float(round(late / _DAY, 1)),
        },
    )


deadline_checks = define_asset_job(
    "deadline_checks",
    selection=AssetSelection.checks(deadlines),
    executor_def=in_process_executor,
    description="只检查是否按期发布。Looks whether a month was published in time, nothing else.",
)


@schedule(
    name="deadline_schedule",
    job=deadline_checks,
    cron_schedule=_EVERY_MORNING,
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.RUNNING,
    description="期限过后的早晨检查一次。Looks on the morning after each deadline.",
)
def deadline_schedule(context: ScheduleEvaluationContext) -> list[RunRequest] | SkipReason:
    """Ask for a look at each month of which a deadline passed since the morning before."""
    fired = context.scheduled_execution_time.astimezone(SUZHOU)
    opened_at = Ledger(load_settings().prepare().ledger).opened_at()
    passed = [
        month
        for month in (Month.of(fired.date()).shift(-back) for back in _MONTHS_BACK)
        if could_be_in_time(month, opened_at)
        and any(
            fired - _DAY < due <= fired
            for due in (month_calendar(month).review, month_calendar(month).release)
        )
    ]
    if not passed:
        return SkipReason("昨日没有到期的期限。No deadline passed since yesterday.")
    return [RunRequest(run_key=f"{m}-{fired.date()}", partition_key=str(m)) for m in passed]


@definitions
def on_time() -> Definitions:
    """Provide the checks, their job and its schedule."""
    return Definitions(
        asset_checks=[deadlines], jobs=[deadline_checks], schedules=[deadline_schedule]
    )
