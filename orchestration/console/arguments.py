"""Arguments that several commands share: month, district, ``--json``, the home.

Add a type here when several commands take the same argument; its error says what is wrong and how
to write it. Keep imports light, since ``--help`` loads this module.
"""

from __future__ import annotations

import getpass
import re
from datetime import datetime
from typing import Any

import click

from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import find_district
from orchestration.reference.months import FIRST_MONTH, Month
from orchestration.settings import MissingFolderError, Settings, load_settings
from orchestration.store.ledger_database import refuse_newer
from orchestration.store.locks import patience
from orchestration.store.releases import has_unsettled

_DURATION = re.compile(r"(\d{1,5})([smh]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


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


class _DurationType(click.ParamType[int]):
    """Seconds, or a number of minutes or hours: 90, 90s, 30m, 2h."""

    name = "TIME"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        if isinstance(value, int):
            return value
        match = _DURATION.fullmatch(value.strip())
        if match is None:
            self.fail(f"{value!r} is no length of time; write 90, 90s, 30m or 2h", param, ctx)
        return int(match[1]) * _SECONDS[match[2]]


class _SpanType(click.ParamType[tuple[Month, Month]]):
    """A first and a last month."""

    name = "FROM..TO"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[Month, Month]:
        if isinstance(value, tuple):
            return value
        first, _, last = value.partition("..")
        try:
            span = Month.parse(first), Month.parse(last or first)
        except ValueError as error:
            self.fail(f"{error}; a span as 2022-01..2022-12", param, ctx)
        if span[0] > span[1]:
            self.fail(f"{value!r} ends before it begins", param, ctx)
        if span[0] < Month.parse(FIRST_MONTH):
            self.fail(f"{value!r} begins before the first month, {FIRST_MONTH}", param, ctx)
        return span


def _begin_waiting(context: click.Context, _: click.Parameter, seconds: int) -> None:
    context.with_resource(patience(seconds))


MONTH = _MonthType()
SUZHOU_TIME = _SuzhouTimeType()
DISTRICT = _DistrictType()
SPAN = _SpanType()

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")

DURATION = _DurationType()
waits = click.option(
    "--wait",
    type=DURATION,
    default=0,
    expose_value=False,
    callback=_begin_waiting,
    help="How long to wait while another run holds the home (30m, 90s); by default not at all.",
)


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
