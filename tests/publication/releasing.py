"""Releasing October from a warehouse that no run filled: cheap, and exact in what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from publication.october import OCTOBER, build_warehouse

from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.database.reading import open_statistics
from orchestration.publication.issue import placing
from orchestration.publication.release import decisions
from orchestration.publication.release.decisions import ReleaseRequest
from orchestration.reference.deadlines import SUZHOU
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import RECEIPT
from orchestration.store.releases import ReleaseState

FIRST = datetime(2022, 11, 6, 9, 30, tzinfo=SUZHOU)
SECOND = FIRST + timedelta(days=9)
REVISED = {"gusu": {"completed_count": 33}, "city": {"completed_count": 75}}


class Office:
    """An installation whose runs are a warehouse written by the test."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings, self.ledger = settings, Ledger(settings.ledger)
        # what a run has to have done is shown where runs are; here the test is the run
        monkeypatch.setattr(decisions, "is_current", lambda *_: True)
        monkeypatch.setattr(decisions, "publication_standing", lambda *_: "current")
        monkeypatch.setattr(decisions, "audit_month", lambda *_: None)
        monkeypatch.setattr(
            "orchestration.publication.release.finality.audit_faults", lambda *_: list[str]()
        )

    def run(self, **options: Any) -> None:
        """Fill the warehouse as a run would, and publish it."""
        build_warehouse(self.settings.warehouse, **options)
        publish_statistics(self.settings, built_at=datetime(2022, 11, 5, 6))

    def release(self, at: datetime = FIRST, **changes: Any) -> ReleaseState:
        """Release October as it is in the warehouse."""
        values: dict[str, Any] = {"note": "说明", "decided_by": "张科长", "decided_at": at}
        return decisions.make_release(self.settings, ReleaseRequest(OCTOBER, **(values | changes)))

    def decide(self, action: Any, at: datetime = SECOND) -> ReleaseState:
        return decisions.decide(
            self.settings, ReleaseRequest(OCTOBER, "说明", "张科长", at), action
        )

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the published file."""
        with open_statistics(self.settings.statistics) as connection:
            return connection.execute(sql).fetchall()

    def completed(self, source: str = "marts.rpt_district_monthly") -> list[tuple[Any, ...]]:
        """Return vintage, status and completed cases of 姑苏区 as a table or macro tells them."""
        return self.ask(
            f"select vintage, status, completed_count from {source} where district_id = 'gusu'"
            " order by vintage"
        )

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the published file directly, as an analyst does."""
        with duckdb.connect(str(self.settings.statistics), read_only=True) as connection:
            yield connection


@pytest.fixture
def whole_office(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An installation that renders what it issues, at a CPU second each time."""
    return Office(settings, monkeypatch)


@pytest.fixture
def office(whole_office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An installation whose outputs are short: the model that they would have been made of."""
    monkeypatch.setattr(
        placing, "render_page", lambda model, at, names, head: f"{model} {at} {names} {head}"
    )
    monkeypatch.setattr(placing, "render_note_page", lambda model, at, head: f"{model} {at} {head}")
    for name in ("render_workbook", "render_note_document"):
        monkeypatch.setattr(placing, name, lambda model, at, head: f"{model} {at} {head}".encode())
    monkeypatch.setattr(placing, "render_explanations", lambda model, rows, at: f"{rows} {at}")
    monkeypatch.setattr(placing, "render_quality_page", lambda model, at: f"{model} {at}")
    for name in ("render_document", "render_pdf"):
        monkeypatch.setattr(placing, name, lambda model, at: f"{model} {at}".encode())
    monkeypatch.setattr(placing, "render_open_data", lambda *_: dict[str, bytes]())
    return whole_office


def files_below(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder; receipts tell when, in each home its own."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != RECEIPT)
    return {str(path.relative_to(folder)): sha256_of(path) for path in paths}
