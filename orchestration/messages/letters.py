"""A message, and its files in the outbox: ``<id>.json`` for programs, ``<id>.txt`` for people.

A message that is still to be sent, or has no channel, lies in ``outbox/``; one that was sent to
every channel moves to ``outbox/sent/``. When a message is written is in ``outbox``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from orchestration.ingest.reader.privacy import mask
from orchestration.messages.causes import Audience, Severity
from orchestration.settings import Settings
from orchestration.store.files import replacing

Event = Literal["opened", "changed", "repeated", "ended", "digest", "test"]
SENT = "sent"


@dataclass(frozen=True)
class Letter:
    """One message. ``waiting`` are the destinations it is still to be sent to.

    It is None if nobody knew them yet: the settings file could not be read when it was written.
    ``attempts`` are the failed ones, each with destination, time and reason.
    """

    letter_id: str
    cause: str
    event: Event
    subject: str
    text: str
    severity: Severity
    audience: Audience
    written_at: str
    waiting: tuple[str, ...] | None = None
    sent: dict[str, str] = field(default_factory=dict)
    attempts: tuple[dict[str, str], ...] = ()


def compose(
    cause: str,
    event: Event,
    subject: str,
    text: str,
    severity: Severity,
    audience: Audience,
    now: datetime,
) -> Letter:
    """Return a message with everything personal masked. Its id begins with its time, in UTC."""
    digest = hashlib.sha256(f"{cause} {event} {now.isoformat()}".encode()).hexdigest()[:8]
    slug = re.sub(r"[^0-9A-Za-z-]+", "-", cause).strip("-")
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return Letter(
        letter_id=f"{stamp}-{slug}-{event}-{digest}",
        cause=cause,
        event=event,
        subject=" ".join(mask(subject).split()),
        text=mask(text),
        severity=severity,
        audience=audience,
        written_at=now.isoformat(timespec="seconds"),
    )


def write_letter(settings: Settings, letter: Letter) -> None:
    """Write a message's two files, in the folder that fits its state."""
    was_sent = bool(letter.sent) and letter.waiting == ()
    folder = settings.outbox / SENT if was_sent else settings.outbox
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = f"{letter.subject}\n\n{letter.text}\n"
    content = json.dumps(asdict(letter), ensure_ascii=False, indent=2)
    for name, written in ((f"{letter.letter_id}.txt", text), (f"{letter.letter_id}.json", content)):
        with replacing(folder / name) as temporary:
            temporary.write_text(written, encoding="utf-8")
        if was_sent:
            (settings.outbox / name).unlink(missing_ok=True)


def letters(settings: Settings) -> Iterator[Letter]:
    """Yield the messages in ``outbox/``, the oldest first; what cannot be read is passed over."""
    for path in sorted(settings.outbox.glob("*.json")):
        letter = read_letter(path)
        if letter is not None:
            yield letter


def read_letter(path: Path) -> Letter | None:
    """Return the message in a file, or None if it is none."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        letter = Letter(**content)
    except (OSError, ValueError, TypeError):
        return None
    return replace(
        letter,
        waiting=None if letter.waiting is None else tuple(letter.waiting),
        attempts=tuple(letter.attempts),
    )
