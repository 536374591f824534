"""``fangan verify``: what is damaged of everything stored, and mending it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from orchestration.console.output import Record, print_line
from orchestration.console.repairing import is_mendable, repair
from orchestration.months import Month
from orchestration.settings import Settings
from orchestration.store.locks import holding
from orchestration.verification.damage import FAULTS, Damage
from orchestration.verification.examination import examine


def verify(settings: Settings, month: Month | None, *, repairs: bool) -> Record:
    """Look at everything stored, or at one month's; with ``repairs`` mend and look again.

    Raises BusyError if a run goes on: nothing is as it was then.
    """
    checked_count, found = _look(settings, month)
    left, failures = found, list[str]()
    if repairs and any(map(is_mendable, found)):
        failures = repair(settings, found)
        checked_count, left = _look(settings, month)
    remaining = {(damage.path, damage.detail) for damage in left}
    return {
        "month": str(month) if month else None,
        "checked_count": checked_count,
        "is_whole": not any(damage.is_damage for damage in left),
        "damages": [
            _record(damage, was_mended=(damage.path, damage.detail) not in remaining)
            for damage in found
        ]
        + [_record(damage, was_mended=False) for damage in left if damage not in found],
        "not_made": failures,
    }


def _look(settings: Settings, month: Month | None) -> tuple[int, Sequence[Damage]]:
    with holding(settings.locks, "month"), holding(settings.locks, "warehouse"):
        found = examine(settings, month)
    if isinstance(found, Damage):
        return 1, [found]
    return found.checked_count, found.damages


def _record(damage: Damage, *, was_mended: bool) -> Record:
    return {
        "area": damage.area,
        "path": damage.path,
        "fault": damage.fault.value,
        "what": FAULTS[damage.fault],
        "detail": damage.detail,
        "since": damage.since,
        "affects": damage.affects,
        "remedy": damage.remedy.value,
        "mends": damage.mends,
        "is_damage": damage.is_damage,
        "is_mended": was_mended,
    }


def show(report: Record) -> None:
    """Print every damage and what was mended of it."""
    damages = report["damages"]
    open_ones = [d for d in damages if d["is_damage"] and not d["is_mended"]]
    place = report["month"] or "全部存储 everything stored"
    found = f"{len(open_ones)} 处损坏 damaged" if open_ones else "完好 whole"
    click.echo(f"{place}：核对 {report['checked_count']} 项，{found}")
    for damage in damages:
        state = "已修复 mended · " if damage["is_mended"] else ""
        print_line(f"{state}{damage['path']}（{damage['area']}）{damage['what']}", 2)
        for label, key in (("", "detail"), ("时间 since ", "since"), ("影响 affects ", "affects")):
            if damage[key]:
                print_line(f"{label}{damage[key]}", 4)
        if not damage["is_mended"]:
            print_line(damage["mends"], 4)
    for failure in report["not_made"]:
        print_line(f"未能重做 could not be made again: {failure}", 2)
