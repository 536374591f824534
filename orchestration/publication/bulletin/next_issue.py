"""When the bulletin after this one comes out, from the calendar, as the bulletin prints it."""

from __future__ import annotations

from orchestration.reference.calendar import month_calendar
from orchestration.reference.months import Month, chinese_date


def next_issue(month: Month) -> str:
    """Return the day on which the next month is released, in Chinese.

    >>> next_issue(Month(2022, 10))
    '2022年12月12日（2022年11月数据）'
    """
    after = month_calendar(month.shift(1))
    unknown = "，节假日安排待公布" if after.unknown_years else ""
    return f"{chinese_date(after.release)}（{after.month.chinese}数据{unknown}）"
