"""Causes in what should run by itself: a month that is due and nothing runs, months left stale.

Which months are due or stale is in ``operations.due``. A run that failed is told by ``events``, a
dead daemon or a sensor switched off by ``machine_causes``: here is what no such sign explains.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from orchestration.messages.causes import Cause
from orchestration.messages.configuration import Rules
from orchestration.messages.open_causes import State
from orchestration.modelling.up_to_date import month_code_version
from orchestration.operations.due import REASONS, DueMonth, due_months, stale_months
from orchestration.reference.calendar import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

KEYS = ("due/", "program/")


def due_causes(
    settings: Settings, ledger: Ledger, rules: Rules, state: State, now: datetime
) -> list[Cause] | None:
    """Return the months that wait too long for a run, and once a program the stale ones.

    None if ``raw`` cannot be read: ``placing_causes`` tells that.
    """
    try:
        due = due_months(settings, ledger, now) if rules.daemon else []
        stale = stale_months(settings, ledger, now)
    except OSError:
        return None
    since = now - timedelta(hours=rules.due_after_hours)
    waiting = [one for one in due if one.since <= since and f"run/{one.month}" not in state.causes]
    return [*map(_waiting, waiting), *([_stale(stale)] if stale else [])]


def _waiting(due: DueMonth) -> Cause:
    return Cause(
        key=f"due/{due.month}",
        subject=f"【{due.month}】应统计而没有统计",
        first_line=(
            f"请查明为何没有自动统计：fangan doctor；或手工统计：fangan month {due.month}。"
            "It is due, and nothing runs it."
        ),
        body=f"{due.since.astimezone(SUZHOU):%Y-%m-%d %H:%M} 起：{REASONS[due.reason]}。",
        severity="error",
        audience="engineers",
    )


def _stale(months: list[Month]) -> Cause:
    """Return the cause of one version of the program; it does not come again with the next look."""
    listed = "、".join(map(str, months))
    return Cause(
        key=f"program/{month_code_version()[:12]}",
        subject="【平台】程序已更新，以前各月沿用旧版的结果",
        first_line=(
            "不用处理；要按新版程序重新统计："
            f"fangan backfill {months[0]}..{months[-1]}。What is published stays as it is."
        ),
        body=f"{len(months)} months were made by an earlier program: {listed}",
        severity="info",
        audience="engineers",
        happened_once=True,
    )
