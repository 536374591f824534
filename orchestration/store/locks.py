"""Locks between processes; each names its owner.

The operating system holds the lock of a folder, the ledger's server that on what several hosts
share, so it ends with its process, however that dies. Dagster's pools separate runs from each
other; these locks also cover commands that bypass Dagster.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.store.databases.postgres_locks import ServerLock, server_locks


class BusyError(RuntimeError):
    """Another process holds the lock; the message says which one and since when."""


#: How many seconds this process waits for a lock before it gives up.
_PATIENCE: ContextVar[float] = ContextVar("patience", default=0)
_LOOK_EVERY_SECONDS = 0.2
_LOCK, _SHARERS = ".lock", "-sharers"
_ORPHANS = "steps of a run whose own process has died"


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let every lock that is asked for inside the block wait so long for its owner."""
    token = _PATIENCE.set(seconds)
    try:
        yield
    finally:
        _PATIENCE.reset(token)


@contextmanager
def holding(locks: Path | str, name: str, command: str | None = None) -> Iterator[None]:
    """Hold the lock ``name`` while the block runs; ``command`` says to others what does.

    ``locks`` is a folder, or the ledger's server (``Settings.ledger_locks``), whose locks hosts
    share. By default ``command`` is the command line of this process. If the lock is taken, wait
    as long as ``patience`` says (by default not at all), then raise BusyError with its owner.
    """
    with closing(_lock(locks, name)) as lock:
        until = time.monotonic() + _PATIENCE.get()
        _take(lock, until, lambda: f"{name} is in use by {_named(lock.owner())}")
        with closing(_lock(locks, name, _SHARERS)) as sharers:
            _take(sharers, until, lambda: f"{name} is in use by {_ORPHANS}")
        lock.note(_owner_record(command))
        try:
            yield
        finally:
            lock.note(None)


@contextmanager
def working_under(locks: Path | str, name: str) -> Iterator[None]:
    """Work under the lock that another process holds, as others may beside us.

    Should that process die, whoever asks for the lock next waits for this block too.
    """
    with closing(_lock(locks, name, _SHARERS)) as sharers:
        sharers.share()
        yield


def current_patience() -> float:
    """Return how many seconds a lock that is asked for now would wait."""
    return _PATIENCE.get()


def _lock(locks: Path | str, name: str, ending: str = _LOCK) -> ServerLock | _FileLock:
    if isinstance(locks, str):
        return ServerLock(locks, name if ending == _LOCK else name + ending)
    return _FileLock(locks / f"{name}{ending}")


def _take(lock: ServerLock | _FileLock, until: float, reason: Callable[[], str]) -> None:
    """Take a lock as soon as it is free; raise BusyError with the reason at ``until``."""
    while not lock.take():
        if time.monotonic() >= until:
            raise BusyError(reason())
        time.sleep(_LOOK_EVERY_SECONDS)


class _FileLock:
    """A lock that is a file of this host; ``close`` gives it back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = path.open("a+", encoding="utf-8")

    def take(self) -> bool:
        """Whether we have the lock now; the system call that waits has no time limit."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """Have the lock beside others that share it; wait while somebody has it alone."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def note(self, owner: dict[str, str | int] | None) -> None:
        """Write down who has the lock, or None before it is given back."""
        self._handle.truncate(0)
        if owner:
            json.dump(owner, self._handle)
        self._handle.flush()

    def owner(self) -> str:
        """Return what its owner wrote down."""
        return self._path.read_text(encoding="utf-8")

    def close(self) -> None:
        """Give the lock back, also if a child of this process has the file open, too."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        self._handle.close()


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
        "host": socket.gethostname(),
    }


def _named(noted: str) -> str:
    """Return an owner's note as words."""
    owner = _read(noted)
    if owner is None:
        return "another process that is just starting or stopping"
    host = owner.get("host", socket.gethostname())
    there = "" if host == socket.gethostname() else f" on {host}"
    return f"process {owner['pid']}{there} ({owner['command']}) since {owner['since']}"


def _read(noted: str) -> dict[str, Any] | None:
    try:
        owner = json.loads(noted)
        return owner if {"pid", "command", "since"} <= owner.keys() else None
    except (ValueError, AttributeError):
        return None


def held_locks(locks: Path | str) -> dict[str, str]:
    """Return the owners of the locks that are held now, by lock name."""
    return {name: _named(noted) for name, noted, is_held in _all_locks(locks) if is_held}


def lock_owners(locks: Path | str) -> set[int]:
    """Return this host's processes that took the locks held now; a child of one may hold it."""
    owners = [_read(noted) for _, noted, is_held in _all_locks(locks) if is_held]
    here = socket.gethostname()
    return {int(owner["pid"]) for owner in owners if owner and owner.get("host", here) == here}


def _all_locks(locks: Path | str) -> list[tuple[str, str, bool]]:
    """Return each lock: its name, its owner's note, whether it is held now."""
    if isinstance(locks, str):
        return server_locks(locks)
    found = []
    for path in sorted(locks.glob("*.lock")):
        is_held = _is_held(path)
        found.append((path.stem, path.read_text(encoding="utf-8"), is_held))
    return found


def _is_held(path: Path) -> bool:
    with path.open("r", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def waiting_for(locks: Path, name: str) -> Iterator[None]:
    """Wait for the lock ``name``, then hold it while the block runs.

    Only for short work (seconds) that two processes may both need, such as parsing.
    """
    with (locks / f"{name}.lock").open("a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def left_locks(locks: Path | str) -> dict[str, str]:
    """Return the owners of locks that are free because their process died, by lock name.

    A process that ends well takes its note away. The next owner writes over what is left.
    """
    return {
        name: _named(noted) for name, noted, is_held in _all_locks(locks) if noted and not is_held
    }
