"""``fangan watch``: the look that a timer takes every few minutes, without Dagster.

It looks at deadlines, releases, heartbeats and disk, tells what it finds, sends what waits, and
once a day the digest. It holds no lock that a run needs, and draws the status board again. What it
finds is in the ``*_causes`` modules.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from orchestration.messages import channels
from orchestration.messages.causes import Audience, Cause
from orchestration.messages.configuration import Configuration, load_configuration
from orchestration.messages.delivery_causes import KEYS as DELIVERY_KEYS
from orchestration.messages.delivery_causes import delivery_causes, recent_statuses
from orchestration.messages.digest import digest, is_due
from orchestration.messages.due_causes import KEYS as DUE_KEYS
from orchestration.messages.due_causes import due_causes
from orchestration.messages.events import KEYS as EVENT_KEYS
from orchestration.messages.letters import Letter, compose, letters, write_letter
from orchestration.messages.machine_causes import KEYS as MACHINE_KEYS
from orchestration.messages.machine_causes import machine_causes
from orchestration.messages.open_causes import State, changing, read_state
from orchestration.messages.outbox import tell
from orchestration.messages.placing_causes import KEYS as PLACING_KEYS
from orchestration.messages.placing_causes import placing_causes
from orchestration.messages.release_causes import KEYS as RELEASE_KEYS
from orchestration.messages.release_causes import release_causes
from orchestration.messages.reminders import write_reminders
from orchestration.messages.sending import address, send_waiting
from orchestration.publication.status.facts import MonthStatus
from orchestration.publication.status.page import write_status
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

_LEDGER_KEY = "ledger/"


@dataclass(frozen=True)
class Watched:
    """What one look did: messages written, causes still open, messages still to be sent."""

    written: tuple[Letter, ...]
    state: State
    waiting_count: int


def watch_once(settings: Settings, now: datetime) -> Watched:
    """Look, tell and send once; ``now`` has a time zone.

    Raises ConfigurationError if the settings file is at fault, before anything is done.
    """
    configuration = load_configuration(settings.messages)
    rules = configuration.rules
    state = read_state(settings)
    causes: list[Cause] = []
    looked_at: tuple[str, ...] = (*MACHINE_KEYS, _LEDGER_KEY)
    statuses: list[MonthStatus] = []
    opened_at = backup_at = None
    try:
        ledger = Ledger(settings.ledger)
        opened_at = ledger.opened_at()
        if backup := ledger.last_backup(complete=True):
            backup_at = backup.finished_at
        statuses = recent_statuses(ledger, now, rules.remind_for)
        write_reminders(settings, statuses)
        causes += delivery_causes(ledger, statuses, now, rules.remind_for)
        looked_at += DELIVERY_KEYS
        if rules.release_waiting:
            causes += release_causes(statuses, now, rules.remind_for)
        causes += placing_causes(settings, ledger, now)
        looked_at += RELEASE_KEYS + PLACING_KEYS
        due = due_causes(settings, ledger, rules, state, now)
        if due is not None:
            causes += due
            looked_at += DUE_KEYS
        if settings.statistics.exists():
            write_status(settings, ledger, now)
    except sqlite3.Error as error:
        causes.append(_unreadable(error))
    causes += machine_causes(settings, rules, state, now, opened_at=opened_at, backup_at=backup_at)
    written = tell(settings, causes, now, looked_at=looked_at, repeats=EVENT_KEYS)
    written += _digest(settings, configuration, statuses, now)
    waiting = send_waiting(settings, configuration, now)
    return Watched(tuple(written), read_state(settings), waiting)


def _unreadable(error: sqlite3.Error) -> Cause:
    return Cause(
        key=f"{_LEDGER_KEY}unreadable",
        subject="【平台】记录库打不开",
        first_line="请从备份恢复：fangan restore。The ledger cannot be opened; restore a backup.",
        body=f"{type(error).__name__}: {error}",
        severity="error",
        audience="engineers",
    )


def _digest(
    settings: Settings, configuration: Configuration, statuses: list[MonthStatus], now: datetime
) -> list[Letter]:
    """Write today's digest if it is due."""
    with changing(settings) as state:
        if not is_due(state, configuration.rules, now):
            return []
        waiting = sum(bool(letter.waiting) for letter in letters(settings))
        letter = address(digest(state, statuses, waiting, now), configuration)
        write_letter(settings, letter)
        state.digest_on = str(now.astimezone(SUZHOU).date())
    return [letter]


def send_test(settings: Settings, now: datetime) -> dict[str, str | None]:
    """Send a test message to every destination; return why each failed, None where it did not."""
    configuration = load_configuration(settings.messages)
    text = "这是一条测试消息，不用处理。A test of this channel; nothing to do."
    audiences: tuple[Audience, ...] = ("office", "engineers")
    found: dict[str, str | None] = {}
    for audience in audiences:
        letter = compose("test", "test", "【测试】房安消息通道", text, "info", audience, now)
        for name in channels.destinations(configuration, letter):
            if name not in found:
                found[name] = channels.send(configuration, name, letter)
    return found
