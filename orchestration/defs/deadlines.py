"""Whether a month was published and released by the days of its calendar: a check for each month.

Each run of a month looks, and so does a sensor every hour, since what was not run or not released
does not tell that it is late. The sensor reports results without a run: a job of checks alone has
no partitions in 1.13. Dagster's own do not fit a month: a ``FreshnessPolicy`` knows the
last materialization of an asset, so that a correction of August would make October fresh, and
``build_time_partition_freshness_checks`` knows one cron expression without holidays and takes the
month that has just begun for the one that is due. What a district owes by its deadline is checked
on its own asset.
https://docs.dagster.io/guides/observe/asset-freshness-policies
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dagster import (
    AssetCheckEvaluation,
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    DagsterInstance,
    DefaultSensorStatus,
    Definitions,
    MetadataValue,
    SensorEvaluationContext,
    SkipReason,
    definitions,
    multi_asset_check,
    sensor,
)

from orchestration.defs.partitions import MONTHS
from orchestration.defs.releases import BULLETIN_KEY
from orchestration.defs.resources import Platform
from orchestration.reference.calendar import SUZHOU, month_calendar
from orchestration.reference.deadlines import could_be_in_time
from orchestration.reference.months import Month
from orchestration.settings import load_settings
from orchestration.store.ledger import Ledger

_DAY = timedelta(days=1)
#: A month is released in the month after it; a late one is looked at for some time.
_MONTHS_BACK = (1, 2, 3)
_LOOK_EVERY_SECONDS = 3600
_RESULTS_LOOKED_AT = 1000

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
    asked = {key.name for key in context.selected_asset_check_keys}
    for result in results(platform.ledger, month, now):
        if result.check_name in asked:
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


@sensor(
    name="deadline_sensor",
    minimum_interval_seconds=_LOOK_EVERY_SECONDS,
    default_status=DefaultSensorStatus.RUNNING,
    description="期限过后检查是否按期发布。Looks whether a month came out in time.",
)
def deadline_sensor(context: SensorEvaluationContext) -> SkipReason:
    """Report the first result of each check of the months whose deadlines are near."""
    now, ledger = datetime.now(SUZHOU), Ledger(load_settings().prepare().ledger)
    for month in (Month.of(now.date()).shift(-back) for back in _MONTHS_BACK):
        for result in results(ledger, month, now):
            evaluation = _evaluation(result, month)
            if not _is_reported(context.instance, evaluation):
                context.instance.report_runless_asset_event(evaluation)
    return SkipReason("已检查期限，无须运行。Looked at the deadlines; nothing to run.")


def _is_reported(instance: DagsterInstance, evaluation: AssetCheckEvaluation) -> bool:
    """Whether a result without a run is known of the month: 1.13 keeps one, and refuses another.

    What is done after it was missed is told by the month's next run.
    """
    known = instance.event_log_storage.get_asset_check_execution_history(
        evaluation.asset_check_key, limit=_RESULTS_LOOKED_AT
    )
    return any(not one.run_id and one.partition == evaluation.partition for one in known)


def _evaluation(result: AssetCheckResult, month: Month) -> AssetCheckEvaluation:
    assert result.check_name is not None
    return AssetCheckEvaluation(
        asset_key=BULLETIN_KEY,
        check_name=result.check_name,
        passed=bool(result.passed),
        severity=result.severity,
        metadata=result.metadata,
        partition=str(month),
    )


@definitions
def on_time() -> Definitions:
    """Provide the checks, and the sensor that looks without a run."""
    return Definitions(asset_checks=[deadlines], sensors=[deadline_sensor])
