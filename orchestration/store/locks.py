"""Locks between processes, each with its owner written inside.

A lock is the operating system's, so it ends with the process that holds it, however that dies.
Dagster's pools keep runs apart; these keep everything apart that bypasses them.
"""

from __future__ import annotations

import fcntl
import json
import os
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
