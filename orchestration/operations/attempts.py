"""How often a due month was tried and when it is tried again, by Dagster's records of its runs.

A run carries the fingerprint of what it was to be made from, so that a changed delivery, decision
or program starts the count anew. Dagster's database may be lost: then it is tried again. Whether
a month is due is said in ``due``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dagster import DagsterInstance, DagsterRunStatus, RunRecord, RunsFilter
from dagster._core.storage.tags import PARTITION_NAME_TAG

from orchestration.operations.due import DueMonth
from orchestration.reference.months import Month

#: The tag with the fingerprint of what a run was to be made from.
INPUTS_TAG = "fangan/inputs"
#: How long to wait after the first, second and third run; there is no fifth.
PAUSES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
_LIVE = (
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
)
_LOOKED_AT = 20


@dataclass(frozen=True)
class Attempts:
    """How many runs of a due month have ended, and when the next may start; None means never.

    ``was_ended`` says that a person ended the last one.
    """

    count: int
    next_at: datetime | None
    was_ended: bool = False

    def may_start(self, now: datetime) -> bool:
        """Whether another run may start now."""
        return self.next_at is not None and self.next_at <= now


def has_live_run(instance: DagsterInstance, month: Month) -> bool:
    """Whether a run of the month is queued or running; ``dead_runs`` ends those that are not."""
    filters = RunsFilter(tags={PARTITION_NAME_TAG: str(month)}, statuses=list(_LIVE))
    return instance.get_runs_count(filters) > 0


def attempts_at(instance: DagsterInstance, due: DueMonth) -> Attempts:
    """Return what was tried of a due month as its deliveries lie there now."""
    records = instance.get_run_records(
        RunsFilter(tags={PARTITION_NAME_TAG: str(due.month), INPUTS_TAG: due.inputs}),
        limit=_LOOKED_AT,
    )
    ended = [record for record in records if record.dagster_run.status not in _LIVE]
    if not ended:
        return Attempts(0, datetime.min.replace(tzinfo=UTC))
    last = max(ended, key=_ended_at)
    if last.dagster_run.status is DagsterRunStatus.CANCELED:
        return Attempts(len(ended), None, was_ended=True)
    if len(ended) > len(PAUSES):
        return Attempts(len(ended), None)
    return Attempts(len(ended), _ended_at(last) + PAUSES[len(ended) - 1])


def _ended_at(record: RunRecord) -> datetime:
    """Return when a run ended; one that was ended from outside has only its last change."""
    if record.end_time is not None:
        return datetime.fromtimestamp(record.end_time, UTC)
    changed = record.update_timestamp
    return changed if changed.tzinfo else changed.replace(tzinfo=UTC)
