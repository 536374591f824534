"""Locks between processes; each lock file names its owner.

The operating system holds the lock, so it ends with its process, however that dies. Dagster's
pools separate runs from each other; these locks also cover commands that bypass Dagster.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path


class BusyError(RuntimeError):
    """Another process holds the lock; the message says which one and since when."""


@contextmanager
def holding(locks: Path, name: str) -> Iterator[None]:
    """Hold the lock ``name`` while the block runs; raise BusyError at once if it is taken."""
    path = locks / f"{name}.lock"
    with path.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"{name} is in use by {_owner(path)}") from error
        handle.truncate(0)
        json.dump(_owner_record(), handle)
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)
            fcntl.flock(handle, fcntl.LOCK_UN)


#: DuckDB's error when another process has the file open: the file, the program, its number.
_OPEN_ELSEWHERE = re.compile(
    r'Could not set lock on file "([^"]+)"(?:.*? is held in (.+?) \(PID (\d+)\))?', re.DOTALL
)


def open_elsewhere(message: str) -> BusyError | None:
    """Return the error to raise if DuckDB says that another process has the database open.

    A process that only reads the warehouse also blocks a run, so the message names it.
    """
    found = _OPEN_ELSEWHERE.search(message)
    if found is None:
        return None
    file, program, pid = found.groups()
    if pid is None:
        return BusyError(f"{Path(file).name} is open in another process")
    owner = f", {name}" if (name := _user_of(int(pid))) else ""
    return BusyError(f"{Path(file).name} is open in process {pid} ({Path(program).name}{owner})")


def _user_of(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}").owner()
    except (OSError, KeyError):
        return None


def _owner_record() -> dict[str, str | int]:
    return {
        "pid": os.getpid(),
        "command": " ".join(Path(part).name for part in sys.argv[:2]),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _owner(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"process {owner['pid']} ({owner['command']}) since {owner['since']}"
    except (ValueError, KeyError):
        return "another process that is just starting or stopping"


def held_locks(locks: Path) -> dict[str, str]:
    """Return the owners of the locks that are held now, by lock name."""
    held = {}
    for path in sorted(locks.glob("*.lock")):
        with path.open("r", encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                held[path.stem] = _owner(path)
    return held


@contextmanager
def waiting_for(locks: Path, name: str) -> Iterator[None]:
    """Wait for the lock ``name``, then hold it while the block runs.

    Only for short work (seconds) that two processes may both need, such as parsing.
    """
    with (locks / f"{name}.lock").open("a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def left_locks(locks: Path) -> dict[str, str]:
    """Return the owners of locks that are free because their process died, by lock name.

    A process that ends well empties the file. The next owner writes over what is left.
    """
    held = held_locks(locks)
    return {
        path.stem: _owner(path)
        for path in sorted(locks.glob("*.lock"))
        if path.stem not in held and path.stat().st_size
    }
