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
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO


class BusyError(RuntimeError):
    """Another process holds the lock; the message says which one and since when."""


#: How many seconds this process waits for a lock before it gives up.
_PATIENCE: ContextVar[float] = ContextVar("patience", default=0)
_LOOK_EVERY_SECONDS = 0.2


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let every lock that is asked for inside the block wait so long for its owner."""
    token = _PATIENCE.set(seconds)
    try:
        yield
    finally:
        _PATIENCE.reset(token)


@contextmanager
def holding(locks: Path, name: str, command: str | None = None) -> Iterator[None]:
    """Hold the lock ``name`` while the block runs; ``command`` says to others what does.

    By default that is the command line of this process. If the lock is taken, wait as long as
    ``patience`` says (by default not at all), then raise BusyError with its owner.
    """
    path = locks / f"{name}.lock"
    with path.open("a+", encoding="utf-8") as handle:
        until = time.monotonic() + _PATIENCE.get()
        while not _is_locked(handle):
            if time.monotonic() >= until:
                raise BusyError(f"{name} is in use by {_owner(path)}")
            time.sleep(_LOOK_EVERY_SECONDS)
        _wait_for_sharers(locks, name, until)
        handle.truncate(0)
        json.dump(_owner_record(command), handle)
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)
            fcntl.flock(handle, fcntl.LOCK_UN)


@contextmanager
def sharing(locks: Path, name: str) -> Iterator[None]:
    """Work under the lock that another process holds, as others may beside us.

    Should that process die, whoever asks for the lock next waits for this block too.
    """
    with _sharers(locks, name).open("a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


def _wait_for_sharers(locks: Path, name: str, until: float) -> None:
    """Wait until nobody works any more under the lock as it was held before."""
    with _sharers(locks, name).open("a+", encoding="utf-8") as handle:
        while not _is_locked(handle):
            if time.monotonic() >= until:
                raise BusyError(f"{name} is in use by steps of a run whose own process has died")
            time.sleep(_LOOK_EVERY_SECONDS)


def _sharers(locks: Path, name: str) -> Path:
    return locks / f"{name}.sharers"


def current_patience() -> float:
    """Return how many seconds a lock that is asked for now would wait."""
    return _PATIENCE.get()


def _is_locked(handle: TextIO) -> bool:
    """Whether we have the lock now; the system call that waits has no time limit."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def busy_in(error: BaseException) -> BusyError | None:
    """Return the BusyError that an error is, was caused by, or tells of in DuckDB's words."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, BusyError):
            return link
        if busy := open_elsewhere(str(link)):
            return busy
        link = link.__cause__ or link.__context__
    return None


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


def wait_until_closed(database: Path) -> None:
    """Wait, as long as ``patience`` says, until no other process has a DuckDB file open.

    A person who looks into the warehouse takes no lock of ours. Raises BusyError.
    """
    import duckdb

    until = time.monotonic() + _PATIENCE.get()
    while database.exists():
        try:
            duckdb.connect(str(database)).close()
        except duckdb.IOException as error:
            busy = open_elsewhere(str(error))
            if busy is None:
                raise
            if time.monotonic() >= until:
                raise busy from None
            time.sleep(_LOOK_EVERY_SECONDS)
        else:
            return


def _user_of(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}").owner()
    except (OSError, KeyError):
        return None


def _owner_record(command: str | None) -> dict[str, str | int]:
    return {
        "pid": os.getpid(),
        "command": command or " ".join(Path(part).name for part in sys.argv[:2]),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _owner(path: Path) -> str:
    owner = _written_owner(path)
    if owner is None:
        return "another process that is just starting or stopping"
    return f"process {owner['pid']} ({owner['command']}) since {owner['since']}"


def _written_owner(path: Path) -> dict[str, Any] | None:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return owner if {"pid", "command", "since"} <= owner.keys() else None
    except (ValueError, AttributeError):
        return None


def held_locks(locks: Path) -> dict[str, str]:
    """Return the owners of the locks that are held now, by lock name."""
    return {path.stem: _owner(path) for path in _held(locks)}


def lock_owners(locks: Path) -> set[int]:
    """Return the processes that took the locks that are held now; a child of one may hold it."""
    owners = map(_written_owner, _held(locks))
    return {int(owner["pid"]) for owner in owners if owner}


def _held(locks: Path) -> Iterator[Path]:
    for path in sorted(locks.glob("*.lock")):
        with path.open("r", encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                yield path


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
