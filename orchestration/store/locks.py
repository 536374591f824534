"""Locks between processes, each with its owner written inside.

A lock is the operating system's, so it ends with the process that holds it, however that dies.
Dagster's pools keep runs apart; these keep everything apart that bypasses them.
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
    """Somebody else holds the lock; the message says who and since when."""


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
        json.dump(_own_card(), handle)
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)
            fcntl.flock(handle, fcntl.LOCK_UN)


#: What DuckDB says where another process has a file open: the file, the program, its number.
_OPEN_ELSEWHERE = re.compile(
    r'Could not set lock on file "([^"]+)"(?:.*? is held in (.+?) \(PID (\d+)\))?', re.DOTALL
)


def open_elsewhere(message: str) -> BusyError | None:
    """Return what an error of DuckDB says of a database that somebody else has open, if it does.

    Whoever only reads the warehouse keeps a run from writing it, and is told by name.
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


def _own_card() -> dict[str, str | int]:
    return {
        "pid": os.getpid(),
        "command": " ".join(Path(part).name for part in sys.argv[:2]),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _owner(path: Path) -> str:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        return f"process {card['pid']} ({card['command']}) since {card['since']}"
    except (ValueError, KeyError):
        return "another process that is just starting or stopping"


def held_locks(locks: Path) -> dict[str, str]:
    """Return the owners of the locks that are taken right now, by lock name."""
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
    """Hold the lock ``name`` while the block runs, waiting until it is free.

    Only for work of seconds that two processes may both need, such as parsing.
    """
    with (locks / f"{name}.lock").open("a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
