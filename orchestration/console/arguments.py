"""What several commands take: a month, a district, ``--json``, this installation's home.

Add a type here when several commands take the same thing; it names what was wrong and how it
is written. Imports nothing heavy: ``--help`` needs it.
"""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Any

import click

from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import find_district
from orchestration.reference.months import Month
from orchestration.settings import MissingFolderError, Settings, load_settings
from orchestration.store.releases import has_unsettled


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


class _SuzhouTimeType(click.ParamType[datetime]):
    """An ISO date and time; without a zone it is Suzhou's clock."""

    name = "TIME"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write it as 2022-11-06T09:30", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=SUZHOU)


MONTH = _MonthType()
SUZHOU_TIME = _SuzhouTimeType()
DISTRICT = _DistrictType()

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")


def home() -> Settings:
    """Return the settings, with every folder below ``FANGAN_HOME`` made.

    What a killed command left of a decision is finished first.
    """
    return _taken_up(load_settings().prepare())


def _taken_up(settings: Settings) -> Settings:
    if has_unsettled(settings.ledger):
        from orchestration.console.stored.releasing import take_up

        take_up(settings)
    return settings


def home_with_raw() -> Settings:
    """Return the same for a command that reads deliveries; raise UsageError if there is no raw."""
    settings = load_settings()
    try:
        settings.require_raw()
    except MissingFolderError as error:
        raise click.UsageError(str(error)) from error
    return _taken_up(settings.prepare())


def person(name: str | None, option: str) -> str:
    """Return who acts: the name that was given, else the login name."""
    if name is not None:
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise click.UsageError(f"不知道登录名 no login name: {option} NAME") from error
