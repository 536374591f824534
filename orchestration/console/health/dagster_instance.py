"""Checks of Dagster: its databases, daemon, schedules and sensors, pools, dead runs.

They ask Dagster itself, so that they hold for SQLite and PostgreSQL alike. What should have
happened is in ``due_work``.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from dagster import DagsterInstance
from dagster._core.scheduler.instigation import InstigatorStatus, InstigatorType, TickStatus

from orchestration.console.health.due_work import examine_due, examine_runs
from orchestration.console.health.findings import fault, note, ok
from orchestration.console.health.home import MEND
from orchestration.console.output import Record
from orchestration.reference.deadlines import SUZHOU
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.upkeep.dagster_files import broken_databases
from orchestration.upkeep.dagster_runs import dagster_instance

START = "start it: fangan dev, or systemctl start fangan-daemon"


def examine_dagster(settings: Settings) -> list[Record]:
    """Return what is wrong with Dagster's databases, or else with what it does by itself."""
    broken = broken_databases(settings)
    if broken:
        return [
            fault(
                "Dagster's log",
                f"{database.path.relative_to(settings.home)} is broken: {database.reason}",
                f"{MEND} (or the next run) moves it aside; the ledger has everything that counts",
            )
            for database in broken
        ]
    with dagster_instance(settings) as instance:
        if instance is None:
            not_started = note("Dagster", "has not been started in this home yet", "fangan dev")
            return [not_started, *examine_due(settings, None)]
        return [
            ok("Dagster's log", f"{instance.get_runs_count()} runs can be read"),
            _daemon(instance),
            *_instigators(instance),
            _pools(instance),
            *examine_runs(settings, instance),
            *examine_due(settings, instance),
        ]


def _daemon(instance: DagsterInstance) -> Record:
    """Whether the daemon lives, if one ever did: a home may be run by hand only."""
    statuses = instance.get_daemon_statuses()
    beats = [s.last_heartbeat.timestamp for s in statuses.values() if s.last_heartbeat]
    if not beats:
        return note("daemon", "never started: nothing runs by itself", START)
    silent = sorted(name for name, status in statuses.items() if not status.healthy)
    last = f"{datetime.fromtimestamp(max(beats), SUZHOU):%Y-%m-%d %H:%M}"
    if silent:
        return fault(
            "daemon", f"no heartbeat of {', '.join(silent)}; the last was at {last}", START
        )
    return ok("daemon", f"{len(statuses)} parts, last heartbeat {last}")


def _instigators(instance: DagsterInstance) -> list[Record]:
    """Whether schedules and sensors are on, and their last ticks succeeded."""
    records = []
    for state in instance.all_instigator_state():
        kind = "schedule" if state.instigator_type == InstigatorType.SCHEDULE else "sensor"
        check = f"{kind} {state.name}"
        if state.status == InstigatorStatus.STOPPED:
            remedy = _dagster(instance, f"{kind} start {state.name}")
            records.append(fault(check, "is switched off", f"{remedy}; or in the webserver"))
            continue
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        if ticks and ticks[0].status == TickStatus.FAILURE:
            at = f"{datetime.fromtimestamp(ticks[0].timestamp, SUZHOU):%Y-%m-%d %H:%M}"
            said = ticks[0].error.message.strip().splitlines()[0] if ticks[0].error else "no reason"
            records.append(fault(check, f"its last tick failed at {at}: {said}", "see its ticks"))
        else:
            records.append(ok(check, "is on"))
    return records


def _dagster(instance: DagsterInstance, command: str) -> str:
    """Return a command of Dagster's for this home; it reads the code location in our folder."""
    dagster = Path(sys.executable).with_name("dagster")
    return f"cd {PROJECT_ROOT} && DAGSTER_HOME={instance.root_directory} {dagster} {command}"


def _pools(instance: DagsterInstance) -> Record:
    """Whether a pool admits more than one run at a time, or is kept by a run that has ended."""
    storage = instance.event_log_storage
    limits = {pool.name: pool.limit for pool in storage.get_pool_limits()}
    if not limits:
        return note("pools", "not known yet", "fangan dev sets them when it starts")
    wide = [f"{name} admits {limit}" for name, limit in limits.items() if limit != 1]
    if wide:
        return fault(
            "pools",
            f"{', '.join(wide)}: DuckDB has one writer, other runs would fail",
            "; ".join(
                _dagster(instance, f"instance concurrency set {name} 1")
                for name, limit in limits.items()
                if limit != 1
            ),
        )
    return ok("pools", ", ".join(f"{name} {limit}" for name, limit in sorted(limits.items())))
