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
from orchestration.store.files import StoredFileDamageError, replacing, sha256_of, verified
from orchestration.store.locks import BusyError, held_locks, holding, open_elsewhere


def test_a_held_lock_names_its_owner(settings: Settings) -> None:
    with holding(settings.locks, "warehouse"):
        again = holding(settings.locks, "warehouse")
        with pytest.raises(BusyError, match=f"process {os.getpid()}"):
            again.__enter__()
        assert list(held_locks(settings.locks)) == ["warehouse"]
    assert held_locks(settings.locks) == {}
    with holding(settings.locks, "warehouse"):
        pass


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
