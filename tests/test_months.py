from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.reference.months import Month


@pytest.mark.parametrize("text", ["2022-13", "2022-00", "22-10", "2022/10", "2022-1", "", "十月"])
def test_other_spellings_are_refused_with_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM"):
        Month.parse(text)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-500, 500))
def test_shifting_there_and_back_is_no_change(day: date, by: int) -> None:
    month = Month.of(day)
    assert month.shift(by).shift(-by) == month
    assert Month.parse(str(month)) == month
    assert month.first_day <= day <= month.last_day
    assert month.previous < month


def test_chinese_wording() -> None:
    assert Month(2022, 10).chinese == "2022年10月"
    assert Month(2022, 2).last_day == date(2022, 2, 28)
