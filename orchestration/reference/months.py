"""The reporting month: parsing, neighbours, first and last day, Chinese wording.

One month is one Dagster partition and one run. Add here what concerns calendar months;
a month's deadlines belong in ``calendar.py``, dates in deliveries in
``ingest/reader/table/cells.py``.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

#: Months begin, and schedules run, by local time in Suzhou, whatever the server's clock says.
TIMEZONE = "Asia/Shanghai"
FIRST_MONTH = "2020-01"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, written ``2022-10``."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``YYYY-MM``; raise ValueError with the expected form for anything else."""
        match = _MONTH.fullmatch(text.strip())
        if not match:
            raise ValueError(f"{text!r} is not a month; write it as YYYY-MM, for example 2022-10")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that ``day`` falls in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first_day(self) -> date:
        """First day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """Last day of the month: the ``as_at`` of most kinds."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def previous(self) -> Month:
        """The month before."""
        return self.shift(-1)

    def shift(self, months: int) -> Month:
        """Return the month ``months`` later (earlier when negative)."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def chinese(self) -> str:
        """The month in Chinese: ``2022年10月``."""
        return f"{self.year}年{self.number}月"


def chinese_date(day: date) -> str:
    """Return a day in Chinese: ``2022年10月31日``."""
    return f"{day.year}年{day.month}月{day.day}日"
