"""What title rows claim: the as-at day, the months and the districts they name.

Lives here: reading dates and names out of running Chinese text. Dates in cells are in
``cells``; whether a claim is right is the rule book's question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from orchestration.districts import district_ids, districts_named_in
from orchestration.months import Month

_DAY = (
    r"(?P<year>20\d\d)(?:年|[-/.])(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})(?:[日号]|(?!\d))"
)
_SPAN = re.compile(
    r"20\d\d年\d{1,2}月\d{1,2}日?[至到~—-]+(?:(?P<year>20\d\d)年)?"
    r"(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日"
)
_ONE_DAY = re.compile(_DAY)
_MONTH = re.compile(
    r"(?P<year>20\d\d)(?:年(?:\d{1,2}月?[至到~—-]+)?(?P<month>\d{1,2})月(?!\d{1,2}[日号])"
    r"|[-/.](?P<dotted>0?[1-9]|1[0-2])(?![-/.\d]))"
)
#: A day behind these words says when the sheet was filled in, not what it shows.
_FILLED_IN = re.compile(
    r"(?:填报|填表|制表|报送|上报|报出|打印|导出|编制)(?:日期|时间|于)?[:为是]?$"
)
_AS_AT = re.compile(r"(?:截至|截止|时点|数据日期|统计日期|统计时间|统计期)\D{0,6}$")


@dataclass(frozen=True)
class Titles:
    """Claims of the title rows; a title that names only a month claims its last day."""

    as_at: date | None
    months: tuple[str, ...]
    districts: tuple[str, ...]


def read_titles(texts: Iterable[str]) -> Titles:
    """Read the title rows of one sheet (and its name).

    A day behind 截至 wins over another day, a day over a month; days of filling in are ignored.

    >>> read_titles(["姑苏区2022年10月月报表", "填报日期：2022年11月3日"])
    Titles(as_at=datetime.date(2022, 10, 31), months=('2022-10',), districts=('gusu',))
    """
    lines = [re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) for text in texts]
    marked, plain, months = _dates(lines)
    days = marked or plain
    named = sorted({str(month) for month in months} | {str(Month.of(day)) for day in days})
    as_at = max(days) if days else max(months).last_day if months else None
    found = districts_named_in("\n".join(lines))
    return Titles(as_at, tuple(named), tuple(d for d in district_ids() if d in found))


def _dates(lines: list[str]) -> tuple[list[date], list[date], list[Month]]:
    """Return the days marked as as-at, the other days, and the months named without a day."""
    marked: list[date] = []
    plain: list[date] = []
    months: list[Month] = []
    for line in lines:
        for day, before in _days(line):
            if not _FILLED_IN.search(before):
                (marked if _AS_AT.search(before) else plain).append(day)
        for match in _MONTH.finditer(_ONE_DAY.sub("\n", line)):
            number = int(match["month"] or match["dotted"])
            if 1 <= number <= 12:
                months.append(Month(int(match["year"]), number))
    return marked, plain, months


def _days(line: str) -> list[tuple[date, str]]:
    """Return each day of a line with the text before it; a span counts as its last day."""
    spans = [_last_day_of_span(match) for match in _SPAN.finditer(line)]
    rest = _SPAN.sub("\n", line)
    single = [(_valid_day(match, {}), rest[: match.start()]) for match in _ONE_DAY.finditer(rest)]
    return [(day, before) for day, before in [*spans, *single] if day is not None]


def _last_day_of_span(match: re.Match[str]) -> tuple[date | None, str]:
    first = _ONE_DAY.match(match[0])
    return _valid_day(match, first.groupdict() if first else {}), match.string[: match.start()]


def _valid_day(match: re.Match[str], default: dict[str, str]) -> date | None:
    parts = [match[name] or default.get(name, "0") for name in ("year", "month", "day")]
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None
