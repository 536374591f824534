from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orchestration.reference.deadlines import (
    SUZHOU,
    could_be_in_time,
    counted_at,
    days_late,
    deadline,
    punctuality,
)
from orchestration.reference.months import Month

DECEMBER = Month(2022, 12)


def test_a_month_is_due_in_the_next_one_on_suzhous_clock() -> None:
    assert deadline(DECEMBER) == datetime(2023, 1, 5, 10, 0, tzinfo=UTC)
    assert counted_at(DECEMBER) == datetime(2023, 1, 5, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (timedelta(0), 0),
        (timedelta(seconds=1), 1),
        (timedelta(days=1), 1),
        (timedelta(days=1, seconds=1), 2),
        (-timedelta(hours=23), 0),
        (-timedelta(days=2, hours=5), -2),
    ],
)
def test_part_of_a_day_counts_as_late_and_only_whole_days_as_early(
    after: timedelta, days: int
) -> None:
    due = datetime(2023, 1, 5, 18, 0, tzinfo=SUZHOU)
    opened_at = due - timedelta(days=30)
    assert days_late(DECEMBER, due + after, opened_at) == days


def test_nobody_is_late_for_what_was_due_before_the_platform_opened() -> None:
    due = deadline(DECEMBER)
    assert days_late(DECEMBER, due + timedelta(days=1487), due) == 1487
    assert could_be_in_time(DECEMBER, due)
    opened_at = due + timedelta(seconds=1)
    assert days_late(DECEMBER, due + timedelta(days=1487), opened_at) is None
    assert not could_be_in_time(DECEMBER, opened_at)
    assert not could_be_in_time(DECEMBER, None)
    assert "不评" in punctuality(None)
