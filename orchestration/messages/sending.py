"""Sends what waits in the outbox; what cannot be sent stays there and is tried again.

One destination that is down blocks no other. A message may arrive twice if the machine stops
between sending and noting it, never not at all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from orchestration.messages import channels
from orchestration.messages.configuration import Configuration
from orchestration.messages.letters import Letter, letters, write_letter
from orchestration.messages.open_causes import FailingChannel, changing
from orchestration.settings import Settings
from orchestration.store.locks import BusyError, holding

_ATTEMPTS_KEPT = 20


def address(letter: Letter, configuration: Configuration | None) -> Letter:
    """Return a message with its destinations; without settings they stay to be decided."""
    if configuration is None:
        return letter
    return replace(letter, waiting=channels.destinations(configuration, letter))


def send_waiting(settings: Settings, configuration: Configuration, now: datetime) -> int:
    """Send every waiting message to each of its destinations; return how many still wait.

    After its first failure a destination is left alone until the next call, so that a dead one
    costs its timeout once. If another process is sending, nothing is done here.
    """
    down: dict[str, str] = {}
    reached: set[str] = set()
    try:
        with holding(settings.locks, "sending"):
            # one that a service refuses for what it says must not keep the others waiting
            for letter in sorted(letters(settings), key=lambda one: len(one.attempts)):
                if letter.waiting is None:
                    letter = address(letter, configuration)
                if letter.waiting:
                    write_letter(settings, _sent(letter, configuration, now, down, reached))
    except BusyError:
        pass
    _note(settings, down, reached, now)
    return sum(bool(letter.waiting) for letter in letters(settings))


def _sent(
    letter: Letter,
    configuration: Configuration,
    now: datetime,
    down: dict[str, str],
    reached: set[str],
) -> Letter:
    """Return the message after one attempt at each destination that is up."""
    at = now.isoformat(timespec="seconds")
    is_old = now - datetime.fromisoformat(letter.written_at) > timedelta(
        days=configuration.rules.give_up_after_days
    )
    waiting, sent, attempts = list[str](), dict(letter.sent), list(letter.attempts)
    for name in letter.waiting or ():
        if name in down:
            waiting += [] if is_old else [name]
            continue
        try:
            reason = channels.send(configuration, name, letter)
        except LookupError:
            attempts.append({"to": name, "at": at, "why": "no longer in the settings"})
            continue
        if reason is None:
            sent[name] = at
            reached.add(name)
            continue
        down[name] = reason
        attempts.append({"to": name, "at": at, "why": reason})
        waiting += [] if is_old else [name]
    return replace(
        letter, waiting=tuple(waiting), sent=sent, attempts=tuple(attempts[-_ATTEMPTS_KEPT:])
    )


def _note(settings: Settings, down: dict[str, str], reached: set[str], now: datetime) -> None:
    """Remember since when a destination takes nothing: that is a cause for the others."""
    if not (down or reached):
        return
    with changing(settings) as state:
        for name in reached - down.keys():
            state.failing.pop(name, None)
        for name, reason in down.items():
            known = state.failing.get(name)
            since = known.since if known else now.isoformat(timespec="seconds")
            state.failing[name] = FailingChannel(since, reason)
