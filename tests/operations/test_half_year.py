"""Half a year of deliveries on time, late, wrong, twice, early and removed, with runs killed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Collection
from pathlib import Path

import pytest
from golden_files import matches_golden
from operations.half_year import MONTHS, begun, live_through

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.modelling.up_to_date import is_current, month_fingerprint
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


class RecordedRuns:
    """A run that judges what it is asked to and records what it would have published."""

    def __init__(self, settings: Settings, readers: ReaderPool) -> None:
        self._settings, self._readers = settings, readers
        #: How many of the next runs are killed.
        self.kills = 0
        self._dice = random.Random(20)

    def __call__(self, month: Month, districts: Collection[str]) -> bool:
        ledger = Ledger(self._settings.ledger)
        killed = self.kills > 0
        self.kills -= killed
        done = self._dice.randrange(len(districts) + 1) if killed else len(districts)
        for district_id in list(districts)[:done]:
            judge_district_month(self._settings, ledger, self._readers.read, month, district_id)
        if killed:
            return False
        folder = self._settings.published / str(month)
        folder.mkdir(exist_ok=True)
        for name in ("xlsx", "docx", "html"):
            (folder / f"bulletin.{name}").touch()
        for path in (folder / "quality.html", folder / "explain.html", self._settings.statistics):
            path.touch()
        ledger.record_publication(month, month_fingerprint(self._settings, ledger, month))
        return True


@pytest.fixture
def runs(settings: Settings, readers: ReaderPool) -> RecordedRuns:
    return RecordedRuns(settings, readers)


@pytest.mark.slow
def test_every_month_ends_published_and_nothing_runs_without_a_reason(
    settings: Settings,
    parsed_project: Path,
    runs: RecordedRuns,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(parsed_project, settings.dbt, dirs_exist_ok=True)
    with begun(settings, runs, tmp_path, monkeypatch) as year:
        live_through(year, runs)
    ledger = Ledger(settings.ledger)
    assert [month for month in MONTHS if not is_current(settings, ledger, month)] == []
    assert ledger.months_of_arrivals() == MONTHS
    # each run with its reason, and each thing once that somebody was told
    matches_golden("half_year.txt", "\n".join([*year.runs, "", *year.told]) + "\n")
