"""``fangan prune``: what may go from the home, and what was removed."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import click

from orchestration.console.output import Record, print_table
from orchestration.settings import Settings
from orchestration.store.locks import holding
from orchestration.upkeep.pruning import prune as remove

_MIB = 1 << 20


def prune(settings: Settings, days: int, *, does_it: bool) -> Record:
    """List, and with ``does_it`` remove, what is older than so many days.

    Raises BusyError if something is to be removed during a run.
    """
    with ExitStack() as held:
        if does_it:
            held.enter_context(holding(settings.ledger_locks, "month"))
            held.enter_context(holding(settings.locks, "warehouse"))
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
