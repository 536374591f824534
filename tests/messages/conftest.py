from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from messages.receivers import MailServer, WebServer, mail_server, web_server

from orchestration.messages.letters import Letter, read_letter
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings

NOW = datetime(2022, 12, 6, 9, 0, tzinfo=SUZHOU)

#: Writes ``messages.toml`` with the mode it must have.
Configure = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach this machine's servers directly, also where a proxy leads to others."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")


@pytest.fixture
def configure(settings: Settings) -> Configure:
    def write(text: str) -> Path:
        settings.messages.write_text(text, encoding="utf-8")
        settings.messages.chmod(0o600)
        return settings.messages

    return write


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def outbox(settings: Settings) -> Callable[[], list[Letter]]:
    """Return every message in the outbox, sent or not, the oldest first."""

    def found() -> list[Letter]:
        paths = sorted(settings.outbox.rglob("*.json"), key=lambda path: path.name)
        return [letter for path in paths if (letter := read_letter(path))]

    return found
