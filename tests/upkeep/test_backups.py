"""Backups: taken while runs go on, cheap the second time, restored whole or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from deliver import OCTOBER, report
from month_installation import FANGAN, Installation

from orchestration.settings import Settings
from orchestration.store.archive import archive_path, store_version
from orchestration.store.ledger import Ledger
from orchestration.store.locks import BusyError, holding
from orchestration.store.migrations import STEPS, NewerLedgerError
from orchestration.store.public_files import write_public
from orchestration.store.records import DeliveredFile
from orchestration.upkeep.backup_folder import BackupError, BackupFolder
from orchestration.upkeep.backups import back_up, last_backup
from orchestration.upkeep.restoring import restore


@pytest.fixture
def home(settings: Settings, ledger: Ledger) -> Settings:
    """A small home with a delivery, a public file, a warehouse and a log of Dagster's."""
    for number in range(3):
        path = settings.raw / f"delivery {number}.csv"
        path.write_bytes(b"rows of %d" % number)
        kept = store_version(settings.archive, path)
        part = DeliveredFile(path.name, kept.sha256)
        fact = (OCTOBER, "gusu", "monthly_report", kept.sha256, kept.size)
        ledger.record_arrival(*fact, (part,))
    write_public(settings, {settings.published / "2022-10" / "bulletin.html": b"<p>1996</p>"})
    settings.warehouse.write_bytes(b"a warehouse" * 1000)
    (settings.dagster / "history").mkdir()
    with closing(sqlite3.connect(settings.dagster / "history" / "runs.db")) as runs, runs:
        runs.execute("create table runs as select 'a run' as run")
    return settings


def _elsewhere(tmp_path: Path, name: str = "restored") -> Settings:
    return Settings(raw=tmp_path / "raw", home=tmp_path / name)


def _files(folder: Path, *, but: tuple[str, ...] = ()) -> dict[str, tuple[bytes, int]]:
    """Return content and mode of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o777)
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] not in but
    }


def test_a_backup_is_restored_byte_by_byte_with_its_modes(home: Settings, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "kept")
    assert made.manifest.missing == ()
    restored = _elsewhere(tmp_path)
    # as the command printed it
    assert restore(restored, tmp_path / "kept" / made.name) == (made.name, made.manifest)
    but = ("locks", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "dagster")
    assert _files(restored.home, but=but) == _files(home.home, but=but)
    for settings in (home, restored):
        assert Ledger(settings.ledger).arrivals(OCTOBER).keys() == {1, 2, 3}
        with closing(sqlite3.connect(settings.dagster / "history" / "runs.db")) as runs:
            assert runs.execute("select * from runs").fetchall() == [("a run",)]
    last = last_backup(home)
    assert last is not None
    assert (last.name, last.is_complete) == (made.name, True)
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


def test_a_second_backup_keeps_only_what_is_new(home: Settings, tmp_path: Path) -> None:
    first = back_up(home, tmp_path / "kept")
    write_public(home, {home.published / "2022-10" / "bulletin.html": b"<p>1997</p>"})
    second = back_up(home, tmp_path / "kept")
    assert {entry.path for entry in second.new} == {
        "published/2022-10/bulletin.html",
        "ledger.sqlite",
    }
    for made, text in ((first, b"<p>1996</p>"), (second, b"<p>1997</p>")):
        restored = _elsewhere(tmp_path, made.name)
        restore(restored, tmp_path / "kept", made.name)
        assert (restored.published / "2022-10" / "bulletin.html").read_bytes() == text


def test_a_backup_does_not_disturb_a_run_and_waits_for_it(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(home.locks, "warehouse"):
        made = back_up(home, tmp_path / "kept")
    [missing] = made.manifest.missing
    assert f"warehouse.duckdb is in use by process {os.getpid()}" in missing
    last = last_backup(home)
    assert last is not None
    assert not last.is_complete

    held = holding(home.locks, "warehouse")
    held.__enter__()
    # the run ends while the backup waits for it
    monkeypatch.setattr(
        "orchestration.upkeep.backups.time.sleep", lambda _: held.__exit__(None, None, None)
    )
    assert back_up(home, tmp_path / "kept", wait_seconds=60).manifest.missing == ()


def test_a_publication_half_way_is_waited_for_and_damage_is_told(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = home.published / "2022-10" / "bulletin.html"
    page.write_bytes(b"<p>of another moment</p>")

    def finish(_: float) -> None:
        page.write_bytes(b"<p>1996</p>")

    monkeypatch.setattr("orchestration.upkeep.backups.time.sleep", finish)
    assert back_up(home, tmp_path / "kept", wait_seconds=60).manifest.missing == ()
    page.write_bytes(b"<p>damaged</p>")
    monkeypatch.setattr("orchestration.upkeep.backups.time.sleep", lambda _: None)
    [missing] = back_up(home, tmp_path / "kept", wait_seconds=60).manifest.missing
    assert missing.startswith("published/2022-10/bulletin.html is not as the ledger says")


def test_an_archived_file_that_was_damaged_since_is_taken_from_the_earlier_backup(
    home: Settings, tmp_path: Path
) -> None:
    back_up(home, tmp_path / "kept")
    hashes = sorted(Ledger(home.ledger).archived_hashes())
    damaged, lost = (archive_path(home.archive, sha256) for sha256 in hashes[:2])
    content = damaged.read_bytes()
    damaged.chmod(0o600)
    damaged.write_bytes(b"bit rot")
    lost.unlink()
    assert back_up(home, tmp_path / "kept").manifest.missing == ()
    restored = _elsewhere(tmp_path)
    restore(restored, tmp_path / "kept")
    assert archive_path(restored.archive, hashes[0]).read_bytes() == content
    assert archive_path(restored.archive, hashes[1]).exists()
    told = back_up(home, tmp_path / "another").manifest.missing
    assert len(told) == 2, "no earlier backup there"
    assert all("fangan verify" in sentence for sentence in told)


def test_a_broken_log_of_dagsters_does_not_stop_a_backup(home: Settings, tmp_path: Path) -> None:
    (home.dagster / "history" / "runs.db").write_bytes(b"SQLite format 3\0 garbage" * 100)
    [missing] = back_up(home, tmp_path / "kept").manifest.missing
    assert "runs.db" in missing
    restore(_elsewhere(tmp_path), tmp_path / "kept")


@pytest.mark.parametrize("how", ["changed", "lost", "manifest"])
def test_a_damaged_backup_is_refused_and_an_earlier_one_restored(
    home: Settings, tmp_path: Path, how: str
) -> None:
    first = back_up(home, tmp_path / "kept")
    write_public(home, {home.published / "2022-10" / "quality.html": b"<p>new</p>"})
    second = back_up(home, tmp_path / "kept")
    kept = BackupFolder(tmp_path / "kept")
    path = kept.object_path(next(e.sha256 for e in second.new if "quality" in e.path))
    if how == "manifest":
        path = kept.path / second.name / "manifest.json"
    path.chmod(0o600)
    path.unlink() if how == "lost" else path.write_bytes(b"bit rot")
    restored = _elsewhere(tmp_path)
    with pytest.raises(BackupError, match="--name"):
        restore(restored, kept.path)
    assert not restored.home.exists()
    restore(restored, kept.path, first.name)
    assert restored.ledger.exists()


def test_a_backup_is_refused_where_it_would_do_harm(home: Settings, tmp_path: Path) -> None:
    for overlapping in (home.home / "kept", home.home.parent):
        with pytest.raises(BackupError, match="overlaps"):
            back_up(home, overlapping)
    with pytest.raises(BackupError, match="No backup lies"):
        restore(_elsewhere(tmp_path), tmp_path)
    with pytest.raises(BackupError, match="no ledger"):
        back_up(_elsewhere(tmp_path), tmp_path / "kept")
    back_up(home, tmp_path / "kept")
    with pytest.raises(BackupError, match="not empty"):
        restore(home, tmp_path / "kept")
    with pytest.raises(BackupError, match="No such backup"):
        restore(_elsewhere(tmp_path), tmp_path / "kept", "20000101T000000Z")
    with holding(tmp_path / "kept", "backup"), pytest.raises(BusyError):
        back_up(home, tmp_path / "kept")


def test_a_backup_of_a_newer_program_is_refused(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home, tmp_path / "kept")
    monkeypatch.setattr("orchestration.upkeep.restoring.STEPS", STEPS[:-1])
    restored = _elsewhere(tmp_path)
    with pytest.raises(NewerLedgerError, match=f"ledger {len(STEPS)}, this program knows"):
        restore(restored, tmp_path / "kept")
    assert not restored.home.exists()


_RESTORE_UNTIL_KILLED = """
import os, signal, sys
from pathlib import Path
from orchestration.settings import Settings
from orchestration.upkeep import restoring
real = os.replace
def kill(source, target):
    if Path(target).name == "ledger.sqlite":
        os.kill(os.getpid(), signal.SIGKILL)
    real(source, target)
restoring.os.replace = kill
restoring.restore(Settings(Path("raw"), Path(sys.argv[1])), Path(sys.argv[2]))
"""


def test_a_restore_that_was_killed_leaves_no_ledger(home: Settings, tmp_path: Path) -> None:
    back_up(home, tmp_path / "kept")
    restored = _elsewhere(tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", _RESTORE_UNTIL_KILLED, str(restored.home), str(tmp_path / "kept")],
        check=False,
    )
    assert killed.returncode == -9
    assert (restored.published / "2022-10").exists()
    assert not restored.ledger.exists()
    with pytest.raises(BackupError, match="not empty"):
        restore(restored, tmp_path / "kept")
    shutil.rmtree(restored.home)
    restore(restored, tmp_path / "kept")


@pytest.fixture
def running(after_october: Installation) -> Iterator[subprocess.Popen[str]]:
    """A run of the month in which a district has delivered again."""
    report(after_october.settings.raw, "gusu", verified_count=9)
    run = subprocess.Popen(
        [FANGAN, "month", "2022-10"],
        env=after_october.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield run
    run.kill()
    run.wait()


def test_a_home_that_was_backed_up_during_a_run_is_destroyed_restored_and_runs_on(
    after_october: Installation, running: subprocess.Popen[str], tmp_path: Path
) -> None:
    settings, kept = after_october.settings, tmp_path / "kept"
    names = []
    while running.poll() is None:
        names.append(back_up(settings, kept, wait_seconds=600).name)
        with suppress(subprocess.TimeoutExpired):
            running.wait(3)
    assert running.stderr is not None
    assert running.returncode in (0, 1), running.stderr.read()
    expected = after_october.table()
    assert expected["gusu"]["verified_count"] == 9, "the second delivery"
    names.append(back_up(settings, kept).name)
    for name in (names[-1], names[len(names) // 2], names[0]):
        shutil.rmtree(settings.home)
        restored = after_october.fangan("restore", str(kept), "--name", name, "--json")
        assert restored.returncode == 0, restored.stdout + restored.stderr
        if name == names[-1]:
            assert after_october.table() == expected
    # the restored month is delivered late by a district, and the next one by another
    report(settings.raw, "gusu", verified_count=10)
    november = OCTOBER.shift(1)
    report(settings.raw, "sip", november)
    for month in (OCTOBER, november):
        run = after_october.fangan("month", str(month))
        assert run.returncode in (0, 1), run.stdout + run.stderr
    verified = _verified(expected)
    later = {"gusu": 10, "city": expected["city"]["verified_count"] + 1}
    assert _verified(after_october.table()) == verified | later
    only = {"sip": verified["sip"], "city": verified["sip"]}
    assert _verified(after_october.table(november)) == dict.fromkeys(verified) | only
    whole = after_october.fangan("verify", "--json")
    assert whole.returncode == 0, whole.stdout


def _verified(table: dict[str, dict[str, Any]]) -> dict[str, int | None]:
    return {district: row["verified_count"] for district, row in table.items()}
