"""Texts that several documents of a return package share: severities, deadline.

Add a sentence here when two documents use it or when it depends on a seed. Names of states and
severities are in ``reference.vocabulary``; texts of findings are in the rule book.
"""

from __future__ import annotations

from orchestration.reference.deadlines import counted_at, deadline
from orchestration.reference.months import Month, chinese_date
from orchestration.reference.vocabulary import SEVERITIES, SIMULATED

#: The rank of each severity, the weakest first.
STRENGTH = {name: strength for strength, name in enumerate(reversed(SEVERITIES))}
#: What each severity means to the district.
SEVERITY_MEANINGS = {
    "refuse": "整份报送不采用，改正后须重新报送",
    "quarantine": "所在行不计入统计，改正后重新报送即计入",
    "warn": "已计入统计，请核对，有误的改正",
    "info": "供参考，不影响统计",
}


def is_demonstration(file_names: list[str]) -> bool:
    """Whether any file name says that the delivery is simulated."""
    return any(SIMULATED in name for name in file_names)


def deadline_sentence(month: Month) -> str:
    """Return a sentence with a month's deadline and its time of counting, from the seed."""
    due, counted = deadline(month), counted_at(month)
    return (
        f"{month.chinese}数据的报送截止时间为{chinese_date(due)}{due:%H:%M}，"
        f"{chinese_date(counted)}{counted:%H:%M}统计。"
        "截止前重新报送的，以重新报送的为准；逾期重新报送的，在市级平台下一次统计时计入。"
    )
