"""What every test shares: a home of its own, no network, deliveries made by ``deliver``."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from deliver import OCTOBER
from month_installation import Installation

from orchestration.ingest.readers import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.modelling.dbt import prepare_manifest
from orchestration.settings import PROJECT_ROOT, Settings, load_settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement

Make = Callable[[str], Installation]
Judge = Callable[..., dict[str, Judgement]]


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


@pytest.fixture
def judge(settings: Settings, ledger: Ledger, readers: ReaderPool) -> Judge:
    """Judge what a district has delivered for October; return its judgements by kind."""

    def run(district_id: str = "gusu") -> dict[str, Judgement]:
        judged = judge_district_month(settings, ledger, readers.read, OCTOBER, district_id)
        return {judgement.kind: judgement for judgement in judged.judgements}

    return run


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What dbt leaves of parsing the project: once for all tests, since it costs ten seconds."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    settings = Settings(raw=shared / "no-raw", home=shared / "parsed-project").prepare()
    with patch.dict(os.environ):
        prepare_manifest(settings)
    return settings.dbt


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, parsed_project: Path) -> Make:
    """Make an installation of that name, empty but for the parsed project."""

    def make(name: str) -> Installation:
        base = tmp_path_factory.mktemp(name)
        (base / "raw").mkdir()
        made = Installation(Settings(raw=base / "raw", home=base / "home").prepare())
        shutil.copytree(parsed_project, made.settings.dbt, dirs_exist_ok=True)
        return made

    return make


@pytest.fixture(scope="session")
def october(installation: Make) -> Installation:
    """The real month: the ten reports that lie in the project's own raw folder."""
    made = installation("october")
    shutil.copytree(PROJECT_ROOT / "raw" / "2022-10", made.settings.raw / "2022-10")
    done = made.fangan("month", "2022-10")
    assert done.returncode == 0, done.stdout + done.stderr
    return made
