"""Homes and machines with one thing broken each: the doctor names it, how to mend it, and lives."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zoneinfo
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from console.broken_homes import BREAKS, garbage
from month_installation import Installation

from orchestration.console.health.examination import CHECKS, examine
from orchestration.console.output import Record
from orchestration.modelling.dbt import prepare_manifest
from orchestration.publication.issue import pdf
from orchestration.settings import Settings
from orchestration.store.locks import holding

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
    garbage(runs)
    run = made.fangan("month", "2022-10")
    assert run.returncode == 0, run.stderr
    [moved] = whole.dagster.glob("broken-*")
    assert f"移至 {moved}" in run.stderr
    assert (moved / "history" / "runs.db").read_bytes().startswith(b"no database")
    garbage(whole.dagster / "schedules" / "schedules.db")
    whole.ledger.chmod(0o644)
    told = made.fangan("doctor", "--json")
    assert told.returncode == 4
    faults = {r["check"] for r in json.loads(told.stdout) if r["state"] == "fault"}
    assert faults == {"Dagster's log", "file modes"}
    mended = made.fangan("doctor", "--mend", "--json")
    assert mended.returncode == 0, mended.stdout
    assert "权限已改正" in mended.stderr
    assert len(list(whole.dagster.glob("broken-*"))) == 2
