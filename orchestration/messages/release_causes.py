"""Causes about releases: a month whose release time has passed and that nobody has released.

A release that was refused is reported by ``events``, when it happens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from orchestration.messages.causes import Cause
from orchestration.publication.status.facts import MonthStatus

KEYS = ("release_waiting/",)


def release_causes(
    statuses: Iterable[MonthStatus], now: datetime, remind_for: timedelta
) -> list[Cause]:
    """Return the months with deliveries that the calendar says are to be released by now."""
    return [
        Cause(
            key=f"release_waiting/{status.month}",
            subject=f"【{status.month}】公报待发布",
            first_line=(
                f'请复核后发布：fangan release {status.month} --note "说明"（正式数据加 --final）'
            ),
            body=(
                f"按报送日历应于 {status.calendar.release:%Y-%m-%d %H:%M} 发布。"
                f"应报 {status.owed_count} 项，已接收 {status.accepted_count} 项；"
                f"质量报告：published/{status.month}/quality.html"
            ),
        )
        for status in statuses
        if status.calendar.release <= now < status.calendar.release + remind_for
        and not status.release.vintages
        and status.accepted_count
    ]
