"""Days in all their spellings, and what is none."""

from __future__ import annotations

from datetime import date

import pytest
from ingest.builders import column

from orchestration.ingest.reader.table.cells import beijing_day, normalise


@pytest.mark.parametrize(
    "text",
    [
        "2022-10-31",
        "2022/10/31",
        "2022.10.31",
        "2022年10月31日",
        "2022 年 10 月 31 日",
        "２０２２年１０月３１日",
        "20221031",
        "2022-10-31 00:00:00",
        "2022年10月31日 14:30",
        "44865",
        "44865.0",
        "44865.5",
        "2022-10-31 24:00",
        "2022-10-31T00:00:00.000Z",
        "2022-10-31T08:00:00Z",
        "2022-10-31T15:59:59.999Z",
        "2022-10-31T00:00:00+08:00",
        "2022-10-31T23:59:00+0800",
        "2022-10-31 08:00:00 +08",
    ],
)
def test_every_spelling_of_a_day(text):
    assert normalise(text, column("date")).value == "2022-10-31"


@pytest.mark.parametrize(
    ("text", "hows"),
    [
        ("2022-10-31", ()),
        ("2022.10.31", ("date_spelling",)),
        (" 2022-10-31", ("whitespace",)),
        ("2022-10-31 08:00", ("time_dropped",)),
        ("２０２２１０３１", ("full_width", "date_spelling")),
        ("44865.5", ("excel_serial", "time_dropped")),
        ("2022-10-31T08:00:00.000Z", ("time_dropped", "zone_dropped")),
    ],
)
def test_each_change_to_a_day_is_noted(text, hows):
    assert normalise(text, column("date")).hows == hows


def test_serial_of_the_1904_epoch():
    cell = normalise("43403", column("date", is_epoch_1904=True))
    assert (cell.value, cell.hows) == ("2022-10-31", ("date_1904",))


@pytest.mark.parametrize(
    "text",
    [
        "2022.1",
        "202210",
        "2022-02-30",
        "2022-10",
        "10/31/2022",
        "10/11/2022",
        "11-10-22",
        "2022/13/01",
        "2022-10-31 25:00",
        "2022-10-31 08:60",
        "2022年1⓪月31日",
        "٢٠٢٢-10-31",
        "二〇二二年十月三十一日",
        "12",
        "99999",
        "十月",
    ],
)
def test_what_is_no_day_stays_as_delivered(text):
    cell = normalise(text, column("date"))
    assert (cell.value, cell.hows) == (text, ())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-09-14T16:00:00.000Z", date(2022, 9, 15)),
        ("2022-09-15T23:59:59Z", date(2022, 9, 16)),
        ("2022-09-15T20:00:00-05:00", date(2022, 9, 16)),
        ("2022-09-15T00:30:00+09:00", date(2022, 9, 14)),
    ],
)
def test_an_instant_of_another_day_in_beijing_is_not_read(text, day):
    assert normalise(text, column("date")).value == text
    assert beijing_day(text) == day


@pytest.mark.parametrize("text", ["2022-09-15T08:00:00+99:00", "0001-01-01T00:00:00+14:00"])
def test_a_zone_that_is_none_or_leaves_the_calendar_is_no_day(text):
    assert normalise(text, column("date")).value == text
    assert beijing_day(text) is None
