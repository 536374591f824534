"""Fixtures of all tests: a home of their own, no network, shared months."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from deliver import OCTOBER
from hypothesis import settings as hypothesis_settings
from month_installation import Installation, installed
from postgres_server import Server, running_server

from orchestration.console import check
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.modelling.dbt import prepare_manifest
from orchestration.settings import PROJECT_ROOT, Settings, load_settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import waiting_for
from orchestration.store.records import Judgement

# a busy machine must not fail a test: no example has a deadline
hypothesis_settings.register_profile("fangan", deadline=None)
hypothesis_settings.load_profile("fangan")

#: Files that take longest, begun before all others: none is left to one worker at the end. The
#: first needs no month, so that not all workers begin by waiting for October.
_LONG = (
    "simulation/test_recall.py",
    "month/test_october_delivered_again.py",
    "browser/test_pages.py",
    "test_readme.py",
    "month/test_revision.py",
    "month/test_canaries.py",
    "month/test_released_shapes.py",
    "month/test_scenarios.py",
    "store/test_earlier_homes.py",
    "month/test_two_years.py",
    "upkeep/test_backups.py",
    "month/test_refused.py",
    "month/test_ledgers.py",
    "month/test_decisions.py",
    "publication/test_month_shapes.py",
    "ingest/test_mutations.py",
    "deploy/test_postgres.py",
    "test_export_kinds.py",
)
TESTS = Path(__file__).parent
#: A month waits seven hundred times for the disk to keep what it wrote, which memory does at once.
#: The home of a month takes 40 to 95 MB, and some twenty are made.
_IN_MEMORY, _ROOM = Path("/dev/shm"), 6 << 30
Make = Callable[[str], Installation]
Judge = Callable[..., dict[str, Judgement]]


def pytest_configure() -> None:
    """Put the homes of tests into memory where there is room; ``--basetemp`` comes first."""
    if os.access(_IN_MEMORY, os.W_OK) and _free_memory() > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


def _free_memory() -> int:
    """Return how many bytes fit into the folder in memory without memory running out."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    [available] = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return min(int(available) * 1024, shutil.disk_usage(_IN_MEMORY).free)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of ``_LONG`` first, in their order; the others stay as they are."""
    order = {TESTS / name: number for number, name in enumerate(_LONG)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server, started once; skipped with a message without Debian's package."""
    with running_server() as server:
        yield server


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return Ledger(settings.ledger)


@pytest.fixture(scope="session")
def readers() -> Iterator[ReaderPool]:
    with ReaderPool() as pool:
        yield pool


@pytest.fixture
def lent_readers(readers: ReaderPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``fangan check`` in this process read with the session's child: one takes half a second.

    That the command starts and ends its own is tested with the real command.
    """

    @contextmanager
    def lent(name_key: bytes | None = None) -> Iterator[ReaderPool]:
        monkeypatch.setattr(readers, "name_key", name_key or secrets.token_bytes(32))
        yield readers

    monkeypatch.setattr(check, "ReaderPool", lent)


@pytest.fixture
def judge(settings: Settings, ledger: Ledger, readers: ReaderPool) -> Judge:
    """Judge what a district has delivered for October; return its judgements by kind."""

    def run(district_id: str = "gusu") -> dict[str, Judgement]:
        judged = judge_district_month(settings, ledger, readers.read, OCTOBER, district_id)
        return {judgement.kind: judgement for judgement in judged.judgements}

    return run


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers share, for read-only results that are expensive to make."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def parsed_project(shared: Path) -> Path:
    """Dbt's parsed project, made once for all tests, since parsing takes ten seconds."""
    settings = Settings(raw=shared / "no-raw", home=shared / "parsed-project").prepare()
    with patch.dict(os.environ):
        prepare_manifest(settings)
    return settings.dbt


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, parsed_project: Path) -> Make:
    """Make an installation of that name, with only the parsed project in it."""
    return lambda name: installed(tmp_path_factory.mktemp(name), parsed_project)


@pytest.fixture(scope="session")
def october(shared: Path, parsed_project: Path) -> Installation:
    """The real month, run from the ten reports in the project's raw folder. Read-only."""
    base = shared / "october"
    with waiting_for(shared, "october"):
        if not (base / "done").exists():
            shutil.rmtree(base, ignore_errors=True)
            made = installed(base, parsed_project)
            shutil.copytree(PROJECT_ROOT / "raw" / "2022-10", made.settings.raw / "2022-10")
            run = made.fangan_afresh("month", "2022-10")
            assert run.returncode == 0, run.stdout + run.stderr
            (base / "done").touch()
    return Installation(Settings(raw=base / "raw", home=base / "home"))


@pytest.fixture
def after_october(october: Installation, tmp_path: Path) -> Installation:
    """A copy of the installation in which the real month was run."""
    return october.copied(tmp_path)
