"""Ending the runs whose process died with the machine, or without anybody noticing.

Dagster keeps such a run as started, and what is queued behind it waits until its longest
runtime. So every run of ours notes its process, and whoever looks ends those whose process is gone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dagster import (
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    RunRecord,
    RunsFilter,
)

from orchestration.settings import Settings
from orchestration.store.locks import lock_owners

#: The tag with a run's process. Dagster copies tags to a run that is tried again: it begins with
#: the run that it is true of.
PROCESS_TAG = "fangan/process"
_STATUSES = (DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING)
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Ended:
    """A run that was ended here, and why."""

    run_id: str
    month: str | None
    reason: str


def note_process(instance: DagsterInstance, run_id: str) -> None:
    """Record that the run is worked on by this process."""
    instance.add_run_tags(run_id, {PROCESS_TAG: _own_mark(run_id)})


def is_noted_elsewhere(run: DagsterRun) -> bool:
    """Whether another process than this one has noted that it works on the run."""
    return _mark(run) not in (None, _own_mark(run.run_id))


def is_process_gone(run: DagsterRun) -> bool:
    """Whether the process that works on the run was one of this machine, and is gone."""
    mark = _mark(run)
    if mark is None:
        return False
    _, pid, started, boot_id = mark.split(":")
    return boot_id == _boot_id() and _started(int(pid)) != started


def end_dead_runs(settings: Settings, instance: DagsterInstance) -> list[Ended]:
    """Fail (or cancel, if that was asked for) the runs whose process is gone; return them."""
    ended = []
    for record, dead in _dead(settings, instance):
        _end(instance, record, dead.reason)
        ended.append(dead)
    return ended


def dead_runs(settings: Settings, instance: DagsterInstance) -> list[Ended]:
    """Return the runs that ``end_dead_runs`` would end, and why; nothing is changed."""
    return [dead for _, dead in _dead(settings, instance)]


def _dead(settings: Settings, instance: DagsterInstance) -> Iterator[tuple[RunRecord, Ended]]:
    for record in instance.get_run_records(RunsFilter(statuses=list(_STATUSES))):
        reason = _why_dead(instance, record)
        if reason and not _holds_a_lock(settings, record):
            month = record.dagster_run.tags.get("dagster/partition")
            yield record, Ended(record.dagster_run.run_id, month, reason)


def _end(instance: DagsterInstance, record: RunRecord, reason: str) -> None:
    run = record.dagster_run
    if run.status is DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, reason)
    else:
        instance.report_run_failed(run, reason)
    instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _why_dead(instance: DagsterInstance, record: RunRecord) -> str | None:
    """Return why a run cannot be alive, or None if it may be."""
    run_id = record.dagster_run.run_id
    noted = record.dagster_run.tags.get(PROCESS_TAG, "").split(":")
    if len(noted) != 4 or noted[0] != run_id:
        return _why_dead_unnoted(instance, record)
    _, pid, started, boot_id = noted
    if boot_id != _boot_id():
        return (
            f"本机已重新启动，进程 {pid} 不在了。The machine was started again since: process gone"
        )
    if _started(int(pid)) != started:
        return f"进程 {pid} 已不在，运行未完成。Process {pid} of this run is gone: it was killed"
    return None


def _why_dead_unnoted(instance: DagsterInstance, record: RunRecord) -> str | None:
    """The same of a run whose process has not noted itself: it died while it was starting."""
    if _last_change(record) < _booted_at():
        return "本机在运行启动时重新启动。The machine was started again while the run was starting"
    events = instance.get_records_for_run(
        record.dagster_run.run_id, of_type=DagsterEventType.ENGINE_EVENT
    ).records
    for event in reversed(events):
        dagster_event = event.event_log_entry.dagster_event
        assert dagster_event is not None  # of this type
        pid = dagster_event.engine_event_data.metadata.get("pid")
        if pid is not None and _started(int(str(pid.value))) is None:
            return (
                f"进程 {pid.value} 启动时退出。Process {pid.value} died while the run was starting"
            )
    return None


def _holds_a_lock(settings: Settings, record: RunRecord) -> bool:
    """Whether a child of the run's process may still be writing: it would hold its lock."""
    noted = record.dagster_run.tags.get(PROCESS_TAG, "").split(":")
    owners = lock_owners(settings.locks) | lock_owners(settings.ledger_locks)
    return len(noted) == 4 and int(noted[1]) in owners


def _started(pid: int) -> str | None:
    """Return when a process started, in ticks since the machine did; None if it is gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # the program's name, in brackets, may hold spaces and brackets
    state, *rest = status.rpartition(")")[2].split()
    return None if state == "Z" else rest[18]


def _own_mark(run_id: str) -> str:
    return ":".join((run_id, str(os.getpid()), _started(os.getpid()) or "", _boot_id()))


def _mark(run: DagsterRun) -> str | None:
    """Return what the process of a run noted; None if none did."""
    mark = run.tags.get(PROCESS_TAG, "")
    return mark if mark.startswith(f"{run.run_id}:") else None


def _boot_id() -> str:
    return _BOOT.read_text(encoding="ascii").strip()


def _booted_at() -> datetime:
    for line in Path("/proc/stat").read_text(encoding="ascii").splitlines():
        if line.startswith("btime "):
            return datetime.fromtimestamp(int(line.split()[1]), UTC)
    raise RuntimeError("/proc/stat does not say when the machine started")


def _last_change(record: RunRecord) -> datetime:
    changed = record.update_timestamp
    return changed if changed.tzinfo else changed.replace(tzinfo=UTC)
