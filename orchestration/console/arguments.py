"""What the command line accepts for a month and a district.

Add a type here when several commands take the same thing; it names what was wrong and how it
is written. Imports nothing heavy: ``--help`` needs it.
"""

from __future__ import annotations

from typing import Any

import click

from orchestration.districts import find_district
from orchestration.months import Month


class _MonthType(click.ParamType[Month]):
    name = "MONTH"

    def convert(self, value: Any, param: Any, ctx: Any) -> Month:
        if isinstance(value, Month):
            return value
        try:
            return Month.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _DistrictType(click.ParamType[str]):
    """Any name, code or id of a district, to its id."""

    name = "DISTRICT"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        district_id = find_district(value)
        if district_id is None:
            self.fail(f"{value!r} is no district; give its name, id or code", param, ctx)
        return district_id


MONTH = _MonthType()
DISTRICT = _DistrictType()
