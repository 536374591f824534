"""Ways to break one thing in a home, each with the check that finds it and its remedy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, InstigatorType
from dagster._core.test_utils import create_run_for_test
from dagster._daemon.types import DaemonHeartbeat
from deliver import report

from orchestration.operations.attempts import INPUTS_TAG
from orchestration.operations.dead_runs import PROCESS_TAG
from orchestration.operations.due import due_months
from orchestration.reference.deadlines import SUZHOU
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.migrations import STEPS


def garbage(path: Path) -> None:
    """Replace what a file holds by what no program reads."""
    mode = path.stat().st_mode
    path.unlink()  # other homes may link it
    path.write_bytes(b"no database " * 1000)
    path.chmod(mode)


def _flipped(path: Path) -> None:
    content, mode = bytearray(path.read_bytes()), path.stat().st_mode
    content[len(content) // 2] ^= 0xFF
    path.unlink()
    path.write_bytes(content)
    path.chmod(mode)


def _scribbled(settings: Settings) -> None:
    size = settings.ledger.stat().st_size
    with settings.ledger.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xa5" * 4096)


def _of_a_newer_program(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.ledger)) as ledger:
        ledger.execute(f"pragma user_version = {len(STEPS) + 1}")


def _with_dagster(settings: Settings, change: Callable[[DagsterInstance], object]) -> None:
    os.environ["DAGSTER_HOME"] = str(settings.dagster)  # as the doctor sets it
    with DagsterInstance.get() as instance:
        change(instance)


def _silent(settings: Settings) -> None:
    beat = DaemonHeartbeat(time.time() - 86400, "SENSOR", None, None)
    _with_dagster(settings, lambda instance: instance.add_daemon_heartbeat(beat))


def _switched_off(settings: Settings) -> None:
    place = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("fangan"), "fangan")
    origin = RemoteInstigatorOrigin(place, "delivery_sensor")
    state = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.STOPPED)
    _with_dagster(settings, lambda instance: instance.add_instigator_state(state))


def _pool_of_two(settings: Settings) -> None:
    _with_dagster(settings, lambda i: i.event_log_storage.set_concurrency_slots("warehouse", 2))


def _run(settings: Settings, status: DagsterRunStatus, tag: str, value: str) -> None:
    """Leave a run of October in Dagster, with the tag; {} in its value is the run."""

    def make(instance: DagsterInstance) -> None:
        run = create_run_for_test(instance, status=status, tags={"dagster/partition": "2022-10"})
        instance.add_run_tags(run.run_id, {tag: value.format(run.run_id)})

    _with_dagster(settings, make)


def _dead(settings: Settings) -> None:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    mark = f"{{}}:4194304:1:{boot}"  # no process has that number
    _run(settings, DagsterRunStatus.STARTED, PROCESS_TAG, mark)


def _failed(settings: Settings) -> None:
    report(settings.raw, "gusu", verified_count=9)
    [due] = due_months(settings, Ledger(settings.ledger), datetime.now(SUZHOU))
    _run(settings, DagsterRunStatus.FAILURE, INPUTS_TAG, due.inputs)


def _misplaced(settings: Settings) -> None:
    folder = settings.raw / "2022-9" / "320508"
    folder.mkdir(parents=True)
    shutil.copy(settings.raw / "2022-10" / "320508" / "monthly_report.xlsx", folder)


#: By name: what breaks a home, the check that finds it, and a part of the remedy.
BREAKS: dict[str, tuple[Callable[[Settings], object], str, str]] = {
    "ledger is garbage": (lambda s: garbage(s.ledger), "ledger", "fangan restore"),
    "ledger is damaged": (_scribbled, "ledger", "fangan restore"),
    "ledger is lost": (lambda s: s.ledger.unlink(), "ledger", "fangan restore"),
    "ledger is newer": (_of_a_newer_program, "ledger", "use the newer program"),
    "warehouse is garbage": (lambda s: garbage(s.warehouse), "warehouse", "&& fangan rebuild"),
    "warehouse is lost": (lambda s: s.warehouse.unlink(), "warehouse", "fangan rebuild"),
    "published is garbage": (
        lambda s: garbage(s.statistics),
        "published file",
        "month 2022-10 --again",
    ),
    "published is changed": (lambda s: _flipped(s.statistics), "published file", "--again"),
    "published is lost": (lambda s: s.statistics.unlink(), "published file", "--again"),
    "archive is changed": (
        lambda s: _flipped(next(s.archive.glob("*/*"))),
        "archive",
        "from a backup",
    ),
    "archive is lost": (lambda s: next(s.archive.glob("*/*")).unlink(), "archive", "backup"),
    "runs.db is garbage": (
        lambda s: garbage(s.dagster / "history" / "runs.db"),
        "Dagster's log",
        "fangan doctor --mend",
    ),
    "index.db is garbage": (
        lambda s: garbage(s.dagster / "history" / "runs" / "index.db"),
        "Dagster's log",
        "fangan doctor --mend",
    ),
    "daemon is silent": (_silent, "daemon", "fangan dev"),
    "sensor is off": (
        _switched_off,
        "sensor delivery_sensor",
        "bin/dagster sensor start delivery_sensor;",
    ),
    "run is dead": (_dead, "run ", "fangan prepare"),
    "deliveries of a failed run": (_failed, "month 2022-10", "fangan month 2022-10"),
    "folder has no month's name": (_misplaced, "raw: 2022-9", "rename it to 2022-09"),
    "pool admits two": (_pool_of_two, "pools", "bin/dagster instance concurrency set warehouse 1"),
    "file is open to all": (
        lambda s: s.ledger.chmod(0o644),
        "file modes",
        "fangan doctor --mend",
    ),
    "folder is open to all": (lambda s: s.archive.chmod(0o755), "file modes", "--mend"),
}
