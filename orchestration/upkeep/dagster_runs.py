"""Old runs and ticks of Dagster's: which may go, and removing them through Dagster itself.

Through Dagster, so that it holds for SQLite and PostgreSQL alike. Kept whatever its age is the run
that last made an asset of a month: without it the month would look missing in the asset graph.
https://docs.dagster.io/deployment/oss/dagster-yaml#data-retention
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dagster import AssetKey, DagsterInstance, DagsterRunStatus, RunRecord, RunsFilter
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.tags import PARTITION_NAME_TAG

from orchestration.settings import Settings
from orchestration.upkeep.dagster_files import run_logs


@dataclass(frozen=True)
class OldRun:
    """A run that may go: its month, its state, and the bytes of its own files."""

    run_id: str
    month: str | None
    status: str
    byte_count: int


@contextmanager
def dagster_instance(settings: Settings) -> Iterator[DagsterInstance | None]:
    """Yield Dagster's instance of this home; None if it was never started there."""
    if not (settings.dagster / "dagster.yaml").is_file():
        yield None
        return
    os.environ["DAGSTER_HOME"] = str(settings.dagster)
    with DagsterInstance.get() as instance:
        yield instance


def old_runs(settings: Settings, instance: DagsterInstance, before: datetime) -> list[OldRun]:
    """Return the runs that ended before that time and did not last make an asset of a month."""
    records = instance.get_run_records(RunsFilter(statuses=list(FINISHED_STATUSES)))
    needed = _last_makers(records)
    return [
        OldRun(
            record.dagster_run.run_id,
            record.dagster_run.tags.get(PARTITION_NAME_TAG),
            record.dagster_run.status.value,
            sum(size_of(path) for path in _files_of(settings, record.dagster_run.run_id)),
        )
        for record in records
        if record.dagster_run.run_id not in needed
        and (record.end_time or record.create_timestamp.timestamp()) < before.timestamp()
    ]


def _last_makers(records: Sequence[RunRecord]) -> set[str]:
    """Return the runs that last made some asset of a month, given the newest runs first.

    A run without a selection, or with an empty one, made every asset.
    """
    needed: set[str] = set()
    made: dict[str, set[AssetKey] | None] = {}
    for record in sorted(records, key=lambda record: record.storage_id, reverse=True):
        run = record.dagster_run
        month = run.tags.get(PARTITION_NAME_TAG)
        known = made.get(month, set()) if month else None
        if run.status is not DagsterRunStatus.SUCCESS or month is None or known is None:
            continue
        if not run.asset_selection:
            needed.add(run.run_id)
            made[month] = None
        elif run.asset_selection - known:
            needed.add(run.run_id)
            made[month] = known | run.asset_selection
    return needed


def delete_runs(settings: Settings, instance: DagsterInstance, runs: list[OldRun]) -> None:
    """Remove runs with their events, and the files of their output."""
    for run in runs:
        instance.delete_run(run.run_id)
        _forget_checks(instance, run.run_id)
        for path in _files_of(settings, run.run_id):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _forget_checks(instance: DagsterInstance, run_id: str) -> None:
    """Remove a run's rows of asset checks, which Dagster 1.13 leaves behind."""
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)  # SQLite and PostgreSQL are
    with storage.index_connection() as connection:
        checks = AssetCheckExecutionsTable
        connection.execute(checks.delete().where(checks.c.run_id == run_id))


def old_ticks(instance: DagsterInstance, before: datetime) -> int:
    """Return how many ticks of schedules and sensors are older than that."""
    return sum(
        len(
            instance.get_ticks(
                state.instigator_origin_id, state.selector_id, before=before.timestamp()
            )
        )
        for state in instance.all_instigator_state()
    )


def purge_ticks(instance: DagsterInstance, before: datetime) -> None:
    """Remove the ticks that are older than that."""
    for state in instance.all_instigator_state():
        instance.purge_ticks(state.instigator_origin_id, state.selector_id, before.timestamp())


def _files_of(settings: Settings, run_id: str) -> list[Path]:
    """Return the files and folders that only this run wrote."""
    return [
        *run_logs(settings).glob(f"{run_id}.db*"),
        *(settings.dagster / "storage").glob(run_id),
    ]


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder."""
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file())
