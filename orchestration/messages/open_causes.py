"""``outbox/state.json``: the causes that are open, what went out about them, the last digest.

It is beside the messages and not in the ledger, since a ledger that cannot be opened is itself a
cause. A file that cannot be read is moved aside: everything open is then told again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from orchestration.messages.causes import Audience, Severity
from orchestration.settings import Settings
from orchestration.store.files import replacing
from orchestration.store.locks import waiting_for

_FILE = "state.json"


@dataclass
class OpenCause:
    """A cause that was told and has not ended. Times are ISO, with their zone.

    ``first_line`` is empty where an earlier version wrote the file.
    """

    subject: str
    severity: Severity
    audience: Audience
    opened_at: str
    told_at: str
    told_count: int
    happened_once: bool
    first_line: str = ""


@dataclass
class FailingChannel:
    """A destination that takes nothing: since when, and what it last said."""

    since: str
    reason: str


@dataclass
class State:
    """What the outbox remembers between two looks; times are ISO with their zone."""

    causes: dict[str, OpenCause] = field(default_factory=dict)
    failing: dict[str, FailingChannel] = field(default_factory=dict)
    digest_on: str | None = None


@contextmanager
def changing(settings: Settings) -> Iterator[State]:
    """Yield the state while no other process changes it; keep what the block made of it."""
    settings.outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.locks.mkdir(parents=True, exist_ok=True, mode=0o700)
    with waiting_for(settings.locks, "outbox"):
        state = read_state(settings)
        before = _text(state)
        yield state
        after = _text(state)
        if after != before:
            with replacing(settings.outbox / _FILE) as temporary:
                temporary.write_text(after, encoding="utf-8")


def read_state(settings: Settings) -> State:
    """Return the state as it is; empty if there is none, or none that can be read."""
    path = settings.outbox / _FILE
    if not path.exists():
        return State()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return State(
            causes={key: OpenCause(**cause) for key, cause in content["causes"].items()},
            failing={name: FailingChannel(**one) for name, one in content["failing"].items()},
            digest_on=content["digest_on"],
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        _move_aside(path)
        return State()


def _move_aside(path: Path) -> None:
    path.replace(path.with_name(f"{path.name}.unreadable"))


def _text(state: State) -> str:
    return json.dumps(asdict(state), ensure_ascii=False, indent=2)
