"""A district's month: what is accepted, quarantined, reused, and made anew when damaged."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, building, delimited, folder, report, workbook

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.ingest.reading import ConservationError
from orchestration.judgement.district import judge_district_month
from orchestration.judgement.within_delivery import DeliveryJudgement, judge_delivery
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import ArchiveDamageError
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement


@pytest.fixture
def judge(settings: Settings, ledger: Ledger, readers: ReaderPool) -> object:
    def run(month: Month = OCTOBER) -> dict[str, Judgement]:
        judged = judge_district_month(settings, ledger, readers.read, month, "gusu")
        run.is_new = judged.is_new  # type: ignore[attr-defined]
        return {judgement.kind: judgement for judgement in judged.judgements}

    return run


def _outcomes(judgement: Judgement) -> dict[str, str]:
    return {verdict.rule_id: verdict.outcome for verdict in judgement.verdicts}


def _findings(settings: Settings, judgement: Judgement, rule_id: str) -> list[dict[str, object]]:
    rows = pq.read_table(settings.home / judgement.files["findings"].path).to_pylist()
    return [row for row in rows if row["rule_id"] == rule_id]


def test_the_same_work_is_not_done_twice(settings: Settings, judge) -> None:
    report(settings.raw, "gusu")
    judge()
    assert judge.is_new
    judge()
    assert not judge.is_new
    report(settings.raw, "gusu", verified_count=29)
    judge()
    assert judge.is_new


def test_a_removed_file_changes_nothing(settings: Settings, judge) -> None:
    path = report(settings.raw, "gusu")
    before = judge()
    path.unlink()
    assert judge() == before


def test_a_ledger_with_few_bad_rows_is_accepted_without_them(settings: Settings, judge) -> None:
    rows = [building(n) for n in range(1, 201)]
    rows[4] |= {"floor_area_m2": None}
    rows[7] |= {"use": "住人"}
    workbook(folder(settings.raw, "gusu") / "building_survey.xlsx", "building_survey", rows)
    judged = judge()["building_survey"]
    assert judged.state == "accepted_with_quarantine"
    assert (judged.accepted_count, judged.quarantined_count) == (199, 1)
    assert judged.row_count == 200 + (judged.itemised_count or 0)
    quarantined = pq.read_table(settings.home / judged.files["quarantine"].path).to_pylist()
    assert [(row["row_number"], row["rule_ids"]) for row in quarantined] == [(7, "BS-102")]
    [finding] = _findings(settings, judged, "BS-113")
    assert (finding["field"], finding["row_number"], finding["record_key"]) == (
        "use",
        10,
        "32050800000008",
    )


def test_more_than_a_hundredth_in_quarantine_refuses_the_delivery(
    settings: Settings, judge
) -> None:
    rows = [building(n) for n in range(1, 100)]
    rows[4] |= {"floor_area_m2": None}
    workbook(folder(settings.raw, "gusu") / "building_survey.xlsx", "building_survey", rows)
    judged = judge()["building_survey"]
    assert judged.state == "refused"
    assert (judged.accepted_count, judged.quarantined_count) == (0, 99)
    limit = next(v for v in judged.verdicts if v.rule_id == "ST-020")
    assert (limit.outcome, limit.failing_count, limit.checked_count) == ("fail", 1, 99)


def test_personal_cells_leave_the_archive_as_states_only(settings: Settings, judge) -> None:
    rows = [building(1, owner_name="王小明", owner_phone="13912345678", remark="电13912345678")]
    delimited(folder(settings.raw, "gusu") / "building_survey.csv", "building_survey", rows)
    judge()
    for path in settings.home.rglob("*"):
        if path.is_file() and not path.is_relative_to(settings.archive):
            content = path.read_bytes()
            if path.suffix == ".parquet":
                content = str(pq.read_table(path).to_pylist()).encode()
            assert "王小明".encode() not in content, path
            assert b"13912345678" not in content, path


def test_a_row_that_nobody_kept_stops_the_work_and_is_not_recorded(
    settings: Settings, ledger: Ledger, judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(*arguments: Any) -> DeliveryJudgement:
        """Refuse a delivery, but by no rule, so that its rows are written nowhere."""
        return replace(judge_delivery(*arguments), state="refused")

    monkeypatch.setattr("orchestration.judgement.steps.judge_delivery", forgetful)
    report(settings.raw, "gusu")
    with pytest.raises(ConservationError, match="gusu monthly_report: 5 rows in the file, 4"):
        judge()
    assert ledger.judgements(OCTOBER) == []


def test_damaged_rows_that_the_archive_cannot_give_again_stop_the_work(
    settings: Settings, judge
) -> None:
    report(settings.raw, "gusu", OCTOBER.previous)
    september = judge(OCTOBER.previous)["monthly_report"]
    (settings.home / september.files["accepted"].path).unlink()
    shutil.rmtree(settings.landing)
    shutil.rmtree(settings.raw / "2022-09")
    shutil.rmtree(settings.archive)
    report(settings.raw, "gusu")
    with pytest.raises(ArchiveDamageError, match="restore it from the backup"):
        judge()


def _nothing(settings: Settings, kind: str, title: str | None = None) -> None:
    workbook(folder(settings.raw, "gusu") / f"{kind}.xlsx", kind, [], title=title)


@pytest.mark.parametrize("kind", ["alteration_cases", "building_changes", "danger_cases"])
def test_a_ledger_with_nothing_to_tell_is_accepted_as_zero_rows(
    settings: Settings, judge, kind: str
) -> None:
    _nothing(settings, kind)
    judged = judge()[kind]
    assert (judged.state, judged.accepted_count, judged.quarantined_count) == ("accepted", 0, 0)
    assert (judged.row_count, judged.as_at) == (judged.itemised_count, "2022-10-31")
    assert pq.read_table(settings.home / judged.files["accepted"].path).num_rows == 0
    assert set(_outcomes(judged).values()) <= {"pass", "not_applicable"}


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("building_survey", None),
        ("monthly_report", None),
        ("alteration_cases", "姑苏区违法拆改受理台账"),
    ],
)
def test_nothing_is_no_zero_where_there_must_be_something_or_no_month_is_named(
    settings: Settings, judge, kind: str, title: str | None
) -> None:
    _nothing(settings, kind, title)
    judged = judge()[kind]
    assert (judged.state, _outcomes(judged)["ST-006"]) == ("refused", "fail")
    assert "accepted" not in judged.files


@pytest.mark.parametrize("name", ["accepted", "quarantine", "findings"])
@pytest.mark.parametrize("is_lost", [True, False])
def test_what_was_stored_and_is_damaged_is_judged_anew(
    settings: Settings, judge, name: str, is_lost: bool
) -> None:
    report(settings.raw, "gusu")
    stored = settings.home / judge()["monthly_report"].files[name].path
    whole = stored.read_bytes()
    _damage(stored, is_lost)
    judged = judge()
    assert judge.is_new
    assert stored.read_bytes() == whole
    assert judged["monthly_report"].files[name].sha256 == sha256_of(stored)


def test_damaged_rows_of_earlier_months_and_versions_are_made_anew_on_the_way(
    settings: Settings, ledger: Ledger, judge
) -> None:
    september = OCTOBER.previous
    report(settings.raw, "gusu", september)
    earlier = settings.home / judge(september)["monthly_report"].files["accepted"].path
    report(settings.raw, "gusu")
    former = settings.home / judge()["monthly_report"].files["findings"].path
    report(settings.raw, "gusu", verified_count=29)
    current = judge()
    whole = [path.read_bytes() for path in (earlier, former)]
    for path in (earlier, former):
        _damage(path, is_lost=False)
    judged = judge()
    assert [path.read_bytes() for path in (earlier, former)] == whole
    assert judged == current
    # the later version is the one that counts, whatever was judged last
    assert {j.kind: j for j in ledger.judgements(OCTOBER, "gusu")} == current


def _damage(path: Path, is_lost: bool) -> None:
    if is_lost:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"X")
