"""Dates, months and spans of months in running text, in every spelling that people use.

Add a spelling here. What the eye takes for the same character is in ``plain_text``; whether an
expression says which month a file is of is ``titles``'s question; dates in cells of data are in
``cells``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from orchestration.ingest.reader.stated.plain_text import CELL

Form = Literal["day", "month", "period", "year", "unclear", "impossible"]

_MONTH_NAMES = [name.lower() for name in calendar.month_name]
_NAMED = r"(?<![A-Za-z])(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:[a-z]*)\.?"
_TO = r"(?:起?[-~至到]+|[,，;|]?(?:结束|终止)(?:日期|时间)[:|]{0,2})"
_Y = r"((?:19|20)\d\d)"
_UNITS = "幢栋户起件处间人元万平㎡个号版期"


@dataclass(frozen=True)
class Found:
    """One expression at ``start:end`` of a plain text.

    A day has month and day, a month and a period their (last) month, each with a year where one
    is written; ``since`` is a period's first (year, month, day), its year None where unwritten.
    An impossible date (13月, 32日) has none of them; an unclear one can be read in two ways.
    """

    start: int
    end: int
    text: str
    form: Form
    year: int | None = None
    month: int | None = None
    day: int | None = None
    since: tuple[int | None, int, int | None] | None = None


def find_dates(text: str) -> list[Found]:
    """Return the expressions of a plain text in their order; none overlaps another."""
    found: list[Found] = []
    rest = text
    for pattern, build in _PATTERNS:
        for match in pattern.finditer(rest):
            parts = build(match)
            if parts is not None:
                found.append(replace(parts, start=match.start(), end=match.end(), text=match[0]))
        for item in found:
            rest = rest[: item.start] + "\n" * (item.end - item.start) + rest[item.end :]
    return [_timed(text, item) for item in sorted(found, key=lambda item: item.start)]


def _timed(text: str, found: Found) -> Found:
    """Midnight at a day's beginning ends the day before; 累计 behind a date makes it a period."""
    after = text[found.end :]
    sum_of_year = _ACCUMULATED.match(after)
    if found.form in ("day", "month") and sum_of_year:
        end = found.end + sum_of_year.end()
        since = (found.year, 1, None)
        return replace(found, form="period", since=since, end=end, text=text[found.start : end])
    starts = _FIRST_HOUR.match(after)
    is_first = starts is not None and (starts[1] is not None or found.day == 1)
    if found.form != "day" or not is_first or found.month is None or found.day is None:
        return found
    day = date(found.year or 2000, found.month, found.day) - timedelta(1)
    return replace(found, year=found.year and day.year, month=day.month, day=day.day)


_ACCUMULATED = re.compile(r"(?:份|[底末])?止?\(?累[计积](?:数|表|情况|统计|月报|汇总|\)|(?=\|)|$)")
_FIRST_HOUR = re.compile(r" ?(?:(0{1,2}[时点]|零[时点])|0{1,2}:00(?!:))", re.ASCII)


def _made(form: Form, year: str | None, month: int | None, day: int | None = None) -> Found | None:
    """Return a date; impossible if there is none such."""
    if month is not None and not 1 <= month <= 12:
        return Found(0, 0, "", "impossible")
    known = int(year) if year else None
    # a leap year stands in for a year that is not written
    days = calendar.monthrange(known or 2000, month)[1] if month else 31
    if day is not None and not 1 <= day <= days:
        return Found(0, 0, "", "impossible")
    return Found(0, 0, "", form, known, month, day)


def _day(match: re.Match[str]) -> Found | None:
    year, month, day = match.groups()
    return _made("day", year, int(month), int(day))


def _month(match: re.Match[str]) -> Found | None:
    year, month = match.groups()
    return _made("month", year, int(month))


def _plausible_month(match: re.Match[str]) -> Found | None:
    """A month of digits alone; another number is no date."""
    return _month(match) if 1 <= int(match[2]) <= 12 else None


def _named_day(match: re.Match[str]) -> Found | None:
    parts = match.groupdict()
    return _made("day", _full(parts["y"]), _named(match), int(parts["d"]))


def _named_month(match: re.Match[str]) -> Found | None:
    return _made("month", _full(match["y"]), _named(match))


def _named(match: re.Match[str]) -> int:
    name = next(group for group in match.groups() if group and group.isalpha()).lower()
    return next(n for n, known in enumerate(_MONTH_NAMES) if n and known.startswith(name[:3]))


def _full(year: str) -> str:
    return year if len(year) == 4 else f"20{year[-2:]}"


def _day_first(match: re.Match[str]) -> Found | None:
    one, _, two, year = match.groups()
    first, second = int(one), int(two)
    if first > 12 >= second or first == second:
        return _made("day", year, second, first)
    if second > 12 >= first:
        return _made("day", year, first, second)
    return Found(0, 0, "", "unclear") if max(first, second) <= 12 else None


def _day_span(match: re.Match[str]) -> Found | None:
    """A span of days; its end takes year and month from its start where it has none."""
    parts = match.groupdict()
    first_month, month = int(parts["m1"]), int(parts["m2"] or parts["m1"])
    year = parts["y2"] or parts["y1"]
    day = int(parts["d2"]) if parts["d2"] else None
    first = _made("day", parts["y1"] or parts["y2"], first_month, int(parts["d1"] or 1))
    last = _made("day" if day else "month", year, month, day)
    if first is None or last is None or "impossible" in (first.form, last.form):
        return Found(0, 0, "", "impossible") if "月" in match[0] else None
    if first_month == month and first.year == last.year and (first.day or 0) > (day or 31):
        return None
    if CELL in match[0] and first.day != 1 and "结束" not in match[0]:
        return None  # two days in cells side by side
    if first_month == month and first.year == last.year:
        return replace(last, since=(last.year, month, first.day)) if day else last
    started = _started(first.year, first_month, last.year, month)
    return replace(last, form="period", since=(started, first_month, first.day))


def _month_span(match: re.Match[str]) -> Found | None:
    parts = match.groupdict()
    first_month, month = int(parts["m1"]), int(parts["m2"])
    year = parts["y2"] or parts["y1"]
    last = _made("month", year, month)
    if last is None or last.form == "impossible" or not 1 <= first_month <= 12:
        return Found(0, 0, "", "impossible") if "月" in match[0] else None
    first_year = int(parts["y1"]) if parts["y1"] else None
    if first_month == month and first_year in (None, last.year):
        return last
    if first_month > month and parts["y2"] is None and "月" not in match[0]:
        return None  # the number of a copy
    return replace(
        last,
        form="period",
        since=(_started(first_year, first_month, last.year, month), first_month, None),
    )


def _started(first: int | None, first_month: int, last: int | None, month: int) -> int | None:
    """Return the year in which a span starts: that of its end, or the one before."""
    if first is not None and first != last:
        return first
    return last if last is None or first_month <= month else last - 1


def _part_of_year(first: int, last: int | None, year: str | None) -> Found:
    known = int(year) if year else None
    return Found(0, 0, "", "period", known, last, None, (known, first, None))


def _quarter(match: re.Match[str]) -> Found:
    year, before, start, number = match.groups()
    first = 1 if before == "前" else int(start or number)
    return _part_of_year(3 * first - 2, 3 * int(number), year)


def _half(match: re.Match[str]) -> Found:
    return _part_of_year(1, 6, match[1]) if match[2] == "上" else _part_of_year(7, 12, match[1])


def _from_january(match: re.Match[str]) -> Found | None:
    parts = match.groupdict()
    day = int(parts["d"]) if parts.get("d") else None
    last = _made("period", parts["y2"] or parts["y1"], int(parts["m"]), day)
    if last is None or last.form == "impossible":
        return last
    return last if last.month == 1 else replace(last, since=(last.year, 1, None))


def _first_months(match: re.Match[str]) -> Found | None:
    count = int(match[2])
    return _part_of_year(1, count, match[1]) if 1 < count <= 12 else None


def _this_year(_: re.Match[str]) -> Found:
    return _part_of_year(1, None, None)


def _year(match: re.Match[str]) -> Found:
    return Found(0, 0, "", "year", int(match[1]))


def _labelled_month(match: re.Match[str]) -> Found | None:
    return _made("month", None, int(match[1]))


def _patterns() -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str]], Found | None]]]:
    """Yield each spelling with what reads it, longer ones before those that they contain."""
    start, end = rf"(?<!\d)(?:(?P<y1>{_Y[1:-1]})年度?)?", rf"(?:(?P<y2>{_Y[1:-1]})年度?)?"
    year = r"(?P<{}>20\d\d)"
    y1, y2 = year.format("y1"), year.format("y2")
    m1, m2, d1, d2 = (rf"(?P<{name}>\d{{1,2}})" for name in ("m1", "m2", "d1", "d2"))
    spellings = [
        (rf"{start}{m1}月{d1}[日号]?{_TO}{end}(?:{m2}月)?{d2}[日号]", _day_span),
        (rf"{start}{m1}月{d1}[日号]{_TO}{end}{m2}月(?P<d2>(?!))?[底末]?(?!\d)", _day_span),
        (
            rf"(?<!\d){y1}([-/.]){m1}\2{d1}(?: \d\d?:\d\d(?::\d\d)?)? ?(?:{_TO}|\|) ?"
            rf"(?:{y2}\2)?(?:{m2}\2)?{d2}(?![\d:])",
            _day_span,
        ),
        (rf"{start}{m1}月(?P<d1>(?!))?{_TO}{end}{m2}月{d2}[日号]", _day_span),
        (
            r"(?<!\d)(?P<y1>20\d\d)(?P<m1>\d\d)(?P<d1>\d\d)[-~至到]"
            r"(?P<y2>20\d\d)(?P<m2>\d\d)(?P<d2>\d\d)(?!\d)",
            _day_span,
        ),
        (
            rf"(?:{y1}年?)?(?:年?初|本年累[计积]|累[计积]|本年)(?:以来)?(?:截?[至止到]|-)+"
            rf"(?:{y2}年度?)?(?P<m>\d{{1,2}})月(?:(?P<d>\d{{1,2}})[日号])?",
            _from_january,
        ),
        (
            rf"(?<![\d.])(?<!附件)(?<!附表)(?:{y1}(?:年度?|[-/.]))?第?{m1}月?份?"
            rf"(?:{_TO}|[、和及])(?:{y2}(?:年度?|[-/.]))?第?{m2}月份?(?!\d)",
            _month_span,
        ),
        (rf"(?<!\d){y1}[./]{m1}{_TO}(?:{y2}[./])?{m2}(?![\d./])", _month_span),
        (rf"(?<!\d){y1}-{m1}(?:~|至|到|-){y2}-{m2}(?![\d-])", _month_span),
        (r"(?<!\d)(?P<y1>20\d\d)(?P<m1>\d\d)[-~至到](?P<y2>20\d\d)(?P<m2>\d\d)(?!\d)", _month_span),
        (rf"(?:{_Y}年度?)?(前|第)?(?:([1-4]){_TO})?([1-4])季度", _quarter),
        (rf"(?:{_Y}年度?)?([上下])半年", _half),
        (rf"(?:{_Y}年度?)?前(\d{{1,2}})个月", _first_months),
        (r"(?:今年|本年|年初|开年)(?:以来|至今|到今)|(?:本年|全年|年度)累[计积]", _this_year),
        (
            rf"(?<!\d){_Y}(?:年度?第?|[-/.])(\d{{1,2}})(?:月|[-/.])(\d{{1,2}})(?:[日号]|(?!\d))",
            _day,
        ),
        (rf"(?<![\dA-Za-z])(?<!\d-){_Y}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\d{_UNITS}])", _day),
        (
            rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-\s./]*{_NAMED}[-\s.,/]*(?P<y>20\d\d|'?\d\d)(?!\d)",
            _named_day,
        ),
        (rf"{_NAMED}[-\s.]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s?(?P<y>20\d\d)(?!\d)", _named_day),
        (rf"{_NAMED}[-\s.,'/]*(?P<y>20\d\d)(?!\d)", _named_month),
        (rf"(?P<y>20\d\d)[-\s./年]*{_NAMED}", _named_month),
        (rf"{_NAMED}[-'](?P<y>\d\d)(?!\d)", _named_month),
        (rf"(?<![\d/.-])(\d{{1,2}})([-/.])(\d{{1,2}})\2{_Y}(?!\d)", _day_first),
        (r"(?<![\d.])()(\d{1,2})月(\d{1,2})[日号]", _day),
        (rf"(?<!\d){_Y}(?:年度?第?|[-/.])(\d{{1,2}})月份?", _month),
        (rf"(?<![\d.]){_Y}[-/.](\d{{1,2}})(?![-/.\d{_UNITS}])", _plausible_month),
        (rf"(?<![\dA-Za-z.])(?<!\d-)(20[2-9]\d)(0[1-9]|1[0-2])(?![\d.,{_UNITS}])", _month),
        (r"(?:月份|月度|所属月|报告月)[:|为]{1,2}([1-9]|1[0-2])(?=$|[|)\],，])", _labelled_month),
        (
            r"(?<![\d.])(?<!\d[-/])(?<!去年)(?<!上年)(?<!前年)(?<!明年)(?<!次年)(?<!附件)(?<!附表)"
            r"(?<!^表)(?<!图)()第?(\d{1,2})月份?(?![\d内均龄])",
            _month,
        ),
        (rf"(?<!\d){_Y}年度?", _year),
    ]
    for pattern, build in spellings:
        yield re.compile(pattern, re.ASCII | re.IGNORECASE), build


_PATTERNS = tuple(_patterns())
