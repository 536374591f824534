"""A month's calendar against lists of holidays that others keep, and against itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.reference import calendar
from orchestration.reference.calendar import (
    SUZHOU,
    UnknownYearError,
    is_workday,
    load_calendar,
    load_workdays,
    month_calendar,
)
from orchestration.reference.months import Month
from orchestration.reference.seeds import read_rows

GOLDEN = Path(__file__).parents[1] / "golden"
HEADER = (
    "first_month,open_day,open_time,deadline_day,deadline_time,run_day,run_time,"
    "review_day,review_time,release_day,release_time,if_no_workday,reason\n"
)


@pytest.fixture(autouse=True)
def _computed_anew() -> Iterator[None]:
    month_calendar.cache_clear()
    yield
    month_calendar.cache_clear()


def test_workdays_are_those_of_another_list() -> None:
    """holiday-cn (github.com/NateScarlet/holiday-cn, MIT) reads the State Council's notices."""
    told = {
        date.fromisoformat(row["day"]): row["is_workday"] == "true"
        for row in read_rows(GOLDEN / "holiday-cn_2020-2026.csv")
    }
    day = date(2020, 1, 1)
    while day.year <= 2026:
        assert is_workday(day) == told.get(day, day.weekday() < 5), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        # an ordinary month
        ("2022-11", ["12-01 00:00", "12-05 18:00", "12-06 06:00", "12-08 17:00", "12-12 09:00"]),
        # Saturday 7 and Sunday 8 October were worked for the National Day week
        ("2023-09", ["10-01 00:00", "10-07 18:00", "10-08 06:00", "10-09 17:00", "10-10 09:00"]),
        # Qingming, a Thursday to Saturday, and a Sunday that was worked
        ("2024-03", ["04-01 00:00", "04-07 18:00", "04-08 06:00", "04-09 17:00", "04-10 09:00"]),
        # the month of the published table keeps its days: 5 November 2022 was a Saturday
        ("2022-10", ["11-01 00:00", "11-05 18:00", "11-06 06:00", "11-08 17:00", "11-10 09:00"]),
    ],
)
def test_a_month_moves_to_workdays(month: str, expected: list[str]) -> None:
    one = month_calendar(Month.parse(month))
    steps = [one.opens_on, one.deadline, one.run, one.review, one.release]
    assert [f"{step:%m-%d %H:%M}" for step in steps] == expected
    assert {step.tzinfo for step in steps} == {SUZHOU}
    assert one.unknown_years == ()


def test_steps_keep_their_order_and_fall_on_workdays() -> None:
    for ahead in range(12 * 4 + 1):
        one = month_calendar(Month(2022, 11).shift(ahead))
        if one.unknown_years:
            continue
        steps = [one.deadline, one.run, one.review, one.release]
        assert all(is_workday(step.date()) for step in steps)
        assert [step.date() for step in steps] == sorted({step.date() for step in steps})


def test_a_year_nobody_told_us_keeps_the_plain_days_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = month_calendar(Month(2098, 12))
    assert (one.deadline, one.unknown_years) == (datetime(2099, 1, 5, 18, tzinfo=SUZHOU), (2099,))
    with pytest.raises(UnknownYearError, match=r"2099.*workdays\.csv"):
        is_workday(date(2099, 1, 5))
    now = datetime(2098, 12, 31, 23, 0, tzinfo=SUZHOU)
    assert calendar.unknown_years(now) == (2098, 2099)

    seed = tmp_path / "workdays.csv"
    seed.write_text("day,is_workday,reason\n2099-01-05,false,元旦\n", encoding="utf-8")
    monkeypatch.setattr(calendar, "load_workdays", lambda: load_workdays(seed))
    month_calendar.cache_clear()
    one = month_calendar(Month(2098, 12))
    assert (one.deadline, one.unknown_years) == (datetime(2099, 1, 6, 18, tzinfo=SUZHOU), ())


def test_rows_of_the_calendar_hold_from_their_month_on(tmp_path: Path) -> None:
    path = tmp_path / "delivery_calendar.csv"
    later = "2023-01,1,00:00,8,12:00,9,07:30,9,12:00,10,09:00,stays,new\n"
    path.write_text(HEADER + later + "2020-01,1,00:00,5,18:00,6,06:00,8,17:00,10,09:00,stays,old\n")
    assert [row.deadline.day for row in load_calendar(path)] == [5, 8]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ("1,00:00,8,25:00,9,07:30,9,12:00,10,09:00,stays", "hour"),
        ("1,00:00,8,12:00,7,07:30,9,12:00,10,09:00,stays", "not in order"),
        ("1,00:00,8,12:00,9,07:30,9,12:00,31,09:00,stays", "every month has"),
        ("1,00:00,8,12:00,9,07:30,9,12:00,10,09:00,nextday", "next_workday"),
    ],
)
def test_a_wrong_row_of_the_calendar_is_refused(tmp_path: Path, wrong: str, error: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(HEADER + f"2023-01,{wrong},why\n")
    with pytest.raises(ValueError, match=error):
        load_calendar(path)
