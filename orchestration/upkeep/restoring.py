"""Restoring a backup into an empty home: checked byte by byte, and whole or not at all.

The ledger is put in place last, so a home without one was not restored to the end.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from orchestration.settings import PRIVATE_FOLDER, Settings
from orchestration.store.files import is_temporary, scratch_folder, sync_folder
from orchestration.store.ledger_database import copy_whole_ledger, refuse_used_ledger
from orchestration.store.migrations import STEPS, NewerLedgerError
from orchestration.store.objects.shared import share_all
from orchestration.store.tidying import tidy_home
from orchestration.upkeep.backup_folder import BackupError, BackupFolder, Manifest


def restore(settings: Settings, folder: Path, name: str | None = None) -> tuple[str, Manifest]:
    """Restore a backup, by default the last one; return its name and manifest.

    ``folder`` is where backups lie, or a backup's own folder, as ``fangan backup`` prints it.
    A ledger on a server is filled from the backup, whatever kind of ledger that was made of.
    Raises BackupError if the home is not empty, or the backup or any file of it is not whole;
    LedgerNotEmptyError if the server's ledger has facts; NewerLedgerError if a newer program made
    it. Then the home is as it was.
    """
    kept = BackupFolder(folder.resolve())
    if name is None and kept.is_one_backup():
        name, kept = kept.path.name, BackupFolder(kept.path.parent)
    name, manifest = kept.read(name)
    _refuse_newer(manifest)
    _refuse_used(settings.home)
    refuse_used_ledger(settings.ledger)
    with scratch_folder(settings.home, "restore") as staging:
        _copy_all(kept, manifest, staging)
        _put_in_place(settings, staging)
    tidy_home(settings.prepare())
    return name, manifest


def _refuse_newer(manifest: Manifest) -> None:
    if manifest.ledger_version > len(STEPS):
        raise NewerLedgerError(
            f"备份由 fangan {manifest.program_version} 制作，本程序较旧，无法打开。The backup was"
            f" made by fangan {manifest.program_version} (ledger {manifest.ledger_version}, this"
            f" program knows {len(STEPS)}): restore it with that version or a newer one"
        )


def _refuse_used(home: Path) -> None:
    """Raise BackupError if a file lies in the home, but for leftovers of a killed restore."""
    for folder, folders, names in os.walk(home):
        folders[:] = [name for name in folders if not is_temporary(name)]
        if names:
            raise BackupError(
                f"{home} 不是空的（{Path(folder, names[0]).relative_to(home)}）。The home is not"
                " empty: set FANGAN_HOME to a new folder, or move this one away"
            )


def _copy_all(kept: BackupFolder, manifest: Manifest, staging: Path) -> None:
    """Copy every file below ``staging``; raise BackupError if one is not whole."""
    damaged = []
    for entry in manifest.files:
        target = staging / entry.path
        target.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        if not kept.copy_out(entry, target):
            damaged.append(entry.path)
    if damaged:
        others = "、".join(kept.names()[-5:])
        raise BackupError(
            f"备份中 {len(damaged)} 个文件已损坏或缺失（{'、'.join(damaged[:3])}），未恢复。"
            f"Files of the backup are damaged: take another with --name ({others})"
        )


def _put_in_place(settings: Settings, staging: Path) -> None:
    ledger = staging / settings.ledger_file.name
    for path in sorted(path for path in staging.iterdir() if path != ledger):
        place = settings.home / path.name
        if place.is_dir():
            shutil.rmtree(place)  # empty folders
        os.replace(path, place)
    share_all(settings)
    if isinstance(settings.ledger, str):
        copy_whole_ledger(ledger, settings.ledger)
    elif ledger.exists():
        os.replace(ledger, settings.ledger)
    os.sync()
    sync_folder(settings.home)
