"""``fangan verify`` and ``release --verify``: reports damaged files, and repairs them.

The checks are in ``verification``, the repairs in ``repairing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from orchestration.console.output import Record, print_line
from orchestration.console.stored.recomputing import recompute
from orchestration.console.stored.repairing import is_repairable, repair
from orchestration.messages.events import verification_ended
from orchestration.publication.release.reproduction import Verified
from orchestration.reference.calendar import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.locks import holding
from orchestration.verification.damage import FAULTS, Damage
from orchestration.verification.examination import examine
from orchestration.verification.releases import KEPT


def verify(settings: Settings, month: Month | None, *, repairs: bool) -> Record:
    """Check everything stored, or one month; with ``repairs`` repair it and check again.

    Raises BusyError during a run, which changes the files.
    """
    checked_count, found = _examine(settings, month)
    left, failures = found, list[str]()
    if repairs and any(map(is_repairable, found)):
        failures = repair(settings, found)
        checked_count, left = _examine(settings, month)
    open_count = sum(damage.is_damage for damage in left)
    verification_ended(settings, month, datetime.now(SUZHOU), open_count)
    remaining = {(damage.path, damage.detail) for damage in left}
    return {
        "month": str(month) if month else None,
        "checked_count": checked_count,
        "is_whole": not open_count,
        "damages": [
            _record(damage, is_repaired=(damage.path, damage.detail) not in remaining)
            for damage in found
        ]
        + [_record(damage, is_repaired=False) for damage in left if damage not in found],
        "not_made": failures,
    }


def _examine(settings: Settings, month: Month | None) -> tuple[int, Sequence[Damage]]:
    with holding(settings.ledger_locks, "month"), holding(settings.locks, "warehouse"):
        found = examine(settings, month)
    if isinstance(found, Damage):
        return 1, [found]
    return found.checked_count, found.damages


def _record(damage: Damage, *, is_repaired: bool) -> Record:
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
        "is_mended": is_repaired,
    }


def show(report: Record) -> None:
    """Print every damage, and whether it was repaired."""
    damages = report["damages"]
    open_ones = [d for d in damages if d["is_damage"] and not d["is_mended"]]
    place = report["month"] or "全部存储 everything stored"
    found = f"{len(open_ones)} 处损坏 damaged" if open_ones else "完好 intact"
    click.echo(f"{place}：核对 {report['checked_count']} 项，{found}")
    for damage in damages:
        state = "已修复 repaired · " if damage["is_mended"] else ""
        print_line(f"{state}{damage['path']}（{damage['area']}）{damage['what']}", 2)
        for label, key in (("", "detail"), ("时间 since ", "since"), ("影响 affects ", "affects")):
            if damage[key]:
                print_line(f"{label}{damage[key]}", 4)
        if not damage["is_mended"]:
            print_line(damage["mends"], 4)
    for failure in report["not_made"]:
        print_line(f"无法修复 could not be repaired: {failure}", 2)


def verify_releases(settings: Settings, month: Month, *, from_archive: bool) -> list[Record]:
    """Verify every release of the month, and the month's other files as ``fangan verify`` does.

    ``from_archive`` also runs the month again from the delivered files. Damage outside the
    releases is listed with the last one. Raises click.UsageError if there is no release,
    click.ClickException if the ledger cannot be read, BusyError during a run.
    """
    with holding(settings.ledger_locks, "month"), holding(settings.locks, "warehouse"):
        found = examine(settings, month, shows_change=True)
    if isinstance(found, Damage):
        raise click.ClickException(f"{found.path}: {found.detail}. {found.mends}")
    if not found.releases:
        raise click.UsageError(f"{month}尚未发布过。Not released yet: fangan release {month}")
    reports = [_of_release(settings, release, from_archive) for release in found.releases]
    reports[-1]["faults"] += [
        f"{damage.path}: {FAULTS[damage.fault]} {damage.detail}".strip()
        for damage in found.damages
        if damage.is_damage and damage.area != KEPT
    ]
    reports[-1]["checked_count"] += found.checked_count - sum(
        release.checked_count for release in found.releases
    )
    return reports


def _of_release(settings: Settings, found: Verified, from_archive: bool) -> Record:
    count, faults = recompute(settings, found.vintage) if from_archive else (0, [])
    return {
        "month": str(found.vintage.month),
        "vintage": found.vintage.number,
        "checked_count": found.checked_count + count,
        "recomputed_count": count,
        "changed_code": list(found.changed_code),
        "otherwise": list(found.otherwise),
        "faults": [*found.faults, *faults],
    }


def show_releases(reports: list[Record]) -> None:
    """Print the number of checks of each release, and every difference."""
    for report in reports:
        if report["changed_code"]:
            click.echo(f"程序已变 code has changed since: {', '.join(report['changed_code'])}")
        recomputed = report["recomputed_count"]
        count = f"核对 {report['checked_count']} 项" + (
            f"（其中从存档重算 {recomputed} 项）" if recomputed else ""
        )
        found = f"{len(report['faults'])} 处不符" if report["faults"] else "与发布时一致"
        click.echo(f"{report['month']} 第 {report['vintage']} 版：{count}，{found}")
        for fault in report["faults"]:
            click.echo(f"  {fault}")
        for change in report["otherwise"]:
            click.echo(f"  程序版本不同，不是损坏 made by another program version: {change}")
