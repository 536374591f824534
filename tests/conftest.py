"""What every test shares: a home of its own, no network, deliveries made by ``deliver``."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.ingest.readers import ReaderPool
from orchestration.settings import Settings, load_settings
from orchestration.store.ledger import Ledger


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty raw folder and an empty home, which the environment names."""
    monkeypatch.setenv("FANGAN_RAW", str(tmp_path / "raw"))
    monkeypatch.setenv("FANGAN_HOME", str(tmp_path / "home"))
    (tmp_path / "raw").mkdir()
    return load_settings().prepare()


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return Ledger(settings.ledger)


@pytest.fixture(scope="session")
def readers() -> Iterator[ReaderPool]:
    with ReaderPool() as pool:
        yield pool
