"""Checks of what tells people: the settings of messages, channels that fail, holidays' data."""

from __future__ import annotations

from datetime import datetime

from orchestration.choices import ConfigurationError
from orchestration.console.health.findings import fault, note, ok
from orchestration.console.output import Record
from orchestration.messages.configuration import load_configuration
from orchestration.messages.open_causes import read_state
from orchestration.reference.calendar import SUZHOU, WORKDAYS_SEED, unknown_years
from orchestration.settings import Settings

_CHANNELS, _HOLIDAYS = "messages", "holidays"


def channels(settings: Settings) -> list[Record]:
    """Whether ``messages.toml`` is valid and its channels take messages."""
    try:
        configuration = load_configuration(settings.messages)
    except ConfigurationError as error:
        return [fault(_CHANNELS, str(error), f"correct {settings.messages}")]
    if not configuration.channels:
        said = f"no channel is named: messages are only written to {settings.outbox}"
        return [note(_CHANNELS, said, "see deploy/messages.example.toml")]
    failing = read_state(settings).failing
    if not failing:
        return [ok(_CHANNELS, f"{len(configuration.channels)} channels")]
    return [
        fault(f"channel {name}", f"fails since {one.since}: {one.reason}", "fangan watch --test")
        for name, one in sorted(failing.items())
    ]


def holidays(_: Settings) -> Record:
    """Whether the holidays of the months now due and next are known."""
    years = unknown_years(datetime.now(SUZHOU))
    if not years:
        return ok(_HOLIDAYS, "known for this month and the next two")
    listed = ", ".join(map(str, years))
    # no fault: every installation is in this state between two notices of the State Council
    return note(
        _HOLIDAYS,
        f"unknown for {listed}: deadlines and runs keep their plain days",
        f"update chinesecalendar, or enter the State Council's notice in {WORKDAYS_SEED}",
    )
