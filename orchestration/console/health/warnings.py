"""Checks of who is warned and of what holds off harm: channels, holidays, backups, Dagster's file.

The same facts are told to people by ``messages``; here an engineer asks for them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orchestration.console.health.findings import fault, note, ok
from orchestration.console.health.stored import open_ledger
from orchestration.console.output import Record
from orchestration.messages.configuration import load_configuration
from orchestration.messages.open_causes import read_state
from orchestration.reference.calendar import SUZHOU, unknown_years
from orchestration.settings import ConfigurationError, Settings
from orchestration.store.instance_file import changed_defaults, default_then

_CHANNELS, _HOLIDAYS, _BACKUP = "alert channels", "holidays", "backup"


def channels(settings: Settings) -> Record:
    """Whether messages have a way out, and every channel takes them."""
    try:
        configuration = load_configuration(settings.messages)
    except ConfigurationError as error:
        return fault(_CHANNELS, str(error), "correct the file, then fangan watch --test")
    if not configuration.channels:
        return note(
            _CHANNELS,
            f"none: messages stay in {settings.outbox}",
            "name some in messages.toml, see deploy/messages.example.toml",
        )
    failing = read_state(settings).failing if settings.outbox.is_dir() else {}
    if failing:
        said = "; ".join(f"{name} since {one.since}: {one.reason}" for name, one in failing.items())
        return fault(_CHANNELS, said, "correct the channel, then fangan watch --test")
    return ok(_CHANNELS, ", ".join(configuration.channels))


def holidays(_: Settings) -> Record:
    """Whether the holidays are known that the next deadlines depend on."""
    years = unknown_years(datetime.now(SUZHOU))
    if not years:
        return ok(_HOLIDAYS, "known for the months ahead")
    return note(
        _HOLIDAYS,
        f"not known for {', '.join(map(str, years))}: deadlines keep the calendar's plain days",
        "make setup with a newer chinesecalendar, or rows in dbt_project/seeds/workdays.csv",
    )


def backup(settings: Settings) -> Record:
    """Whether the last backup is young enough, by the rule of ``messages.toml``."""
    ledger = open_ledger(settings)
    opened_at = ledger.opened_at() if ledger else None
    if ledger is None or opened_at is None:
        return ok(_BACKUP, "there is nothing to back up yet")
    try:
        days = load_configuration(settings.messages).rules.backup_every_days
    except ConfigurationError:
        days = 0  # said by ``channels``
    last = ledger.last_backup()
    if last is None:
        return note(_BACKUP, "never made", "fangan backup FOLDER, on another disk")
    at = f"{last.finished_at.astimezone(SUZHOU):%Y-%m-%d %H:%M}"
    if days and datetime.now(UTC) - last.finished_at > timedelta(days=days):
        return fault(
            _BACKUP,
            f"the last is of {at}, one in {days} days is wanted",
            f"fangan backup {last.folder}",
        )
    if not last.is_complete:
        detail = f"{last.name} of {at} lacks something"
        return note(_BACKUP, detail, f"fangan backup {last.folder} --wait 30m")
    return ok(_BACKUP, f"{last.folder}/{last.name} of {at}")


def instance_file(settings: Settings) -> Record:
    """Whether a later version has other defaults than the operator's instance file came from."""
    changed = changed_defaults(settings)
    if not changed:
        return ok("dagster.yaml", "no default has changed since it was written")
    said = "; ".join(f"{one.key} was {one.was}, is {one.now}" for one in changed)
    return note(
        "dagster.yaml",
        f"defaults have changed since it was written: {said}",
        f"take over what suits you, then rm {default_then(settings)}",
    )
