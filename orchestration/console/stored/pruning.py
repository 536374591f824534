"""``fangan prune``: what may go from the home or a folder of backups, and what was removed."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from orchestration.console.output import Record, print_table
from orchestration.settings import Settings
from orchestration.store.locks import holding
from orchestration.upkeep.backup_folder import BackupError
from orchestration.upkeep.backup_pruning import Keep
from orchestration.upkeep.backup_pruning import prune_backups as remove_backups
from orchestration.upkeep.pruning import prune as remove

_MIB = 1 << 20
#: Why a backup is kept, for people.
_REASONS = {
    "last": "最近 last",
    "daily": "每日 daily",
    "monthly": "每月 monthly",
    "complete": "最后一个完整的 the last complete",
    "newer": "新于最后一个完整的 newer than that",
}


def prune(settings: Settings, days: int, *, does_it: bool) -> Record:
    """List, and with ``does_it`` remove, what is older than so many days.

    Raises BusyError if something is to be removed during a run.
    """
    with ExitStack() as held:
        for name in ("month", "warehouse") if does_it else ():
            held.enter_context(holding(settings.locks, name))
        found = remove(settings, datetime.now(UTC) - timedelta(days=days), does_it=does_it)
    return {
        "older_than_days": days,
        "is_removed": does_it,
        "items": [
            {"what": item.what, "count": item.count, "byte_count": item.byte_count}
            for item in found
        ],
    }


def show(report: Record) -> None:
    """Print what may go, or was removed, with its size."""
    items = report["items"]
    if not items:
        click.echo("没有可清理的。There is nothing to remove.")
        return
    print_table("", [_row(item) for item in items])
    total = sum(item["byte_count"] for item in items) / _MIB
    if report["is_removed"]:
        click.echo(f"已清理 removed: {total:.1f} MiB")
    else:
        click.echo(f"可清理 could be removed: {total:.1f} MiB；清理请加 --yes to remove it")


def _row(item: Record) -> Record:
    size = f"{item['byte_count'] / _MIB:.1f}"
    return {"清理 what": item["what"], "数量 count": item["count"], "MiB": size}


def prune_backups(folder: Path, last: int, daily: int, monthly: int, *, does_it: bool) -> Record:
    """List, and with ``does_it`` remove, the backups in a folder that no rule keeps.

    Raises click.ClickException with the reason if they cannot be judged, BusyError during a backup.
    """
    try:
        found = remove_backups(folder, Keep(last, daily, monthly), does_it=does_it)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    return {
        "folder": str(folder.resolve()),
        "is_removed": does_it,
        "backups": [
            {
                "name": one.name,
                "made_at": one.made_at,
                "byte_count": one.byte_count,
                "is_complete": one.is_complete,
                "kept_because": list(one.reasons),
            }
            for one in found.backups
        ],
        "object_count": found.object_count,
        "byte_count": found.byte_count,
    }


def show_backups(report: Record) -> None:
    """Print every backup with why it is kept, and what removing the others frees."""
    print_table("", [_backup_row(one) for one in report["backups"]])
    count = sum(not one["kept_because"] for one in report["backups"])
    size = f"{report['object_count']} 个文件 files, {report['byte_count'] / _MIB:.1f} MiB"
    if report["is_removed"]:
        click.echo(f"已清理 removed: {count} 个备份，{size}")
    else:
        click.echo(
            f"可清理 could be removed: {count} 个备份，{size}；清理请加 --yes to remove them"
        )


def _backup_row(one: Record) -> Record:
    return {
        "备份 backup": one["name"],
        "时间 made": f"{one['made_at']:%Y-%m-%d %H:%M}",
        "MiB": f"{one['byte_count'] / _MIB:.1f}",
        "完整 complete": "✓" if one["is_complete"] else "✗",
        "保留 kept": "、".join(map(_REASONS.__getitem__, one["kept_because"])) or "清理 goes",
    }
