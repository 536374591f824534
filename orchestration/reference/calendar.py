"""A month's calendar: when its deliveries open and are due, when it is counted and released.

The rule is the seed ``delivery_calendar.csv``: days of the month after the delivered one. A row
holds from its ``first_month`` on; a new rule of the bureau is a new row. Holidays and make-up
workdays come from the package chinesecalendar (the State Council's yearly notices); the seed
``workdays.csv`` adds what the package does not know yet. All times are Suzhou's. Lateness is in
``deadlines``; what happens at these times is decided elsewhere.
https://pypi.org/project/chinesecalendar/
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration.reference.months import TIMEZONE, Month
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR

SUZHOU = ZoneInfo(TIMEZONE)
WORKDAYS_SEED = "workdays.csv"
_STEPS = ("open", "deadline", "run", "review", "release")
_CHOICES = ("stays", "next_workday")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Appointment:
    """One step of the seed: a day of the month after the delivered one, and a time."""

    day: int
    at: time


@dataclass(frozen=True)
class CalendarRow:
    """One row of the seed: the five ``steps`` in order; a day of rest postpones all but the first.

    ``moves`` says whether it does.
    """

    first_month: Month
    steps: tuple[Appointment, ...]
    moves: bool

    @property
    def deadline(self) -> Appointment:
        """When deliveries are due, before days of rest are looked at."""
        return self.steps[_STEPS.index("deadline")]

    @property
    def run(self) -> Appointment:
        """When the month is counted, before days of rest are looked at."""
        return self.steps[_STEPS.index("run")]


@dataclass(frozen=True)
class MonthCalendar:
    """A month's five times in Suzhou, in order.

    ``unknown_years`` are the years whose holidays nobody told us: if there are any, the days are
    the seed's own, whatever day of the week they are.
    """

    month: Month
    opens_on: datetime
    deadline: datetime
    run: datetime
    review: datetime
    release: datetime
    unknown_years: tuple[int, ...] = ()


@cache
def load_calendar(path: Path = SEEDS_DIR / "delivery_calendar.csv") -> tuple[CalendarRow, ...]:
    """Read the seed, ordered by month; raise ValueError for an invalid day, time or choice."""
    return tuple(sorted(map(_row, read_rows(path)), key=lambda row: row.first_month))


def _row(row: dict[str, str]) -> CalendarRow:
    if row["if_no_workday"] not in _CHOICES:
        raise ValueError(f"if_no_workday {row['if_no_workday']!r} is none of {_CHOICES}")
    steps = [
        Appointment(int(row[f"{step}_day"]), time.fromisoformat(row[f"{step}_time"]))
        for step in _STEPS
    ]
    if [(step.day, step.at) for step in steps] != sorted((step.day, step.at) for step in steps):
        raise ValueError(f"{row['first_month']}: the steps {'、'.join(_STEPS)} are not in order")
    if not all(1 <= step.day <= 28 for step in steps):
        raise ValueError(f"{row['first_month']}: a day is not 1 to 28, which every month has")
    return CalendarRow(
        Month.parse(row["first_month"]), tuple(steps), row["if_no_workday"] == "next_workday"
    )


@cache
def month_calendar(month: Month) -> MonthCalendar:
    """Return when a month's deliveries open and are due, and when it is counted and released.

    >>> september = month_calendar(Month(2023, 9))
    >>> f"{september.deadline:%m-%d %H:%M}", f"{september.run:%m-%d %H:%M}"
    ('10-07 18:00', '10-08 06:00')
    """
    row = max((r for r in load_calendar() if r.first_month <= month), key=lambda r: r.first_month)
    first = month.shift(1).first_day
    days = [first.replace(day=step.day) for step in row.steps]
    unknown: tuple[int, ...] = ()
    if row.moves:
        try:
            days = [days[0], *_moved(days[1:])]
        except UnknownYearError as error:
            unknown = (error.year,)
    opens_on, deadline, run, review, release = (
        datetime.combine(day, step.at, SUZHOU) for day, step in zip(days, row.steps, strict=True)
    )
    return MonthCalendar(month, opens_on, deadline, run, review, release, unknown)


def _moved(days: list[date]) -> list[date]:
    """Move each day to a workday; what was on a later day than the one before it stays later."""
    moved: list[date] = []
    for at, day in enumerate(days):
        if moved:
            day = max(day, moved[-1] + (_DAY if day > days[at - 1] else timedelta()))
        while not is_workday(day):
            day += _DAY
        moved.append(day)
    return moved


class UnknownYearError(LookupError):
    """The holidays of a year are not known: the package is older than the notice about it."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"没有{year}年的节假日安排：更新 chinesecalendar，或在 {WORKDAYS_SEED} 中逐日填写。"
            f"The holidays of {year} are unknown"
        )
        self.year = year


def is_workday(day: date) -> bool:
    """Whether people work on a day: a weekday that is no holiday, or a make-up workday.

    Raises UnknownYearError.
    """
    ours = load_workdays()
    if day in ours:
        return ours[day]
    if any(known.year == day.year for known in ours):
        return day.weekday() < 5
    # 30 ms, which commands that need no calendar do without
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        raise UnknownYearError(day.year) from error


@cache
def load_workdays(path: Path = SEEDS_DIR / WORKDAYS_SEED) -> dict[date, bool]:
    """Read the seed of days that the package does not know: whether each is a workday."""
    return {date.fromisoformat(row["day"]): _is_true(row) for row in read_rows(path)}


def _is_true(row: dict[str, str]) -> bool:
    if row["is_workday"] not in ("true", "false"):
        raise ValueError(f"{WORKDAYS_SEED} {row['day']}: is_workday is 'true' or 'false'")
    return row["is_workday"] == "true"


def unknown_years(now: datetime) -> tuple[int, ...]:
    """Return the years without holidays that this month's steps and the next two's need."""
    month = Month.of(now.astimezone(SUZHOU).date())
    return tuple(
        sorted(
            {y for ahead in (-1, 0, 1) for y in month_calendar(month.shift(ahead)).unknown_years}
        )
    )
