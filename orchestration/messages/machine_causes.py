"""Causes in the machine and its programs: disk, Dagster's silence, holidays, dead channels.

Each function only looks. Deeper checks of an installation belong in ``fangan doctor``; here is what
must be told although nobody asked. Numbers that change by themselves stay out of the subjects.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from orchestration.messages.causes import Cause
from orchestration.messages.configuration import Rules
from orchestration.messages.heartbeats import DagsterPulse, dagster_pulse
from orchestration.messages.open_causes import State
from orchestration.reference import vocabulary
from orchestration.reference.calendar import SUZHOU, WORKDAYS_SEED, unknown_years
from orchestration.settings import Settings
from orchestration.upkeep.disk_room import GIB, free_bytes, needed_bytes

#: The daemons that run months; others come and go with Dagster's versions and settings.
_NEEDED = ("SENSOR", "SCHEDULER", "QUEUED_RUN_COORDINATOR", "MONITORING", "BACKFILL")
KEYS = ("disk/", "dagster/", "holidays/", "channel/", "backup/")
#: A channel that fails for less is tried again before anybody hears of it.
_CHANNEL_PATIENCE = timedelta(hours=1)


def machine_causes(
    settings: Settings,
    rules: Rules,
    state: State,
    now: datetime,
    *,
    opened_at: datetime | None = None,
    backup_at: datetime | None = None,
) -> list[Cause]:
    """Return everything that is wrong now, engineers' things all of them.

    ``opened_at`` is when the first file arrived: before that there is nothing to back up.
    ``backup_at`` is when the last complete backup was finished.
    """
    return [
        *_disk(settings, rules),
        *(_dagster(settings, rules, now) if rules.daemon else []),
        *_holidays(now),
        *_channels(state, now),
        *_backup(rules, now, opened_at, backup_at),
    ]


def _disk(settings: Settings, rules: Rules) -> list[Cause]:
    free, needed = free_bytes(settings), needed_bytes(settings)
    if free >= max(rules.min_free_gib * GIB, needed):
        return []
    return [
        Cause(
            key="disk/home",
            subject="【平台】磁盘空间不足",
            first_line="请清理磁盘或扩容：fangan prune 列出可以清理的。Free disk space.",
            body=(
                f"{settings.home}: {free / GIB:.1f} GiB free; the next run may need"
                f" {needed / GIB:.1f} GiB, and {rules.min_free_gib:g} GiB are to stay free."
            ),
            severity="error",
            audience="engineers",
        )
    ]


def _dagster(settings: Settings, rules: Rules, now: datetime) -> list[Cause]:
    pulse = dagster_pulse(settings.dagster)
    if pulse is None:
        return []
    if pulse.fault:
        return [_dagster_cause("database", "读不到 Dagster 的数据库", pulse.fault)]
    silent = _silent(pulse, now - timedelta(minutes=rules.silent_after_minutes))
    found = []
    if silent:
        listed = "；".join(f"{name}: {at:%Y-%m-%d %H:%M}" for name, at in silent)
        found.append(_dagster_cause("daemon", "Dagster 守护进程没有心跳", f"Last seen: {listed}"))
    for name in pulse.stopped:
        detail = f"{name} was switched off in the webserver; switch it on there."
        found.append(_dagster_cause(f"stopped/{name}", f"{name} 已被关闭", detail))
    for name in pulse.failing:
        detail = f"The last tick of {name} failed; the webserver shows why (Automation)."
        found.append(
            _dagster_cause(f"failing/{name}", f"{name} {vocabulary.OUTCOMES['error']}", detail)
        )
    return found


def _silent(pulse: DagsterPulse, since: datetime) -> list[tuple[str, datetime]]:
    return [
        (name, at.astimezone(SUZHOU))
        for name, at in sorted(pulse.daemons.items())
        if name in _NEEDED and at < since
    ]


def _dagster_cause(key: str, what: str, detail: str) -> Cause:
    return Cause(
        key=f"dagster/{key}",
        subject=f"【平台】{what}",
        first_line="请检查并重启服务：fangan doctor。No month runs by itself until it is mended.",
        body=detail,
        severity="error",
        audience="engineers",
    )


def _holidays(now: datetime) -> list[Cause]:
    return [
        Cause(
            key=f"holidays/{year}",
            subject=f"【平台】没有 {year} 年的节假日安排",
            first_line=(
                f"请更新 chinesecalendar，或把国务院通知逐日填入 {WORKDAYS_SEED}。"
                "Update the package or fill in the seed."
            ),
            body="在此之前，截止、统计、发布按每月固定日期，不因休息日顺延。",
            audience="engineers",
        )
        for year in unknown_years(now)
    ]


def _channels(state: State, now: datetime) -> list[Cause]:
    return [
        Cause(
            key=f"channel/{name}",
            subject=f"【平台】通道 {name} 发不出消息",
            first_line="请检查该通道的设置和网络；消息留在 outbox，恢复后自动补发。",
            body=f"Since {failing.since}: {failing.reason}",
            severity="error",
            audience="engineers",
        )
        for name, failing in sorted(state.failing.items())
        if now - datetime.fromisoformat(failing.since) >= _CHANNEL_PATIENCE
    ]


def _backup(
    rules: Rules, now: datetime, opened_at: datetime | None, last: datetime | None
) -> list[Cause]:
    since = last or opened_at
    is_overdue = since is not None and now - since > timedelta(days=rules.backup_every_days)
    if not (rules.backup_every_days and is_overdue):
        return []
    when = f"{last.astimezone(SUZHOU):%Y-%m-%d %H:%M}" if last else "从未备份 never"
    return [
        Cause(
            key="backup/home",
            subject=f"【平台】超过 {rules.backup_every_days} 天没有备份",
            first_line="请备份：fangan backup。Make one, and see why the timer did not.",
            body=f"Last backup: {when}.",
            severity="error",
            audience="engineers",
        )
    ]
