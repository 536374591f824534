"""Lateness of a month's deliveries, and the clock of Suzhou.

Lateness is defined only here: status, covering note and ``run.delivery`` (the source of the marts
and the quality page) call ``days_late`` for a delivery's first version through
``Ledger.days_late``. The times themselves are in ``calendar``; ``contracts`` says what is owed.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from orchestration.reference.calendar import SUZHOU as SUZHOU
from orchestration.reference.calendar import month_calendar
from orchestration.reference.months import Month

_DAY = timedelta(days=1)


def deadline(month: Month) -> datetime:
    """Return when the deliveries of a month are due."""
    return month_calendar(month).deadline


def counted_at(month: Month) -> datetime:
    """Return when the schedule counts a month."""
    return month_calendar(month).run


def days_late(month: Month, arrived_at: datetime, opened_at: datetime | None) -> int | None:
    """Return by how many days an arrival was late; a part of a day counts as a day.

    0 or less means in time: minus the whole days by which it was early. None if nobody could be in
    time, because ``opened_at``, when the platform first received anything, is after the deadline.
    Both times have a time zone.

    >>> opened_at = datetime(2022, 11, 1, 9, 0, tzinfo=SUZHOU)
    >>> days_late(Month(2022, 10), datetime(2022, 11, 5, 18, 1, tzinfo=SUZHOU), opened_at)
    1
    >>> days_late(Month(2022, 10), datetime(2022, 11, 2, 9, 0, tzinfo=SUZHOU), opened_at)
    -3
    >>> days_late(Month(2021, 10), datetime(2022, 11, 2, 9, 0, tzinfo=SUZHOU), opened_at)
    """
    if not could_be_in_time(month, opened_at):
        return None
    return math.ceil((arrived_at - deadline(month)) / _DAY)


def could_be_in_time(month: Month, opened_at: datetime | None) -> bool:
    """Whether the platform had received anything, for any month, before this one was due."""
    return opened_at is not None and opened_at <= deadline(month)


def punctuality(days: int | None) -> str:
    """Return ``days_late`` in Chinese: late, in time, early, or not judged."""
    if days is None:
        return "截止时本平台尚未接收报送，不评逾期"
    if days > 0:
        return f"逾期 {days} 天"
    return f"提前 {-days} 天" if days else "按时"


def suzhou_clock(instant: datetime) -> datetime:
    """Return an instant as Suzhou's clock shows it.

    The result has no zone, since DuckDB reads zoned times only with an extension.
    """
    return instant.astimezone(SUZHOU).replace(tzinfo=None)


def suzhou_now() -> datetime:
    """Return the present second by Suzhou's clock, without a zone."""
    return suzhou_clock(datetime.now(SUZHOU)).replace(microsecond=0)
