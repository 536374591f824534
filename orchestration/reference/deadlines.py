"""When deliveries of a month are due and when it is counted: the seed ``delivery_calendar.csv``.

A row of the seed holds from its ``first_month`` on; a new rule of the bureau is a new row. All
times are local to Suzhou. Lateness is defined only here: status, covering note and ``run.delivery``
(the source of the marts and the quality page) call ``days_late`` for a delivery's first version
through ``Ledger.days_late``. ``contracts`` says what is owed; what happens at these times is
decided elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration.reference.months import TIMEZONE, Month
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR

SUZHOU = ZoneInfo(TIMEZONE)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class CalendarRow:
    """One row of the seed: days and times in the month after the delivered one."""

    first_month: Month
    deadline_day: int
    deadline_time: time
    run_day: int
    run_time: time


@cache
def load_calendar(path: Path = SEEDS_DIR / "delivery_calendar.csv") -> tuple[CalendarRow, ...]:
    """Read the seed, ordered by month; raise ValueError for an invalid day or time."""
    rows = [
        CalendarRow(
            first_month=Month.parse(row["first_month"]),
            deadline_day=int(row["deadline_day"]),
            deadline_time=time.fromisoformat(row["deadline_time"]),
            run_day=int(row["run_day"]),
            run_time=time.fromisoformat(row["run_time"]),
        )
        for row in read_rows(path)
    ]
    return tuple(sorted(rows, key=lambda row: row.first_month))


def deadline(month: Month) -> datetime:
    """Return when the deliveries of a month are due."""
    row = _row(month)
    return _in_next_month(month, row.deadline_day, row.deadline_time)


def counted_at(month: Month) -> datetime:
    """Return when the schedule counts a month."""
    row = _row(month)
    return _in_next_month(month, row.run_day, row.run_time)


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


def _row(month: Month) -> CalendarRow:
    return max(
        (row for row in load_calendar() if row.first_month <= month),
        key=lambda row: row.first_month,
    )


def _in_next_month(month: Month, day: int, at: time) -> datetime:
    return datetime.combine(month.shift(1).first_day.replace(day=day), at, SUZHOU)
