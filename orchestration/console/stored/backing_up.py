"""``fangan backup`` and ``fangan restore``: run them and show what came of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from orchestration.console.output import Record
from orchestration.console.stored import verifying
from orchestration.messages.events import backup_made
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings
from orchestration.store.databases.copying import LedgerNotEmptyError
from orchestration.store.objects.places import StoreError
from orchestration.upkeep.backup_folder import BackupError
from orchestration.upkeep.backups import back_up as make
from orchestration.upkeep.restoring import restore as put_back

_MIB = 1 << 20


def back_up(settings: Settings, folder: Path, wait_seconds: float) -> Record:
    """Make a backup; raise click.ClickException with the reason if it cannot be made."""
    try:
        made = make(settings, folder, wait_seconds=wait_seconds)
    except (BackupError, LedgerNotEmptyError, StoreError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if not made.manifest.missing:
        backup_made(settings, datetime.now(SUZHOU))
    return {
        "name": made.name,
        "folder": str(folder.resolve()),
        "file_count": len(made.manifest.files),
        "byte_count": made.manifest.byte_count,
        "new_file_count": len(made.new),
        "new_byte_count": sum(entry.size for entry in made.new),
        "is_complete": not made.manifest.missing,
        "missing": list(made.manifest.missing),
    }


def show(report: Record) -> None:
    """Print where a backup lies, what of it is new, and what it lacks."""
    click.echo(f"备份 backup {report['folder']}/{report['name']}")
    click.echo(
        f"  {report['file_count']} 个文件 files, {report['byte_count'] / _MIB:.1f} MiB;"
        f" 新写入 new {report['new_file_count']}, {report['new_byte_count'] / _MIB:.1f} MiB"
    )
    for sentence in report["missing"]:
        click.echo(f"  未备份 missing: {sentence}")


def restore(settings: Settings, folder: Path, name: str | None) -> Record:
    """Restore a backup and verify it; raise click.ClickException if it cannot be restored."""
    try:
        name, manifest = put_back(settings, folder, name)
    except (BackupError, LedgerNotEmptyError, StoreError, OSError) as error:
        raise click.ClickException(str(error)) from error
    return {
        "name": name,
        "made_at": manifest.made_at,
        "home": str(settings.home),
        "file_count": len(manifest.files),
        "missing": list(manifest.missing),
        "verified": verifying.verify(settings, None, repairs=False),
    }


def show_restored(report: Record) -> None:
    """Print what was restored, what the backup lacked, and what verification says."""
    click.echo(
        f"已恢复 restored {report['name']}（{report['made_at']}）: {report['file_count']} 个文件"
        f" files → {report['home']}"
    )
    for sentence in report["missing"]:
        click.echo(f"  备份中没有 not in the backup: {sentence}")
    verifying.show(report["verified"])
