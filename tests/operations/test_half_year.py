"""Half a year of deliveries on time, late, wrong, twice, early and removed, with runs killed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from dagster import DagsterInstance, Definitions
from deliver import report
from operations.half_year import HalfYear

from orchestration.defs import automation
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.modelling.up_to_date import is_current, month_fingerprint
from orchestration.operations import attempts
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

FIRST = Month(2022, 7)
MONTHS = [FIRST.shift(index) for index in range(6)]
STEP = timedelta(hours=12)


def _at(month: Month, day: int, hour: int = 10) -> datetime:
    """Return an hour of a day in the month after ``month``, when it is delivered."""
    return datetime(*_year_and_number(month.shift(1)), day, hour, tzinfo=SUZHOU)


def _year_and_number(month: Month) -> tuple[int, int]:
    return month.year, month.number


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


@pytest.fixture
def year(
    settings: Settings,
    parsed_project: Path,
    runs: RecordedRuns,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[HalfYear]:
    shutil.copytree(parsed_project, settings.dbt, dirs_exist_ok=True)
    from orchestration.definitions import defs

    definitions: Definitions = defs()
    with (
        DagsterInstance.ephemeral() as instance,
        DagsterInstance.local_temp(str(tmp_path)) as stored,
    ):
        year = HalfYear(settings, instance, stored, definitions, runs, _at(FIRST, 1, 0))
        monkeypatch.setattr(automation, "suzhou_time", lambda: year.now)
        monkeypatch.setattr(attempts, "_ended_at", year.ended_at)
        yield year


def _deliver(settings: Settings, month: Month, *but: str) -> None:
    """Deliver what three districts report, but for those named."""
    for district_id in {"gusu", "sip", "wujiang"} - set(but):
        report(settings.raw, district_id, month)


def test_every_month_ends_published_and_nothing_runs_without_a_reason(
    settings: Settings, year: HalfYear, runs: RecordedRuns
) -> None:
    july, august, september, october, november, december = MONTHS

    # on time, all at once; an hour later the first district corrects itself
    year.until(_at(july, 3), STEP)
    _deliver(settings, july)
    year.settle()
    year.until(_at(july, 3, 11), STEP)
    report(settings.raw, "gusu", july, completed_count=32)
    year.settle()
    year.until(_at(july, 6, 6), STEP)
    year.schedule()

    # one district late, another's folder under the wrong names; the first run is killed twice
    year.until(_at(august, 4), STEP)
    _deliver(settings, august, "gusu", "sip")
    runs.kills = 2
    year.settle()
    year.until(_at(august, 4, 13), timedelta(minutes=5))
    wrong = settings.raw / "2022-8" / "320571"
    wrong.parent.mkdir()
    report(settings.raw, "sip", august)
    (settings.raw / "2022-08" / "320571").rename(wrong)
    year.settle()
    year.until(_at(august, 6, 6), STEP)
    year.schedule()
    wrong.rename(settings.raw / "2022-08" / "320571")
    wrong.parent.rmdir()
    year.settle()
    year.until(_at(august, 9), STEP)
    report(settings.raw, "gusu", august)
    year.settle()

    # a wrong file, then the right one; the next but one month is laid long before it comes
    year.until(_at(september, 2), STEP)
    _deliver(settings, september, "gusu")
    (settings.raw / "2022-09" / "320508").mkdir()
    (settings.raw / "2022-09" / "320508" / "monthly_report.xlsx").write_bytes(b"no workbook")
    _deliver(settings, november)
    year.settle()
    year.until(_at(september, 4), STEP)
    report(settings.raw, "gusu", september)
    year.settle()
    year.until(_at(september, 6, 6), STEP)
    year.schedule()

    # delivered twice without a change, then taken out of the folder
    year.until(_at(october, 3), STEP)
    _deliver(settings, october)
    year.settle()
    for path in (settings.raw / "2022-10").glob("*/*.xlsx"):
        path.touch()
    year.settle()
    next((settings.raw / "2022-10" / "320508").glob("*.xlsx")).unlink()
    year.settle()
    year.until(_at(october, 6, 6), STEP)
    year.schedule()

    # killed whenever it is tried: given up, until a delivery changes
    year.until(_at(december, 3), STEP)
    _deliver(settings, december)
    runs.kills = 9
    year.settle()
    year.until(_at(december, 4), timedelta(minutes=30))
    runs.kills = 0
    year.until(_at(december, 6, 6), STEP)
    year.schedule()
    report(settings.raw, "gusu", december, completed_count=32)
    year.settle()
    year.until(_at(december, 20), STEP)

    ledger = Ledger(settings.ledger)
    assert [month for month in MONTHS if not is_current(settings, ledger, month)] == []
    assert ledger.months_of_arrivals() == MONTHS
    assert year.runs == [
        "08-03 10:01 2022-07 sensor all",
        "08-03 11:01 2022-07 sensor city+gusu",
        # killed twice: again after 5 and after 30 minutes
        "09-04 10:01 2022-08 sensor all killed",
    ]
    assert year.told == []
