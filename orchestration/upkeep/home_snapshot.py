"""One moment of a home, taken while runs go on and without stopping any.

Our writers put whole files in place by a rename, so a hard link keeps the moment's content and
costs nothing. What is written in place is copied: SQLite files by SQLite's own backup, the
warehouse while nobody holds its lock, and again if it changed meanwhile. ``backups`` keeps the
result and checks that files and ledger are of the same moment.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from orchestration.settings import Settings
from orchestration.store.files import is_temporary
from orchestration.store.ledger_database import copy_whole_ledger
from orchestration.store.locks import held_locks
from orchestration.store.objects.shared import fetch_all
from orchestration.upkeep.dagster_files import BROKEN, databases

_SQLITE_HEADER = b"SQLite format 3\0"
_BESIDE_DATABASE = ("-wal", "-shm", "-journal")
_WAL = ".wal"


def take_snapshot(settings: Settings, staging: Path) -> list[str]:
    """Put the home as it is now below ``staging``; return what could not be taken, in sentences.

    The ledger comes first, from a server as a file: what it names lies there before it is recorded.
    Left out is what every run makes anew (dbt's cache, locks, scratch) and the warehouse, see
    ``copy_warehouse``. What only a shared store has is fetched first.
    """
    fetch_all(settings)
    ledger = staging / settings.ledger_file.name
    if isinstance(settings.ledger, str):
        copy_whole_ledger(settings.ledger, ledger)
        missing = []
    else:
        missing = [*_copy_database(settings.ledger, ledger)]
    left_out = {settings.ledger_file, settings.warehouse, Path(f"{settings.warehouse}{_WAL}")}
    for path in _files(settings):
        if path in left_out:
            continue
        target = staging / path.relative_to(settings.home)
        target.parent.mkdir(parents=True, exist_ok=True)
        if _is_written_in_place(settings, path):
            missing += _copy_database(path, target)
        else:
            with suppress(FileNotFoundError):  # it was replaced or removed meanwhile
                _link(path, target)
    return missing


def _files(settings: Settings) -> Iterator[Path]:
    """Yield every plain file of the home that a backup has."""
    left_out = {settings.scratch, settings.locks, settings.dbt, settings.home / "rebuild"}
    for folder, folders, names in os.walk(settings.home):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if here / name not in left_out
            and not is_temporary(name)
            and not (here == settings.dagster and name.startswith(BROKEN))
        )
        for name in sorted(names):
            path = here / name
            is_ours = not is_temporary(name) and not name.endswith(_BESIDE_DATABASE)
            if is_ours and path.is_file() and not path.is_symlink():
                yield path


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        shutil.copy2(path, target)  # a folder of the home on another disk


def _is_written_in_place(settings: Settings, path: Path) -> bool:
    """Whether it is a database of Dagster's that somebody may write to just now.

    That of a run that has ended has nothing beside it, and is not written to again.
    """
    if not path.is_relative_to(settings.dagster) or not _is_database(path):
        return False
    return path in databases(settings) or Path(f"{path}-wal").exists()


def _is_database(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(_SQLITE_HEADER)) == _SQLITE_HEADER
    return False


def _copy_database(source: Path, target: Path) -> Iterator[str]:
    """Copy a SQLite file as of one moment; yield why not, if it is broken.

    The copy's time of change is now: that of the file says nothing about what its log holds.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
    except (sqlite3.Error, FileNotFoundError) as error:
        target.unlink(missing_ok=True)
        yield f"{source}: {error}"


def copy_warehouse(settings: Settings, staging: Path) -> bool:
    """Copy the warehouse into ``staging``; False if a run holds it or has changed it meanwhile.

    No lock is taken, since a run would find it taken.
    """
    source, beside = settings.warehouse, Path(f"{settings.warehouse}{_WAL}")
    before = _state(source), _state(beside)
    if _is_held(settings):
        return False
    with suppress(FileNotFoundError):
        for path in (source, beside):
            if path.exists():
                shutil.copy2(path, staging / path.name)
    if before == (_state(source), _state(beside)) and not _is_held(settings):
        return True
    for path in (source, beside):
        (staging / path.name).unlink(missing_ok=True)
    return False


def _is_held(settings: Settings) -> bool:
    return "warehouse" in held_locks(settings.locks)


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
