"""Atomic writes: a reader sees the old file or the new one, never a part of it.

Use it for every file that another process may read. File formats stay out: the caller writes
the bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from orchestration.settings import PRIVATE_FOLDER


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success sync it and rename it into place.

    If the block raises, the temporary file is removed and ``path`` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{_process_tag()}.tmp")
    try:
        yield temporary
        sync_file(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def scratch_folder(scratch: Path, name: str) -> Iterator[Path]:
    """Yield an empty private folder inside the home and remove it after the block.

    It holds deliveries and rows, so it is never in the machine's temporary folder. Leftovers of
    dead processes are removed first. If the home did not exist before, it is removed again.
    """
    made = [path for path in (scratch, *scratch.parents) if not path.exists()]
    scratch.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    sweep(scratch)
    folder = Path(mkdtemp(dir=scratch, prefix=f".{name}.", suffix=f".{_process_tag()}.tmp"))
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)
        with suppress(OSError):  # not empty: another process uses it by now
            for path in made:
                path.rmdir()


def sweep(folder: Path) -> list[Path]:
    """Remove the temporary files that dead processes left in a folder (not below it).

    Returns what was removed. Temporary names contain the process, and a scratch folder is locked
    while it is in use, so work of a process in another container is left alone.
    """
    removed = []
    for path in abandoned_files(folder):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        removed.append(path)
    return removed


def abandoned_files(folder: Path) -> list[Path]:
    """Return the temporary files in a folder (not below it) that no living process owns."""
    return sorted(p for p in folder.glob(".*.tmp*") if _is_orphan(p))


#: Names that ``replacing`` and ``scratch_folder`` give, and those of files DuckDB adds to them.
_TEMPORARY = re.compile(r"\.(\d+)(?:-([0-9a-f]+))?\.tmp(?:\.wal|\.tmp)?$")


def _process_tag() -> str:
    """Return the part of a temporary name that says whose it is: process number and start."""
    return f"{os.getpid()}-{_process_start(os.getpid()) or '0'}"


def is_temporary(name: str) -> bool:
    """Whether a file name is one that is only used while a process writes the file."""
    return _TEMPORARY.search(name) is not None


def _is_orphan(path: Path) -> bool:
    found = _TEMPORARY.search(path.name)
    if found is None:
        return False
    pid, started = int(found[1]), found[2]
    running = _process_start(pid)
    is_alive = running is not None if started is None else running == started
    return not is_alive and not _is_locked(path)


def _is_locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _process_start(pid: int) -> str | None:
    """Return when a process started; unique even if its number is used again. None if dead."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        started = stat.rpartition(")")[2].split()[19]
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8")
    except (OSError, IndexError):
        return None
    return f"{int(started):x}{boot.strip()[:8].replace('-', '')}"


def spill_folder(scratch: Path) -> Path:
    """Return where DuckDB may spill rows that do not fit into memory.

    The name is a temporary one, so ``sweep`` removes what a dead process left. Without such a
    folder DuckDB spills into the current directory.
    """
    return scratch / f".spill.{_process_tag()}.tmp"


def sync_file(path: Path) -> None:
    """Force a file's content to the disk."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to the disk, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


class StoredFileDamageError(RuntimeError):
    """A file of ours that is missing or no longer matches its hash in the ledger."""


def verified(path: Path, sha256: str) -> Path:
    """Return ``path`` after checking its bytes; raise StoredFileDamageError if they changed.

    DuckDB often reads a Parquet file with a flipped bit as wrong data without any error.
    """
    if not is_whole(path, sha256):
        what = "has changed on disk" if path.is_file() else "is gone"
        raise StoredFileDamageError(f"{path} {what}; fangan verify says how to repair it")
    return path


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file exists and has the expected hash; else it is fetched from a shared store."""
    if path.is_file() and sha256_of(path) == sha256:
        return True
    # a store writes with what is in this module
    from orchestration.store.objects.shared import fetched

    return fetched(path, sha256)
