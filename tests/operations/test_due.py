"""Which months are due, asked of what lies in raw and of the ledger alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from decisions import waiver, write_decisions
from deliver import OCTOBER, report
from month_installation import Installation

from orchestration.console.monthly.staleness import is_stale
from orchestration.judgement import district
from orchestration.judgement.district import judge_district_month
from orchestration.modelling import up_to_date
from orchestration.operations import due as due_module
from orchestration.operations.due import due_months, stale_months
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import MissingFolderError, Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.match_decisions import MatchDecision, MatchDecisions
from orchestration.store.releases import Decision

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


@pytest.fixture
def upgraded(published: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The published home under a program of another version."""
    for module in (up_to_date, due_module):
        monkeypatch.setattr(module, "month_code_version", lambda: "next")
    monkeypatch.setattr(district, "judge_version", lambda: "next")
    return published


def _stale(settings: Settings, now: datetime = NOW) -> list[str]:
    return list(map(str, stale_months(settings, Ledger(settings.ledger), now)))


def test_another_program_runs_only_what_is_open(upgraded: Settings) -> None:
    # October is under way, and nothing later was delivered
    assert (_due(upgraded), _stale(upgraded)) == ({"2022-10": "program"}, [])
    [due] = due_months(upgraded, Ledger(upgraded.ledger), NOW)
    assert set(due.district_ids) == set(district_ids())
    assert is_stale(upgraded, OCTOBER), "as fangan status says"
    # a year later it is still the last one
    year_later = datetime(2023, 11, 6, 9, tzinfo=SUZHOU)
    assert _due(upgraded, year_later) == {"2022-10": "program"}
    report(upgraded.raw, "gusu", FUTURE)
    assert _due(upgraded, year_later) == {"2023-02": "judge"}
    assert _stale(upgraded, year_later) == ["2022-10"]
    # what came for a past month is due as ever, and then all of it is judged by one program
    report(upgraded.raw, "gusu", completed_count=32)
    october, _ = due_months(upgraded, Ledger(upgraded.ledger), year_later)
    assert (october.reason, set(october.district_ids)) == ("judge", set(district_ids()))
    assert _stale(upgraded, year_later) == []


def test_another_program_leaves_a_released_month_alone(upgraded: Settings) -> None:
    ledger = Ledger(upgraded.ledger)
    published = ledger.published_fingerprint(OCTOBER)
    assert published
    ledger.decide(Decision(OCTOBER, 1, "release", NOW, "说明", "王科员", status="provisional"))
    released = up_to_date.month_fingerprint(upgraded, ledger, OCTOBER)
    ledger.record_publication(OCTOBER, f"{released.partition('-')[0]}-former")
    assert (_due(upgraded), _stale(upgraded)) == ({}, [])


def test_a_home_from_before_fingerprints_had_parts(upgraded: Settings) -> None:
    ledger = Ledger(upgraded.ledger)
    with ledger._connection() as connection:
        # what no program does: the ledger only grows
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'"):
            connection.execute(f"drop trigger {name}")
        connection.execute("update judgement set fingerprint = substr(fingerprint, 1, 16)")
        connection.execute("update publication set fingerprint = substr(fingerprint, 1, 16)")
    assert _due(upgraded) == {"2022-10": "program"}
    report(upgraded.raw, "gusu", completed_count=32)
    assert _due(upgraded) == {"2022-10": "judge"}


def test_a_new_decision_file_makes_its_months_due(published: Settings) -> None:
    settings = replace(published, decisions=published.home.parent / "decisions")
    write_decisions(settings.decisions)
    assert _due(settings) == {}
    write_decisions(settings.decisions, waivers=(waiver(valid_from="2022-11"),))
    assert _due(settings) == {}
    write_decisions(settings.decisions, waivers=(waiver(),))
    [due] = due_months(settings, Ledger(settings.ledger), NOW)
    assert (due.reason, due.district_ids) == ("judge", ("gusu",))


def test_a_clerks_answer_makes_a_month_with_codes_due(
    published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = MatchDecision("3205080000001", "DZ01", "same", "王科员", "2022-11-05")
    answers = MatchDecisions(published.ledger)
    answers.record([answer])
    assert _due(published) == {}, "October has no codes"
    monkeypatch.setattr(up_to_date, "is_matched", lambda *_: True)
    ledger = Ledger(published.ledger)
    current = up_to_date.month_fingerprint(published, ledger, OCTOBER)
    ledger.record_publication(OCTOBER, current)
    assert _due(published) == {}
    answers.record([replace(answer, verdict="different")])
    assert _due(published) == {"2022-10": "publish"}


def test_it_is_remembered_since_when_a_month_is_due(published: Settings) -> None:
    def since(now: datetime) -> list[datetime]:
        return [one.since for one in due_months(published, Ledger(published.ledger), now)]

    later = NOW + timedelta(hours=3)
    assert since(NOW) == []
    report(published.raw, "gusu", completed_count=32)
    assert [since(at) for at in (NOW, later)] == [[NOW], [NOW]]
    report(published.raw, "gusu", completed_count=33)
    assert since(later) == [NOW]
