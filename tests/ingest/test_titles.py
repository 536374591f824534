from __future__ import annotations

from datetime import date

import pytest

from orchestration.ingest.titles import read_titles


@pytest.mark.parametrize(
    ("text", "as_at", "months"),
    [
        ("截至2022年10月31日", date(2022, 10, 31), ("2022-10",)),
        ("数据截至：2022-10-31", date(2022, 10, 31), ("2022-10",)),
        ("统计日期 2022.10.31", date(2022, 10, 31), ("2022-10",)),
        ("２０２２年１０月", date(2022, 10, 31), ("2022-10",)),
        ("2022年2月统计表", date(2022, 2, 28), ("2022-02",)),
        ("（2022-10）", date(2022, 10, 31), ("2022-10",)),
        ("2022年1—10月", date(2022, 10, 31), ("2022-10",)),
        ("2022年10月1日至2022年10月31日", date(2022, 10, 31), ("2022-10",)),
        ("2022年10月1日至31日", date(2022, 10, 31), ("2022-10",)),
        ("填报日期：2022年11月3日", None, ()),
        ("2022年10月月报 填表时间2022.11.03", date(2022, 10, 31), ("2022-10",)),
        ("2022年9月（截至2022年10月31日）", date(2022, 10, 31), ("2022-09", "2022-10")),
        ("截至2022年2月30日", None, ()),
        ("苏府〔2021〕76号", None, ()),
        ("2022年13月", None, ()),
    ],
)
def test_days_and_months(text, as_at, months):
    titles = read_titles([text])
    assert (titles.as_at, titles.months) == (as_at, months)


def test_a_marked_day_wins_over_a_later_plain_one():
    titles = read_titles(["截至2022年10月31日", "2022年11月5日"])
    assert titles.as_at == date(2022, 10, 31)


def test_districts_in_bulletin_order_by_any_name():
    titles = read_titles(["苏州工业园区、昆山月报"])
    assert titles.districts == ("kunshan", "sip")
