"""Which backups of a folder may go by a rule, and removing them with what only they held.

The rules are restic's, by name and meaning: the last N, and the last of each of the N last days or
months that have one. A backup that lacks something is kept only while no complete one is younger;
the last complete one is always kept. Making backups is in ``backups``.
https://restic.readthedocs.io/en/stable/060_forget.html
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.reference.deadlines import SUZHOU
from orchestration.store.files import sync_folder
from orchestration.store.locks import holding
from orchestration.upkeep.backup_folder import BackupError, BackupFolder, Manifest


@dataclass(frozen=True)
class Keep:
    """How many to keep: the last ones, and the last of so many days and months of Suzhou."""

    last: int = 0
    daily: int = 0
    monthly: int = 0


@dataclass(frozen=True)
class Judged:
    """A backup and why it is kept: ``last``, ``daily``, ``monthly``, ``complete``, ``newer``.

    Without a reason it may go.
    """

    name: str
    made_at: datetime
    byte_count: int
    is_complete: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Pruned:
    """All backups of the folder, the oldest first, and what removing those without reason frees."""

    backups: tuple[Judged, ...]
    object_count: int
    byte_count: int


def prune_backups(folder: Path, keep: Keep, *, does_it: bool) -> Pruned:
    """Return what may go from a folder of backups; with ``does_it`` remove it.

    Raises BackupError if the folder has no backup, one of them cannot be read (what it holds is
    unknown then), or something of the last complete one is missing; BusyError during a backup.
    """
    kept = BackupFolder(folder)
    if not kept.names():
        raise BackupError(f"{folder} 中没有备份。There is no backup in it")
    with holding(folder, "backup"):
        manifests = {name: kept.read(name)[1] for name in kept.names()}
        judged = _judged(manifests, keep)
        _refuse_damaged(kept, manifests)
        staying = [manifests[one.name] for one in judged if one.reasons]
        unused = _unused(kept, staying)
        found = Pruned(judged, len(unused), sum(path.stat().st_size for path in unused))
        if does_it:
            _remove(kept, [one.name for one in judged if not one.reasons], unused)
    return found


def _judged(manifests: dict[str, Manifest], keep: Keep) -> tuple[Judged, ...]:
    complete = [name for name, manifest in manifests.items() if not manifest.missing]
    times = {name: _time(manifests[name]) for name in manifests}
    reasons: dict[str, list[str]] = {name: [] for name in manifests}
    for reason, names in (
        ("last", complete[-keep.last :] if keep.last else []),
        ("daily", _last_of_each(complete, keep.daily, lambda name: f"{times[name]:%Y-%m-%d}")),
        ("monthly", _last_of_each(complete, keep.monthly, lambda name: f"{times[name]:%Y-%m}")),
        ("complete", complete[-1:]),
        ("newer", [name for name in manifests if not complete or name > complete[-1]]),
    ):
        for name in names:
            reasons[name].append(reason)
    return tuple(
        Judged(name, times[name], manifest.byte_count, not manifest.missing, tuple(reasons[name]))
        for name, manifest in manifests.items()
    )


def _last_of_each(names: Sequence[str], count: int, period: Callable[[str], str]) -> list[str]:
    """Return the last name of each of the ``count`` last periods that have one."""
    last = {period(name): name for name in names}
    return list(last.values())[-count:] if count else []


def _time(manifest: Manifest) -> datetime:
    return datetime.fromisoformat(manifest.made_at).astimezone(SUZHOU)


def _refuse_damaged(kept: BackupFolder, manifests: dict[str, Manifest]) -> None:
    complete = [manifest for manifest in manifests.values() if not manifest.missing]
    if complete and (damaged := kept.damaged(complete[-1].files, sizes_only=True)):
        raise BackupError(
            f"{kept.path}：最后一个完整备份缺 {len(damaged)} 个文件"
            f"（{damaged[0].path} 等），不清理。"
            "The last complete backup lacks files: make another, fangan backup"
        )


def _unused(kept: BackupFolder, staying: Sequence[Manifest]) -> list[Path]:
    """Return the contents that no staying backup has, with leftovers of backups that died."""
    used = {entry.sha256 for manifest in staying for entry in manifest.files}
    return [path for path in kept.objects() if path.name not in used]


def _remove(kept: BackupFolder, names: Sequence[str], unused: Sequence[Path]) -> None:
    """Remove backups, then contents: what is broken off leaves contents too many, never too few."""
    for name in names:
        gone = kept.path / f".{name}.pruned.tmp"
        os.rename(kept.path / name, gone)
    sync_folder(kept.path)
    for path in kept.path.glob(".*.tmp"):
        shutil.rmtree(path)
    for path in unused:
        path.unlink()
