"""Making a backup of the home while runs go on, checking it, and when the last one was made.

What a backup is on the disk is in ``backup_folder``, how one moment of the home is taken in
``home_snapshot``. Deliveries not yet taken in (``raw``) and the office's decisions lie outside the
home and are not in it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from orchestration.settings import PRIVATE_FOLDER, Settings, program_version
from orchestration.store.archive import archive_path
from orchestration.store.backups import Backup
from orchestration.store.files import scratch_folder
from orchestration.store.ledger import Ledger
from orchestration.store.ledger_database import ledger_exists
from orchestration.store.locks import held_locks, holding
from orchestration.store.migrations import version_of
from orchestration.upkeep.backup_folder import BackupError, BackupFolder, Entry, Manifest
from orchestration.upkeep.home_snapshot import copy_warehouse, take_snapshot

_LOOK_EVERY_SECONDS = 0.5
#: How often a snapshot is taken again although no lock is held: a daemon's run may be publishing.
_ATTEMPTS = 10


@dataclass(frozen=True)
class Made:
    """A backup that was made: its name, its manifest, and the files that no earlier one had."""

    name: str
    manifest: Manifest
    new: tuple[Entry, ...]


def last_backup(settings: Settings) -> Backup | None:
    """Return the backup of this home that was finished last, or None if there is none."""
    return Ledger(settings.ledger).last_backup() if ledger_exists(settings.ledger) else None


def back_up(settings: Settings, folder: Path, *, wait_seconds: float = 0) -> Made:
    """Make a backup of the home in ``folder``, read what was written again, and record it.

    Waits up to ``wait_seconds`` for a run to leave the warehouse and the published files; what
    could not be taken is said in the manifest. Raises BackupError if the folder is no place for
    it or what was written cannot be read again, BusyError during another backup into it.
    """
    _refuse_unfit(settings, folder)
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    kept = BackupFolder(folder.resolve())
    with holding(kept.path, "backup"):
        made = _make(settings, kept, until=time.monotonic() + wait_seconds)
        _check(kept, made)
        sha256 = kept.write(made.name, made.manifest)
    Ledger(settings.ledger).record_backup(
        (kept.path, made.name),
        sha256,
        counts=(len(made.manifest.files), made.manifest.byte_count),
        is_complete=not made.manifest.missing,
    )
    return made


def _refuse_unfit(settings: Settings, folder: Path) -> None:
    here, home = folder.resolve(), settings.home.resolve()
    if not ledger_exists(settings.ledger):
        raise BackupError(f"{settings.home} 中没有记录库。There is no ledger to back up")
    if here.is_relative_to(home) or home.is_relative_to(here):
        raise BackupError(f"{folder} 与数据目录重叠。It overlaps the home: choose another disk")


def _make(settings: Settings, kept: BackupFolder, until: float) -> Made:
    """Take snapshots until files and ledger are of one moment, or time is up."""
    earlier = {entry.path: entry for entry in kept.read()[1].files} if kept.names() else {}
    for attempt in count():
        with scratch_folder(settings.scratch, "backup") as staging:
            missing = take_snapshot(settings, staging)
            missing += _take_warehouse(settings, staging, until)
            entries, new = _keep_all(kept, staging, earlier)
            version = version_of(staging / settings.ledger_file.name)
            ledger = Ledger(staging / settings.ledger_file.name)
            torn = _of_another_moment(ledger, entries)
            # what stays torn without a run going on is damage, which waiting does not mend
            held = held_locks(settings.locks) | held_locks(settings.ledger_locks)
            is_running = attempt < _ATTEMPTS or held
            if torn and is_running and time.monotonic() < until:
                time.sleep(_LOOK_EVERY_SECONDS)
                continue
            missing += torn + _heal_archive(kept, ledger, entries)
        now = datetime.now(UTC)
        files = tuple(entries[path] for path in sorted(entries))
        made_at = now.isoformat(timespec="seconds")
        manifest = Manifest(made_at, program_version(), version, tuple(missing), files)
        return Made(f"{now:%Y%m%dT%H%M%S%f}Z", manifest, tuple(new))
    raise AssertionError  # the loop ends by returning


def _take_warehouse(settings: Settings, staging: Path, until: float) -> list[str]:
    """Copy the warehouse, waiting for a run to leave it; return what is missing of it."""
    if not settings.warehouse.exists():
        return []
    while not copy_warehouse(settings, staging):
        if time.monotonic() >= until:
            owner = held_locks(settings.locks).get("warehouse", "a run that has just ended")
            return [
                f"{settings.warehouse.name} is in use by {owner}:"
                " after a restore run fangan rebuild"
            ]
        time.sleep(_LOOK_EVERY_SECONDS)
    return []


def _keep_all(
    kept: BackupFolder, staging: Path, earlier: dict[str, Entry]
) -> tuple[dict[str, Entry], list[Entry]]:
    """Keep every file of a snapshot; return all entries by path, and those newly written.

    A file with the size and time of change that it had in the last backup is not read again.
    """
    entries, new = {}, []
    for path in sorted(path for path in staging.rglob("*") if path.is_file()):
        found, below = path.stat(), path.relative_to(staging).as_posix()
        entry = Entry(below, found.st_mode & 0o777, found.st_size, found.st_mtime_ns, "")
        before = earlier.get(below)
        is_same = before and replace(before, mode=entry.mode, sha256="") == entry
        if before and is_same and kept.object_path(before.sha256).exists():
            sha256, is_new = before.sha256, False
        else:
            sha256, is_new = kept.keep(path)
        entries[below] = replace(entry, sha256=sha256, size=kept.object_path(sha256).stat().st_size)
        if is_new:
            new.append(entries[below])
    return entries, new


def _of_another_moment(ledger: Ledger, entries: dict[str, Entry]) -> list[str]:
    """Return the public files that are not what the ledger says was written last."""
    return [
        f"{path} is not as the ledger says: fangan verify"
        for path, file in ledger.public_files().items()
        if file.sha256 != (entries[path].sha256 if path in entries else None)
    ]


def _heal_archive(kept: BackupFolder, ledger: Ledger, entries: dict[str, Entry]) -> list[str]:
    """Put an earlier backup's content in the place of a damaged or lost archived file.

    Returns the archived files that no backup has whole.
    """
    lost = []
    for sha256 in sorted(ledger.archived_hashes()):
        path = archive_path(Path("archive"), sha256).as_posix()
        entry, kept_path = entries.get(path), kept.object_path(sha256)
        if entry is not None and entry.sha256 == sha256:
            continue
        if kept_path.exists():
            found = kept_path.stat()
            entries[path] = Entry(path, 0o400, found.st_size, found.st_mtime_ns, sha256)
        else:
            lost.append(f"{path} is damaged or lost in the home: fangan verify")
    return lost


def _check(kept: BackupFolder, made: Made) -> None:
    """Read what was newly written again; for the rest, see that it is there in its size."""
    damaged = kept.damaged(made.new) + kept.damaged(made.manifest.files, sizes_only=True)
    if damaged:
        shown = ", ".join(entry.path for entry in damaged[:3])
        raise BackupError(
            f"{kept.path}：{len(damaged)} 个文件写入后读不回来（{shown}）。What was written cannot"
            " be read again: use another disk"
        )
