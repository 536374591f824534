from __future__ import annotations

import getpass
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from database_reader import reading

from orchestration.settings import Settings
from orchestration.store import locks
from orchestration.store.files import StoredFileDamageError, replacing, sha256_of, verified
from orchestration.store.locks import (
    BusyError,
    busy_in,
    held_locks,
    holding,
    lock_owners,
    open_elsewhere,
    patience,
    wait_until_closed,
    working_under,
)


def test_a_held_lock_names_its_owner(settings: Settings) -> None:
    with holding(settings.locks, "warehouse"):
        again = holding(settings.locks, "warehouse")
        with pytest.raises(BusyError, match=f"process {os.getpid()}"):
            again.__enter__()
        assert list(held_locks(settings.locks)) == ["warehouse"]
    assert held_locks(settings.locks) == {}
    with holding(settings.locks, "warehouse"):
        pass


def test_who_is_patient_waits_until_the_owner_lets_go(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = holding(settings.locks, "month")
    owner.__enter__()
    # the first look finds it taken; what follows is the owner's end
    monkeypatch.setattr(locks.time, "sleep", lambda _: owner.__exit__(None, None, None))
    with patience(3600), holding(settings.locks, "month"):
        assert list(held_locks(settings.locks)) == ["month"]
        assert lock_owners(settings.locks) == {os.getpid()}
    assert lock_owners(settings.locks) == set()


def test_patience_ends_with_its_block_and_with_its_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(100))
    monkeypatch.setattr(locks.time, "monotonic", lambda: next(clock))
    slept: list[float] = []
    monkeypatch.setattr(locks.time, "sleep", slept.append)
    with holding(settings.locks, "month"):
        with patience(5), pytest.raises(BusyError, match=f"process {os.getpid()}"):
            holding(settings.locks, "month").__enter__()
        assert len(slept) == 4
        with pytest.raises(BusyError):
            holding(settings.locks, "month").__enter__()
        assert len(slept) == 4


def test_who_asks_next_waits_for_the_steps_of_a_run_that_died(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, another = (working_under(settings.locks, "month") for _ in range(2))
    with holding(settings.locks, "month"):
        step.__enter__(), another.__enter__()
    # the run is gone, its steps are not
    with pytest.raises(BusyError, match="steps of a run"):
        holding(settings.locks, "month").__enter__()
    assert held_locks(settings.locks) == {}
    another.__exit__(None, None, None)
    monkeypatch.setattr(locks.time, "sleep", lambda _: step.__exit__(None, None, None))
    with patience(3600), holding(settings.locks, "month"):
        assert list(held_locks(settings.locks)) == ["month"]


def test_busy_is_busy_whatever_wraps_it() -> None:
    def wrapped(error: Exception) -> Exception:
        try:
            try:
                raise error
            except Exception as inner:
                raise RuntimeError("a step failed") from inner
        except RuntimeError as outer:
            return outer

    busy = busy_in(wrapped(BusyError("month is in use by process 7")))
    assert str(busy) == "month is in use by process 7"
    told = 'IO Error: Could not set lock on file "/w.duckdb": is held in /bin/duckdb (PID 1)'
    assert "w.duckdb is open in process 1" in str(busy_in(wrapped(OSError(told))))
    assert busy_in(wrapped(BlockingIOError(11, "Resource temporarily unavailable"))) is None


def test_a_lock_ends_with_its_process(settings: Settings) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from orchestration.store.locks import holding\n"
        "with holding(pathlib.Path(sys.argv[1]), 'warehouse'):\n"
        "    os._exit(9)\n"
    )
    died = subprocess.run([sys.executable, "-c", program, settings.locks], check=False)
    assert died.returncode == 9
    with holding(settings.locks, "warehouse"):
        assert list(held_locks(settings.locks)) == ["warehouse"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    with replacing(path) as temporary:
        temporary.write_text("old", encoding="utf-8")

    def fail_half_way() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise OSError("disk full")

    with pytest.raises(OSError, match="full"):
        fail_half_way()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(path.parent.iterdir()) == [path]


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"rows")
    sha256 = sha256_of(path)
    assert verified(path, sha256) == path
    path.write_bytes(b"rowz")
    with pytest.raises(StoredFileDamageError, match="changed"):
        verified(path, sha256)
    path.unlink()
    with pytest.raises(StoredFileDamageError, match="gone"):
        verified(path, sha256)


def test_a_database_that_another_process_reads_is_busy_by_name(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(path)).close()
    with reading(path) as reader:
        with pytest.raises(duckdb.IOException) as refused:
            duckdb.connect(str(path))
        busy = open_elsewhere(str(refused.value))
        assert busy is not None
        assert f"warehouse.duckdb is open in process {reader.pid} (python" in str(busy)
        assert getpass.getuser() in str(busy)
        with pytest.raises(BusyError, match=f"process {reader.pid}"):
            wait_until_closed(path)
    wait_until_closed(path)
    assert open_elsewhere("IO Error: something else") is None


def test_a_file_is_on_the_disk_before_its_rename_and_the_rename_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without either sync a power cut may leave an empty file, or the old one."""
    steps: list[tuple[str, int]] = []
    sync, rename = os.fsync, os.replace

    def record_sync(handle: int) -> None:
        steps.append(("sync", os.fstat(handle).st_ino))
        sync(handle)

    def record_rename(source: Path, target: Path) -> None:
        steps.append(("rename", source.stat().st_ino))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", record_sync)
    monkeypatch.setattr(os, "replace", record_rename)
    path = tmp_path / "rows.parquet"
    with replacing(path) as temporary:
        temporary.write_bytes(b"rows")
    file, folder = path.stat().st_ino, tmp_path.stat().st_ino
    assert steps == [("sync", file), ("rename", file), ("sync", folder)]
