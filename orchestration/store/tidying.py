"""Putting a home in order before it is worked in: leftovers, modes, places.

The caller holds the lock of the month, so that nothing here is being written by a run. Add here
what an earlier version left otherwise than it lies today.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from orchestration.settings import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    PUBLIC_FOLDER,
    Settings,
)
from orchestration.store.files import sweep

_LOOKUP = "lookup.sqlite"


def tidy_home(settings: Settings) -> None:
    """Sweep what dead processes left half-made, and set the mode of everything we keep."""
    _move_lookups(settings)
    for room in _private_rooms(settings):
        for folder in _tidied(room, PRIVATE_FOLDER, PRIVATE_FILE):
            sweep(folder)
    for folder in _tidied(settings.published, PUBLIC_FOLDER, PUBLIC_FILE):
        sweep(folder)
    for path in settings.home.iterdir():
        if path.is_file() and not path.is_symlink():
            _set_mode(path, PRIVATE_FILE)


def _private_rooms(settings: Settings) -> tuple[Path, ...]:
    """Return the rooms that we fill; Dagster's and dbt's own are closed by their folders."""
    return (
        settings.landing,
        settings.accepted,
        settings.quarantine,
        settings.samples,
        settings.matching,
        settings.releases,
        settings.internal,
        settings.archive,
    )


def _tidied(room: Path, folder_mode: int, file_mode: int) -> list[Path]:
    """Set the modes below a room; return its folders. What is read-only stays so."""
    folders = [room]
    for path in room.rglob("*"):
        if path.is_symlink():
            continue
        if path.is_dir():
            _set_mode(path, folder_mode)
            folders.append(path)
        elif file_mode == PUBLIC_FILE or stat.S_IMODE(path.stat().st_mode) & 0o077:
            _set_mode(path, file_mode)
    return folders


def _set_mode(path: Path, mode: int) -> None:
    try:
        found = path.stat()
        if stat.S_IMODE(found.st_mode) != mode and found.st_uid == os.geteuid():
            path.chmod(mode)
    except FileNotFoundError:
        return  # whoever wrote it has put it in its place


def _move_lookups(settings: Settings) -> None:
    """Take look-up files out of what is published, where earlier versions wrote them."""
    for path in settings.published.glob(f"????-??/{_LOOKUP}"):
        place = settings.lookups / path.parent.name / _LOOKUP
        place.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        os.replace(path, place)
