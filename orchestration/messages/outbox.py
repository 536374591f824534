"""The outbox: turns causes into messages, one a cause, repeated by rule, ended by an all-clear.

Messages are always written; whether they are sent, and where to, is in ``sending``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from orchestration.choices import ConfigurationError
from orchestration.messages.causes import Cause
from orchestration.messages.configuration import Configuration, Rules, load_configuration
from orchestration.messages.letters import Event, Letter, compose, write_letter
from orchestration.messages.open_causes import OpenCause, State, changing
from orchestration.messages.sending import address
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings


def tell(
    settings: Settings,
    causes: Sequence[Cause],
    now: datetime,
    *,
    looked_at: Collection[str] = (),
    repeats: tuple[str, ...] = (),
) -> list[Letter]:
    """Write a message for every cause that is new, has changed, or is due again; return them.

    ``looked_at`` are beginnings of keys that were examined now: an open cause of those that is
    not among ``causes`` has ended, and gets its all-clear. ``repeats`` are beginnings of keys that
    nobody can examine: what is open of them is told again by rule. ``now`` has a time zone. A
    settings file that is at fault stops no message: it is addressed when the file is right.
    """
    configuration = configuration_or_none(settings)
    rules = configuration.rules if configuration else Rules()
    with changing(settings) as state:
        causes = [*causes, *_remembered(state, repeats)]
        written = [
            *_ended(state, {cause.key for cause in causes}, looked_at, now),
            *(letter for cause in causes for letter in _told(state, cause, rules, now)),
        ]
        written = [address(letter, configuration) for letter in written]
        for letter in written:
            write_letter(settings, letter)
    return written


def configuration_or_none(settings: Settings) -> Configuration | None:
    """Return the settings of messages, or None if the file is at fault."""
    try:
        return load_configuration(settings.messages)
    except (ConfigurationError, OSError):
        return None


def _told(state: State, cause: Cause, rules: Rules, now: datetime) -> list[Letter]:
    """Return the message about a cause, if one is due, and note it in the state."""
    known = state.causes.get(cause.key)
    text = f"{cause.first_line}\n\n{cause.body}".strip()
    if known is None:
        state.causes[cause.key] = OpenCause(
            subject=cause.subject,
            severity=cause.severity,
            audience=cause.audience,
            opened_at=now.isoformat(timespec="seconds"),
            told_at=now.isoformat(timespec="seconds"),
            told_count=1,
            happened_once=cause.happened_once,
            first_line=cause.first_line,
        )
        return [_letter(cause, "opened", text, now)]
    if cause.subject != known.subject:
        known.subject, known.severity = cause.subject, cause.severity
        known.first_line = cause.first_line
        _note(known, now)
        return [_letter(cause, "changed", text, now)]
    if known.happened_once or now < _next_telling(known, rules):
        return []
    _note(known, now)
    since = f"{local(known.opened_at)}起未结束，第 {known.told_count} 次通知。"
    return [_letter(cause, "repeated", f"{text}\n\n{since}", now)]


def _remembered(state: State, beginnings: tuple[str, ...]) -> list[Cause]:
    return [
        Cause(key, known.subject, known.first_line, "", known.severity, known.audience)
        for key, known in state.causes.items()
        if key.startswith(beginnings) and known.first_line and not known.happened_once
    ]


def _note(known: OpenCause, now: datetime) -> None:
    known.told_at = now.isoformat(timespec="seconds")
    known.told_count += 1


def _next_telling(known: OpenCause, rules: Rules) -> datetime:
    pause = rules.repeat_after if known.told_count == 1 else rules.then_every
    return datetime.fromisoformat(known.told_at) + pause


def _letter(cause: Cause, event: Event, text: str, now: datetime) -> Letter:
    return compose(cause.key, event, cause.subject, text, cause.severity, cause.audience, now)


def _ended(
    state: State, open_keys: set[str], looked_at: Collection[str], now: datetime
) -> list[Letter]:
    """Return the all-clears, and forget their causes."""
    ended = [
        key
        for key in state.causes
        if key not in open_keys and any(key.startswith(beginning) for beginning in looked_at)
    ]
    written = []
    for key in ended:
        known = state.causes.pop(key)
        if known.happened_once:
            continue
        text = (
            "不用再做什么：此事已经结束，或已过提醒期。It is over; nothing more to do.\n\n"
            f"{local(known.opened_at)}起，{local(now.isoformat())}查明结束，"
            f"其间通知 {known.told_count} 次。"
        )
        written.append(
            compose(key, "ended", f"{known.subject}：已结束", text, "info", known.audience, now)
        )
    return written


def local(text: str) -> str:
    """Return a time in Suzhou, to the minute, as messages print it."""
    return f"{datetime.fromisoformat(text).astimezone(SUZHOU):%Y-%m-%d %H:%M}"
