"""Homes and machines with one thing broken each: the doctor names it, how to mend it, and lives."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
import zoneinfo
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pytest
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
from month_installation import Installation

from orchestration.console.health.examination import CHECKS, examine
from orchestration.console.output import Record
from orchestration.modelling.dbt import prepare_manifest
from orchestration.operations.attempts import INPUTS_TAG
from orchestration.operations.dead_runs import PROCESS_TAG
from orchestration.operations.due import due_months
from orchestration.publication.issue import pdf
from orchestration.reference.deadlines import SUZHOU
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding
from orchestration.store.migrations import STEPS

#: Copied whole, since a check or the test writes to them; all else is linked.
_WRITTEN = ("dagster", "dbt", "locks", "ledger.sqlite")


@pytest.fixture
def whole(october: Installation, tmp_path: Path) -> Settings:
    """A home of its own in which the real month was run."""
    made, home = october.settings.home, tmp_path / "whole"
    shutil.copytree(made, home, copy_function=os.link, ignore=shutil.ignore_patterns(*_WRITTEN))
    for name in _WRITTEN:
        copy = shutil.copytree if (made / name).is_dir() else shutil.copy
        copy(made / name, home / name)
    home.chmod(0o711)
    shutil.copytree(october.settings.raw, tmp_path / "raw", dirs_exist_ok=True)
    return Settings(raw=tmp_path / "raw", home=home)


def _faults(settings: Settings) -> dict[str, Record]:
    return {r["check"]: r for r in examine(settings) if r["state"] == "fault"}


def _garbage(path: Path) -> None:
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


BREAKS: dict[str, tuple[Callable[[Settings], object], str, str]] = {
    "ledger is garbage": (lambda s: _garbage(s.ledger), "ledger", "fangan restore"),
    "ledger is damaged": (_scribbled, "ledger", "fangan restore"),
    "ledger is lost": (lambda s: s.ledger.unlink(), "ledger", "fangan restore"),
    "ledger is newer": (_of_a_newer_program, "ledger", "use the newer program"),
    "warehouse is garbage": (lambda s: _garbage(s.warehouse), "warehouse", "&& fangan rebuild"),
    "warehouse is lost": (lambda s: s.warehouse.unlink(), "warehouse", "fangan rebuild"),
    "published is garbage": (
        lambda s: _garbage(s.statistics),
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
        lambda s: _garbage(s.dagster / "history" / "runs.db"),
        "Dagster's log",
        "fangan doctor --mend",
    ),
    "index.db is garbage": (
        lambda s: _garbage(s.dagster / "history" / "runs" / "index.db"),
        "Dagster's log",
        "fangan doctor --mend",
    ),
    "daemon is silent": (_silent, "daemon", "fangan dev"),
    "sensor is off": (
        _switched_off,
        "sensor delivery_sensor",
        "dagster sensor start delivery_sensor;",
    ),
    "run is dead": (_dead, "run ", "fangan prepare"),
    "deliveries of a failed run": (_failed, "month 2022-10", "fangan month 2022-10"),
    "folder has no month's name": (_misplaced, "raw: 2022-9", "rename it to 2022-09"),
    "pool admits two": (_pool_of_two, "pools", "dagster instance concurrency set warehouse 1"),
    "file is open to all": (
        lambda s: s.ledger.chmod(0o644),
        "file modes",
        "fangan doctor --mend",
    ),
    "folder is open to all": (lambda s: s.archive.chmod(0o755), "file modes", "--mend"),
}


def test_a_whole_home_has_no_fault(whole: Settings) -> None:
    assert _faults(whole) == {}


@pytest.mark.parametrize("name", BREAKS)
def test_the_doctor_names_what_is_broken_in_a_home(
    whole: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(CHECKS, "packages")  # takes as long as all others
    change, check, remedy = BREAKS[name]
    change(whole)
    [(name, found)] = _faults(whole).items()
    assert name.startswith(check)
    assert remedy in found["remedy"]


def test_the_doctor_names_what_the_machine_lacks(
    whole: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_font() -> str:
        raise pdf.NoChineseFontError("none was found")

    monkeypatch.setattr(pdf, "chinese_family", no_font)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=1 << 20))
    monkeypatch.setattr(
        "orchestration.console.health.installation.version",
        lambda name: "1.0.0" if name == "duckdb" else version(name),
    )
    (tmp_path / "zones" / "Asia").mkdir(parents=True)
    utc = Path("/usr/share/zoneinfo/Etc/UTC")
    if not utc.exists():
        pytest.skip("no /usr/share/zoneinfo (Debian package tzdata)")
    shutil.copy(utc, tmp_path / "zones" / "Asia" / "Shanghai")
    zoneinfo.reset_tzpath([str(tmp_path / "zones")])
    try:
        records = {record["check"]: record for record in examine(whole)}
    finally:
        zoneinfo.reset_tzpath()
    faults = {name for name, record in records.items() if record["state"] == "fault"}
    assert faults == {"free disk", "packages", "time zone data"}
    assert "duckdb 1.0.0, the lock says" in records["packages"]["detail"]
    assert records["Chinese fonts"]["state"] == "note"
    assert "apt-get install fonts-noto-cjk" in records["Chinese fonts"]["remedy"]


def test_the_doctor_tells_what_does_not_stop_a_run(whole: Settings) -> None:
    (whole.locks / "sample.lock").write_text(
        json.dumps({"pid": 4194304, "command": "fangan sample", "since": "2022-11-01"})
    )
    notes = {r["check"]: r for r in examine(whole) if r["state"] == "note"}
    assert "sample: left by process 4194304 (fangan sample)" in notes["locks"]["detail"]
    prepare_manifest(whole)
    (whole.dbt / "parsed").write_text("another project")
    with holding(whole.locks, "warehouse"):
        notes = {r["check"]: r for r in examine(whole) if r["state"] == "note"}
    assert f"warehouse: process {os.getpid()}" in notes["locks"]["detail"]
    assert "not examined: warehouse is in use" in notes["warehouse"]["detail"]
    assert notes["dbt manifest"]["detail"].startswith("older than the models")


def test_the_doctor_tells_who_is_warned_and_what_holds_off_harm(
    whole: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.console.health.telling.unknown_years", lambda _: (2031,))
    records = {record["check"]: record for record in examine(whole)}
    assert {records[name]["state"] for name in ("messages", "holidays", "backup")} == {"note"}
    assert "2031" in records["holidays"]["detail"]
    assert records["backup"]["detail"] == "never made"

    (whole.home / "messages.toml").write_text("[channels.office]\ntype = 'pigeon'\n")
    (whole.home / "messages.toml").chmod(0o600)
    with closing(sqlite3.connect(whole.ledger)) as ledger, ledger:
        ledger.execute(
            "insert into backup values (1, '2022-11-01T00:00:00+00:00', '/kept', 'a', 'h', 1, 1, 1)"
        )
    assert set(_faults(whole)) == {"messages"}, "the file's rule is not known"
    (whole.home / "messages.toml").write_text("[rules]\nbackup_every_days = 2\n")
    found = _faults(whole)
    assert set(found) == {"backup"}
    assert found["backup"]["remedy"] == "fangan backup /kept"


def test_a_check_that_breaks_is_a_fault_and_no_check_creates_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: Settings) -> Record:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setitem(CHECKS, "archive", breaks)
    nothing = Settings(raw=tmp_path / "no-raw", home=tmp_path / "no-home")
    faults = _faults(nothing)
    assert set(faults) == {"archive", "deliveries (FANGAN_RAW)"}
    assert "ZeroDivisionError: a mistake of ours" in faults["archive"]["detail"]
    assert not nothing.home.exists()


def test_a_broken_log_of_dagsters_is_moved_aside_and_said(whole: Settings) -> None:
    made = Installation(whole)
    runs = whole.dagster / "history" / "runs.db"
    _garbage(runs)
    run = made.fangan("month", "2022-10")
    assert run.returncode == 0, run.stderr
    [moved] = whole.dagster.glob("broken-*")
    assert f"移至 {moved}" in run.stderr
    assert (moved / "history" / "runs.db").read_bytes().startswith(b"no database")
    _garbage(whole.dagster / "schedules" / "schedules.db")
    whole.ledger.chmod(0o644)
    told = made.fangan("doctor", "--json")
    assert told.returncode == 4
    faults = {r["check"] for r in json.loads(told.stdout) if r["state"] == "fault"}
    assert faults == {"Dagster's log", "file modes"}
    mended = made.fangan("doctor", "--mend", "--json")
    assert mended.returncode == 0, mended.stdout
    assert "权限已改正" in mended.stderr
    assert len(list(whole.dagster.glob("broken-*"))) == 2
