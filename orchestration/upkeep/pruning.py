"""Pruning a home: what may go, what that frees, and removing it.

Only what nobody needs any more: old runs and ticks of Dagster's log, logs, leftovers of processes
that died, old messages, earlier published files kept for rollback. Never anything of the archive,
the ledger, a release, or a judgement. Add a kind of thing to ``plan``.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.publication.database.publish import VERSIONS
from orchestration.settings import Settings
from orchestration.store.files import abandoned_files
from orchestration.upkeep.dagster_files import BROKEN, INDEX, databases, run_logs
from orchestration.upkeep.dagster_runs import (
    dagster_instance,
    delete_runs,
    old_runs,
    old_ticks,
    purge_ticks,
    size_of,
)

if TYPE_CHECKING:
    from dagster import DagsterInstance


@dataclass(frozen=True)
class Prunable:
    """One kind of thing that may go: what, how many, how many bytes, and its removal."""

    what: str
    count: int
    byte_count: int
    remove: Callable[[], None]


def prune(settings: Settings, before: datetime, *, does_it: bool) -> list[Prunable]:
    """Return what is older than ``before`` and may go; with ``does_it`` remove it.

    The caller holds the locks of a run for the removal. The databases are compacted afterwards.
    """
    with dagster_instance(settings) as instance:
        found = [*_files(settings, before), *(_log(settings, instance, before) if instance else ())]
        found = [item for item in found if item.count]
        if does_it:
            for item in found:
                item.remove()
    if does_it:
        for path in databases(settings):
            _compact(path)
    return found


def _log(settings: Settings, instance: DagsterInstance, before: datetime) -> Iterator[Prunable]:
    """Yield what may go of Dagster's log; what it frees inside its databases is not counted."""
    runs = old_runs(settings, instance, before)
    yield Prunable(
        "Dagster 的旧运行 old runs of Dagster",
        len(runs),
        sum(run.byte_count for run in runs),
        lambda: delete_runs(settings, instance, runs),
    )
    ticks = old_ticks(instance, before)
    yield Prunable("Dagster 的旧轮询 old ticks", ticks, 0, lambda: purge_ticks(instance, before))
    known = {run.run_id for run in instance.get_runs()} | {INDEX}
    strays = [path for path in run_logs(settings).glob("*.db") if path.stem not in known]
    yield _of_paths("没有运行的日志库 logs without a run", strays)


def _files(settings: Settings, before: datetime) -> Iterator[Prunable]:
    """Yield the files and folders of ours that may go."""
    folders = [settings.home, *(path for path in settings.home.rglob("*") if _is_folder(path))]
    left = [path for folder in folders for path in abandoned_files(folder)]
    yield _of_paths("中断进程的残留 leftovers of processes that died", left)
    for what, paths in (
        ("dbt 的旧日志 old logs of dbt", (settings.dbt / "logs").glob("*")),
        ("损坏的 Dagster 日志 broken logs of Dagster", settings.dagster.glob(f"{BROKEN}*")),
        ("旧消息 old messages", settings.outbox.rglob("2*.*")),
        ("旧的发布库 earlier published files", (settings.published / VERSIONS).glob("*.duckdb")),
    ):
        yield _of_paths(what, [path for path in paths if _changed(path) < before])


def _of_paths(what: str, paths: list[Path]) -> Prunable:
    return Prunable(what, len(paths), sum(map(size_of, paths)), lambda: _remove(paths))


def _remove(paths: list[Path]) -> None:
    for path in paths:
        if _is_folder(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.lstat().st_mtime, UTC)


def _compact(database: Path) -> None:
    """Give the space of removed rows back, unless somebody is writing: then the next time."""
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(database, timeout=1)) as connection,
    ):
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
