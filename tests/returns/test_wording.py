from __future__ import annotations

from orchestration.reference.months import Month
from orchestration.returns.wording import deadline_sentence, is_demonstration


def test_the_deadline_comes_from_the_next_months_calendar() -> None:
    sentence = deadline_sentence(Month.parse("2022-12"))
    assert "2022年12月数据的报送截止时间为2023年1月5日18:00" in sentence
    assert "2023年1月6日06:00统计" in sentence


def test_a_simulated_file_marks_the_package() -> None:
    assert is_demonstration(["月报表.xlsx", "模拟台账.csv"])
    assert not is_demonstration(["月报表.xlsx", ""])
