"""Tidies a home before work starts: leftovers of dead processes, file modes, moved files.

The caller holds the month's lock, so no run is writing meanwhile. Add here what an earlier
version of the program stored differently.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
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
    """Remove leftovers of dead processes and set the mode of every file and folder of ours."""
    _move_lookups(settings)
    for top in (*_private_folders(settings), settings.published):
        for folder in (top, *(path for path in top.rglob("*") if _is_folder(path))):
            sweep(folder)
    for path, mode in wrong_modes(settings).items():
        with suppress(FileNotFoundError):  # a temporary file that was renamed meanwhile
            path.chmod(mode)


def wrong_modes(settings: Settings) -> dict[Path, int]:
    """Return the mode to be set of each of our files and folders that has another one.

    Files of other users are left out, which we may not change. Read-only files stay so.
    """
    wanted = {path: PRIVATE_FOLDER for path in _private_folders(settings)}
    for top in _filled_folders(settings):
        wanted |= _modes_below(top, PRIVATE_FOLDER, PRIVATE_FILE)
    wanted |= {settings.published: PUBLIC_FOLDER}
    wanted |= _modes_below(settings.published, PUBLIC_FOLDER, PUBLIC_FILE)
    for path in settings.home.iterdir() if settings.home.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            wanted[path] = PRIVATE_FILE
    return {path: mode for path, mode in wanted.items() if _is_wrong(path, mode)}


def _private_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the private folders; Dagster's and dbt's files are closed by their top folders."""
    return (*_filled_folders(settings), settings.dagster, settings.dbt, settings.locks)


def _filled_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the private folders that we fill ourselves."""
    return (
        settings.landing,
        settings.accepted,
        settings.quarantine,
        settings.samples,
        settings.matching,
        settings.releases,
        settings.internal,
        settings.outbox,
        settings.archive,
    )


def _modes_below(top: Path, folder_mode: int, file_mode: int) -> dict[Path, int]:
    return {
        path: folder_mode if path.is_dir() else file_mode
        for path in top.rglob("*")
        if not path.is_symlink()
    }


def _is_wrong(path: Path, mode: int) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False  # a temporary file that was renamed meanwhile
    if found.st_uid != os.geteuid():
        return False
    if mode == PRIVATE_FILE:  # a read-only file is private enough
        return stat.S_IMODE(found.st_mode) & 0o077 != 0
    return stat.S_IMODE(found.st_mode) != mode


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _move_lookups(settings: Settings) -> None:
    """Move look-up files out of the published folder, where earlier versions wrote them."""
    for path in settings.published.glob(f"????-??/{_LOOKUP}"):
        place = settings.lookups / path.parent.name / _LOOKUP
        place.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        os.replace(path, place)
