"""Waivers and corrections: what they let pass or replace, and what they may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from decisions import correction, waiver, write_decisions
from deliver import OCTOBER, building, case, folder, report, workbook

from expectations.rulebook import load_rulebooks
from orchestration.ingest.readers import ReaderPool
from orchestration.judgement.corrections import CORRECTIONS_SEED, corrections_of
from orchestration.judgement.decisions import DecisionError
from orchestration.judgement.district import DELIVERY, is_judged, judge_district_month
from orchestration.judgement.waivers import WAIVERS_SEED, is_waivable, waivers_of
from orchestration.months import Month
from orchestration.settings import SEEDS_DIR, Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement, Verdict

Rows = list[dict[str, Any]]
#: A fifth building whose one storey is thirty metres high: true, and out of the band.
THEATRE = building(5, floors_above=1, height_m=30)


class Gusu:
    """A district's months, judged under the decisions last given."""

    def __init__(self, settings: Settings, ledger: Ledger, readers: ReaderPool) -> None:
        self.settings = replace(settings, decisions=settings.home.parent / "decisions")
        self.decide()
        self._ledger, self._readers = ledger, readers

    def decide(self, **decisions: Any) -> None:
        write_decisions(self.settings.decisions, **decisions)

    def survey(
        self, fifth: dict[str, Any], *others: dict[str, Any], month: Month = OCTOBER
    ) -> Path:
        """Deliver 250 clean buildings but for the fifth, and others after them."""
        rows = [building(n) for n in range(1, 251) if n != 5]
        path = folder(self.settings.raw, "gusu", month) / "building_survey.xlsx"
        return workbook(path, "building_survey", [*rows, fifth, *others], month=month)

    def judge(self, month: Month = OCTOBER) -> dict[str, Judgement]:
        judged = judge_district_month(
            self.settings, self._ledger, self._readers.read, month, "gusu"
        )
        return {judgement.kind: judgement for judgement in judged.judgements}

    def is_judged(self, month: Month = OCTOBER, district_id: str = "gusu") -> bool:
        return is_judged(self.settings, self._ledger, month, district_id)

    def stored(self, judgement: Judgement, name: str) -> Rows:
        return pq.read_table(self.settings.home / judgement.files[name].path).to_pylist()

    def outcomes(self, judged: dict[str, Judgement], name: str) -> list[tuple[Any, ...]]:
        """Return (status, rows) of the waivers or (status, detail) of the corrections."""
        fact = "row_count" if name == "waivers" else "detail"
        return [(row["status"], row[fact]) for row in self.stored(judged[DELIVERY], name)]


@pytest.fixture
def gusu(settings: Settings, ledger: Ledger, readers: ReaderPool) -> Gusu:
    return Gusu(settings, ledger, readers)


def _verdict(judgement: Judgement, rule_id: str) -> Verdict:
    return next(v for v in judgement.verdicts if v.rule_id == rule_id)


def _found(gusu: Gusu, judgement: Judgement, rule_id: str) -> list[str]:
    findings = gusu.stored(judgement, "findings")
    return [row["record_key"] for row in findings if row["rule_id"] == rule_id]


def test_a_waived_record_passes_and_others_still_fail(gusu: Gusu) -> None:
    gusu.survey(THEATRE, building(251, floors_above=1, height_m=30))
    before = _verdict(gusu.judge()["building_survey"], "BS-212")
    assert (before.outcome, before.failing_count, before.reason) == ("fail", 2, None)
    gusu.decide(waivers=(waiver(),))
    judged = gusu.judge()
    survey = judged["building_survey"]
    after = _verdict(survey, "BS-212")
    assert (after.outcome, after.failing_count) == ("fail", 1)
    assert after.reason == "1 行按豁免放行"
    assert after.checked_count == before.checked_count
    assert _found(gusu, survey, "BS-212") == ["32050800000251"]
    assert gusu.outcomes(judged, "waivers") == [("applied", 1)]


def test_a_rule_with_all_its_failures_waived_passes(gusu: Gusu) -> None:
    gusu.survey(THEATRE)
    gusu.decide(waivers=(waiver(),))
    survey = gusu.judge()["building_survey"]
    verdict = _verdict(survey, "BS-212")
    assert (verdict.outcome, verdict.failing_count, verdict.reason) == ("pass", 0, "1 行按豁免放行")
    assert gusu.stored(survey, "findings") == []


def test_a_waiver_ends_and_the_finding_comes_back_by_itself(gusu: Gusu) -> None:
    november = OCTOBER.shift(1)
    for month in (OCTOBER, november):
        gusu.survey(THEATRE, month=month)
    gusu.decide(waivers=(waiver(valid_until="2022-10"),))
    assert _verdict(gusu.judge()["building_survey"], "BS-212").outcome == "pass"
    judged = gusu.judge(november)
    assert _verdict(judged["building_survey"], "BS-212").outcome == "fail"
    assert "waivers" not in judged[DELIVERY].files


@pytest.mark.parametrize("delivered", [True, False])
def test_a_waiver_that_lets_nothing_pass_is_told_as_unused(gusu: Gusu, delivered: bool) -> None:
    if delivered:
        gusu.survey(building(5))
    gusu.decide(waivers=(waiver(),))
    assert gusu.outcomes(gusu.judge(), "waivers") == [("unused", 0)]


def test_a_waived_quarantine_rule_leaves_the_row_in_the_figures(gusu: Gusu) -> None:
    gusu.survey(building(5, surveyed_on="2022-11-01"))
    assert gusu.judge()["building_survey"].quarantined_count == 1
    gusu.decide(waivers=(waiver(rule_id="BS-108"),))
    survey = gusu.judge()["building_survey"]
    assert (survey.state, survey.accepted_count, survey.quarantined_count) == ("accepted", 250, 0)


def test_a_waived_case_passes_a_rule_across_months(gusu: Gusu) -> None:
    verified = {"received_on": "2022-09-02", "verified_on": "2022-09-05"}
    rows = [case(n, **verified, verification_result="属实") for n in (1, 2)]
    for month, listed in ((OCTOBER.previous, rows), (OCTOBER, [case(3)])):
        path = folder(gusu.settings.raw, "gusu", month) / "alteration_cases.xlsx"
        workbook(path, "alteration_cases", listed, month=month)
        gusu.judge(month)
    waived = waiver(kind="alteration_cases", rule_id="AC-501", record_key="GS202200001")
    gusu.decide(waivers=(waived,))
    judged = gusu.judge()
    verdict = _verdict(judged["alteration_cases"], "AC-501")
    assert (verdict.outcome, verdict.failing_count) == ("fail", 1)
    assert _found(gusu, judged["alteration_cases"], "AC-501") == ["GS202200002"]
    assert gusu.outcomes(judged, "waivers") == [("applied", 1)]


def test_only_what_can_be_counted_as_it_stands_may_be_waived() -> None:
    rules = {rule.id: rule for book in load_rulebooks().values() for rule in book.rules}
    waivable = {rule_id for rule_id, rule in rules.items() if is_waivable(rule)}
    quarantining = {rule_id for rule_id in waivable if rules[rule_id].severity == "quarantine"}
    assert {rules[rule_id].test.check for rule_id in quarantining} == {"not_after_as_at"}
    assert {"BS-212", "AC-501", "MR-501"} <= waivable
    assert not {"ST-001", "ST-009", "ST-020", "BS-101", "BS-103", "BS-107", "BS-301"} & waivable


def test_a_correction_mends_a_quarantined_row(gusu: Gusu) -> None:
    gusu.survey(building(5, floor_area_m2=None))
    assert gusu.judge()["building_survey"].quarantined_count == 1
    gusu.decide(corrections=(correction(),))
    judged = gusu.judge()
    survey = judged["building_survey"]
    assert (survey.state, survey.quarantined_count) == ("accepted", 0)
    accepted = {r["building_id"]: r["floor_area_m2"] for r in gusu.stored(survey, "accepted")}
    assert accepted["32050800000005"] == "120.25"
    assert len(accepted) == 250
    [row] = gusu.stored(judged[DELIVERY], "corrections")
    assert (row["status"], row["detail"]) == ("applied", None)
    assert (row["file_name"], row["sheet"]) == ("building_survey.xlsx", "既有建筑排查台账")
    assert (row["row_number"], row["cell"]) == (252, "M252")


def test_landing_stays_as_delivered(gusu: Gusu) -> None:
    gusu.survey(building(5, floor_area_m2=None))
    gusu.decide(corrections=(correction(),))
    gusu.judge()
    [landing] = (gusu.settings.landing / "2022-10" / "gusu").glob("building_survey-?.parquet")
    rows = {r["building_id"]: r["floor_area_m2"] for r in pq.read_table(landing).to_pylist()}
    assert rows["32050800000005"] is None


def test_a_correction_cannot_smuggle_in_a_bad_row(gusu: Gusu) -> None:
    gusu.survey(building(5))
    gusu.decide(corrections=(correction(old_value="120.25", new_value="约120"),))
    judged = gusu.judge()
    survey = judged["building_survey"]
    [row] = gusu.stored(survey, "quarantine")
    assert (row["building_id"], row["rule_ids"]) == ("32050800000005", "BS-103")
    assert row["floor_area_m2"] == "约120"
    assert gusu.outcomes(judged, "corrections") == [("applied", None)]


@pytest.mark.parametrize(
    ("fifth", "changes", "status", "detail"),
    [
        ({"floor_area_m2": 130}, {}, "not_applied", "单元格的值既不是原值，也不是更正值"),
        ({"floor_area_m2": 120.25}, {}, "stale", "地区已改正，可删去这条更正"),
        ({}, {"record_key": "32050800009999"}, "not_applied", "报送中没有这条记录"),
        (
            {"building_id": "32050800000006"},
            {"record_key": "32050800000006"},
            "not_applied",
            "有 2",
        ),
        ({}, {"kind": "building_changes", "field": "change_type"}, "not_applied", "本月未报送"),
    ],
)
def test_a_correction_that_meets_another_value_changes_nothing(
    gusu: Gusu, fifth: dict[str, Any], changes: dict[str, Any], status: str, detail: str
) -> None:
    gusu.survey(building(5, **fifth))
    before = gusu.stored(gusu.judge()["building_survey"], "accepted")
    gusu.decide(corrections=(correction(**changes),))
    judged = gusu.judge()
    [(found, told)] = gusu.outcomes(judged, "corrections")
    assert found == status
    assert told.startswith(detail)
    assert gusu.stored(judged["building_survey"], "accepted") == before


def test_corrections_of_a_refused_delivery_are_not_applied(gusu: Gusu) -> None:
    path = gusu.survey(building(5, floor_area_m2=None))
    path.write_bytes(b"")
    gusu.decide(corrections=(correction(),))
    assert gusu.outcomes(gusu.judge(), "corrections") == [("not_applied", "报送已退回")]


def test_two_cells_of_one_record_are_corrected(gusu: Gusu) -> None:
    gusu.survey(building(5, floor_area_m2=None, use="住人"))
    use = correction(field="use", old_value="住人", new_value="居住")
    gusu.decide(corrections=(correction(), use))
    judged = gusu.judge()
    assert [status for status, _ in gusu.outcomes(judged, "corrections")] == ["applied"] * 2
    assert judged["building_survey"].quarantined_count == 0
    assert gusu.stored(judged["building_survey"], "findings") == []


def test_a_decision_judges_again_only_the_district_and_months_it_concerns(
    gusu: Gusu, ledger: Ledger, readers: ReaderPool
) -> None:
    november = OCTOBER.shift(1)
    places = [(OCTOBER, "gusu"), (november, "gusu"), (OCTOBER, "sip")]
    for month, district_id in places:
        report(gusu.settings.raw, district_id, month)
        judge_district_month(gusu.settings, ledger, readers.read, month, district_id)
    assert [gusu.is_judged(*place) for place in places] == [True] * 3
    gusu.decide(waivers=(waiver(valid_until="2022-10"),))
    assert [gusu.is_judged(*place) for place in places] == [False, True, True]
    gusu.decide(corrections=(correction(month="2022-11"),))
    assert [gusu.is_judged(*place) for place in places] == [True, False, True]
    gusu.decide()
    assert [gusu.is_judged(*place) for place in places] == [True] * 3


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"rule_id": "BS-999"}, "BS-999"),
        ({"rule_id": "MR-101"}, "MR-101"),
        ({"rule_id": "BS-103"}, "cannot be waived"),
        ({"rule_id": "ST-007"}, "cannot be waived"),
        ({"kind": "building_surveys"}, "no contract"),
        ({"kind": "building_codes", "rule_id": "CO-301"}, "does not deliver"),
        ({"district_id": "shanghai"}, "no district"),
        ({"record_key": " "}, "record_key"),
        ({"reason": ""}, "reason"),
        ({"reason": "见张某 13800001111"}, "identity number"),
        ({"waived_by": ""}, "waived_by"),
        ({"waived_on": "2022/11/3"}, "waived_on"),
        ({"valid_until": "2022-13"}, "2022-13"),
        ({"valid_until": "2022-09"}, "before it begins"),
    ],
)
def test_a_waiver_that_cannot_hold_names_file_and_line(
    tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    good = waiver(record_key="32050800000001")
    write_decisions(tmp_path, waivers=(good, waiver(**changes)))
    with pytest.raises(DecisionError, match=f"waivers.csv line 3: .*{named}"):
        waivers_of(tmp_path, OCTOBER, "gusu")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"field": "floor_area"}, "no field"),
        ({"field": "owner_phone"}, "personal"),
        ({"field": "remark"}, "free text"),
        ({"field": "building_id"}, "which record"),
        ({"field": "as_at"}, "which record or month"),
        ({"new_value": ""}, "the same"),
        ({"month": "October"}, "month"),
        ({"district_id": "city"}, "does not deliver"),
        ({"corrected_by": ""}, "corrected_by"),
        ({"corrected_on": "20221103"}, "YYYY-MM-DD"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_correction_that_cannot_hold_names_file_and_line(
    tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    write_decisions(tmp_path, corrections=(correction(**changes),))
    with pytest.raises(DecisionError, match=f"corrections.csv line 2: .*{named}"):
        corrections_of(tmp_path, OCTOBER, "gusu")


def test_two_decisions_on_one_thing_in_one_month_are_refused(tmp_path: Path) -> None:
    twice = (correction(), correction(new_value="121"))
    write_decisions(tmp_path, corrections=twice, waivers=(waiver(), waiver(valid_from="2022-12")))
    with pytest.raises(DecisionError, match="line 3: decides again what line 2 decides"):
        corrections_of(tmp_path, OCTOBER, "gusu")
    with pytest.raises(DecisionError, match="line 3: decides again what line 2 decides"):
        waivers_of(tmp_path, OCTOBER, "gusu")
    renewed = waiver(valid_from="2023-01", valid_until="2023-03")
    write_decisions(tmp_path, waivers=(waiver(), renewed))
    assert len(waivers_of(tmp_path, OCTOBER, "gusu")) == 1


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (b"reason", b"raeson", "line 1: columns"),
        ("剧院".encode(), "剧院".encode("gb18030"), "UTF-8"),
        (b"2022-12\r\n", b"\r\n", "line 2: valid_until"),
        (b",2022-12\r\n", b"\r\n", "line 2: not as many cells"),
        (b",2022-12\r\n", b",2022-12,more\r\n", "line 2: not as many cells"),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused(
    tmp_path: Path, old: bytes, new: bytes, named: str
) -> None:
    path = write_decisions(tmp_path, waivers=(waiver(),)) / WAIVERS_SEED
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    with pytest.raises(DecisionError, match=f"waivers.csv.*{named}"):
        waivers_of(tmp_path, OCTOBER, "gusu")


def test_the_projects_own_ledgers_can_be_read() -> None:
    check: tuple[Callable[..., Any], ...] = (waivers_of, corrections_of)
    for read in check:
        read(SEEDS_DIR, OCTOBER, "gusu")
    assert {WAIVERS_SEED, CORRECTIONS_SEED} <= {path.name for path in SEEDS_DIR.iterdir()}
