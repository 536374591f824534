"""Which months are due, asked of what lies in raw and of the ledger alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from deliver import OCTOBER, report
from month_installation import Installation

from orchestration.judgement.district import judge_district_month
from orchestration.operations.due import due_months
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import MissingFolderError, Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger

NOW = datetime(2022, 11, 6, 9, tzinfo=SUZHOU)
FUTURE = Month(2023, 2)


def _due(settings: Settings, now: datetime = NOW) -> dict[str, str]:
    """Return why each month is due."""
    return {str(d.month): d.reason for d in due_months(settings, Ledger(settings.ledger), now)}


def test_an_empty_home_owes_every_month_that_lies_there(settings: Settings) -> None:
    for month in (Month(2022, 8), Month(2022, 9), OCTOBER):
        report(settings.raw, "gusu", month)
    assert _due(settings) == {"2022-08": "judge", "2022-09": "judge", "2022-10": "judge"}
    # asking again, or by another process, changes nothing
    assert len(_due(settings)) == 3
    assert not list(settings.archive.rglob("*.xlsx"))
    assert Ledger(settings.ledger).months_of_arrivals() == []


def test_a_file_laid_early_is_due_when_its_month_has_come(settings: Settings) -> None:
    report(settings.raw, "gusu", FUTURE)
    assert _due(settings) == {}
    assert _due(settings, datetime(2023, 1, 31, 23, 59, tzinfo=SUZHOU)) == {}
    assert _due(settings, datetime(2023, 2, 1, tzinfo=SUZHOU)) == {"2023-02": "judge"}


def test_judged_is_not_published(settings: Settings, ledger: Ledger, readers) -> None:
    report(settings.raw, "gusu")
    before = due_months(settings, ledger, NOW)[0]
    assert set(before.district_ids) == set(district_ids())
    for district_id in district_ids():
        judge_district_month(settings, ledger, readers.read, OCTOBER, district_id)
    [due] = due_months(settings, ledger, NOW)
    assert (due.reason, due.district_ids) == ("publish", ())
    # a run that failed after judging is still a try at the same inputs
    assert due.inputs == before.inputs
    report(settings.raw, "sip")
    [due] = due_months(settings, ledger, NOW)
    assert (due.reason, due.district_ids) == ("judge", ("sip",))
    assert due.inputs != before.inputs


def test_files_that_are_no_delivery_are_judged_and_not_published(
    settings: Settings, ledger: Ledger, readers
) -> None:
    place = settings.raw / "2022-10" / "320508"
    place.mkdir(parents=True)
    (place / "说明.txt").write_text("。", encoding="utf-8")
    assert _due(settings) == {"2022-10": "judge"}
    for district_id in district_ids():
        judge_district_month(settings, ledger, readers.read, OCTOBER, district_id)
    assert _due(settings) == {}


def test_a_missing_folder_is_not_an_empty_one(settings: Settings) -> None:
    settings.raw.rmdir()
    with pytest.raises(MissingFolderError):
        _due(settings)


@pytest.fixture
def published(after_october: Installation) -> Settings:
    return after_october.settings


def _same_file_again(settings: Settings) -> None:
    for path in (settings.raw / "2022-10").glob("*/*.xlsx"):
        path.touch()


def _removed_file(settings: Settings) -> None:
    next((settings.raw / "2022-10").glob("*/*.xlsx")).unlink()


def _changed_file(settings: Settings) -> None:
    report(settings.raw, "gusu", completed_count=32)


def _new_text(settings: Settings) -> None:
    settings.editorial("2022-10").write_text("# 部门动态\n", encoding="utf-8")


def _lost_page(settings: Settings) -> None:
    (settings.published / "2022-10" / "quality.html").unlink()


def _lost_memory(settings: Settings) -> None:
    (settings.internal / "due.json").write_text("[1]", encoding="utf-8")


@pytest.mark.parametrize(
    ("happens", "due"),
    [
        (_same_file_again, {}),
        (_removed_file, {}),
        (_lost_memory, {}),
        (_changed_file, {"2022-10": "judge"}),
        (_new_text, {"2022-10": "publish"}),
        (_lost_page, {"2022-10": "publish"}),
    ],
)
def test_a_published_month_is_due_only_if_something_has_changed(
    published: Settings, happens, due: dict[str, str]
) -> None:
    assert _due(published) == {}
    ledger_before = sha256_of(Path(published.ledger))
    happens(published)
    assert _due(published) == due
    assert sha256_of(Path(published.ledger)) == ledger_before
