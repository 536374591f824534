"""Tidies a home before work starts: leftovers of dead processes, file modes, moved files.

The caller holds the month's lock, so no run is writing meanwhile. Add here what an earlier
version of the program stored differently.
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
    """Remove leftovers of dead processes and set the mode of every file and folder of ours."""
    _move_lookups(settings)
    for top in _private_folders(settings):
        for folder in _tidied(top, PRIVATE_FOLDER, PRIVATE_FILE):
            sweep(folder)
    for folder in _tidied(settings.published, PUBLIC_FOLDER, PUBLIC_FILE):
        sweep(folder)
    for path in settings.home.iterdir():
        if path.is_file() and not path.is_symlink():
            _set_mode(path, PRIVATE_FILE)


def _private_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the private folders that we fill; Dagster's and dbt's top folders are closed."""
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


def _tidied(top: Path, folder_mode: int, file_mode: int) -> list[Path]:
    """Set the modes below a folder; return it and its folders. Read-only files stay so."""
    folders = [top]
    for path in top.rglob("*"):
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
        return  # a temporary file that was renamed meanwhile


def _move_lookups(settings: Settings) -> None:
    """Move look-up files out of the published folder, where earlier versions wrote them."""
    for path in settings.published.glob(f"????-??/{_LOOKUP}"):
        place = settings.lookups / path.parent.name / _LOOKUP
        place.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        os.replace(path, place)
