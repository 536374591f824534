"""Writing files so that a reader sees the old one or the new one, never half of one.

Used wherever a file is written that something else may read. Formats stay out: the caller
writes the bytes.
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
    """Give a temporary path beside ``path``; on success sync it and rename it into place.

    If the block raises, the temporary file is removed and ``path`` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{_mark()}.tmp")
    try:
        yield temporary
        sync_file(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def scratch_folder(scratch: Path, name: str) -> Iterator[Path]:
    """Give an empty private folder inside the home, which goes with the block.

    Never the machine's temporary folder: deliveries and rows lie in it. What a process that died
    left there is removed first. A home that was not there is not there afterwards.
    """
    made = [path for path in (scratch, *scratch.parents) if not path.exists()]
    scratch.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    sweep(scratch)
    folder = Path(mkdtemp(dir=scratch, prefix=f".{name}.", suffix=f".{_mark()}.tmp"))
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)
        with suppress(OSError):  # not empty: somebody else works in it by now
            for path in made:
                path.rmdir()


def sweep(folder: Path) -> list[Path]:
    """Remove what processes that died left half-made in a folder (not below it); return it.

    A half-made thing bears its process in its name, and a folder is locked for as long as it is
    in use, so that also what a process in another container makes is left alone.
    """
    removed = []
    for path in half_made(folder):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        removed.append(path)
    return removed


def half_made(folder: Path) -> list[Path]:
    """Return what lies half-made in a folder (not below it) and belongs to no living process."""
    return sorted(p for p in folder.glob(".*.tmp*") if _is_orphan(p))


#: What ``replacing`` and ``scratch_folder`` name things by, and what DuckDB writes beside them.
_HALF_MADE = re.compile(r"\.(\d+)(?:-([0-9a-f]+))?\.tmp(?:\.wal|\.tmp)?$")


def _mark() -> str:
    """Return what a half-made thing is named by: this process and the start of its life."""
    return f"{os.getpid()}-{_born(os.getpid()) or '0'}"


def _is_orphan(path: Path) -> bool:
    found = _HALF_MADE.search(path.name)
    if found is None:
        return False
    pid, born = int(found[1]), found[2]
    alive = _born(pid)
    lives = alive is not None if born is None else alive == born
    return not lives and not _is_locked(path)


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


def _born(pid: int) -> str | None:
    """Return when a process started, in a form that no later one of its number shares, or None."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        started = stat.rpartition(")")[2].split()[19]
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8")
    except (OSError, IndexError):
        return None
    return f"{int(started):x}{boot.strip()[:8].replace('-', '')}"


def spill_folder(scratch: Path) -> Path:
    """Return where DuckDB may put rows for which there is no memory: swept like what is half-made.

    Where none is named, it takes the folder that somebody happens to be in.
    """
    return scratch / f".spill.{_mark()}.tmp"


def sync_file(path: Path) -> None:
    """Force a file's content to the disk."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Force a folder's entries (a rename) to the disk."""
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
    """A file we wrote whose bytes are gone or no longer have the hash in the ledger."""


def verified(path: Path, sha256: str) -> Path:
    """Return ``path`` after checking its bytes; raise StoredFileDamageError if they changed.

    A flipped bit in a Parquet file mostly reads as wrong data without any error.
    """
    if not is_whole(path, sha256):
        what = "has changed on disk" if path.is_file() else "is gone"
        raise StoredFileDamageError(f"{path} {what}; fangan verify says what mends it")
    return path


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is there with the bytes that were written."""
    return path.is_file() and sha256_of(path) == sha256
