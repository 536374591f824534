"""Arguments that several commands share: month, district, ``--json``, the home.

Add a type here when several commands take the same argument; its error says what is wrong and how
to write it. Keep imports light, since ``--help`` loads this module.
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
from orchestration.store.migrations import refuse_newer
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
    """A name, code or id of a district, converted to its id."""

    name = "DISTRICT"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        district_id = find_district(value)
        if district_id is None:
            self.fail(f"{value!r} is not a district; give its name, id or code", param, ctx)
        return district_id


class _SuzhouTimeType(click.ParamType[datetime]):
    """An ISO date and time; without a zone it is Suzhou time."""

    name = "TIME"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time; write it as 2022-11-06T09:30", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=SUZHOU)


MONTH = _MonthType()
SUZHOU_TIME = _SuzhouTimeType()
DISTRICT = _DistrictType()

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")


def home() -> Settings:
    """Return the settings, after creating the folders below ``FANGAN_HOME``.

    If a killed command left a release decision unfinished, it is finished first. Raises
    NewerLedgerError, having changed nothing, if a newer program has worked in the home.
    """
    return _opened(load_settings())


def _opened(settings: Settings) -> Settings:
    """Create the home's folders, unless a newer program has worked in it: then nothing changes."""
    refuse_newer(settings.ledger)
    return _with_decisions_finished(settings.prepare())


def _with_decisions_finished(settings: Settings) -> Settings:
    if has_unsettled(settings.ledger):
        from orchestration.console.stored.release_decisions import finish_decisions

        finish_decisions(settings)
    return settings


def home_with_raw() -> Settings:
    """Do the same for a command that reads deliveries; raise UsageError without FANGAN_RAW."""
    settings = load_settings()
    try:
        settings.require_raw()
    except MissingFolderError as error:
        raise click.UsageError(str(error)) from error
    return _opened(settings)


def person(name: str | None, option: str) -> str:
    """Return the given name of the acting person, else the login name."""
    if name is not None:
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise click.UsageError(f"无法取得登录名 there is no login name: {option} NAME") from error
