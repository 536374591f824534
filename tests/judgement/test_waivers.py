"""Waivers: the records they let pass, for how long, and what may not be waived."""

from __future__ import annotations

import pytest
from decisions import Gusu, verdict_of, waiver
from deliver import OCTOBER, building, case, folder, workbook

from expectations.rule_files import load_rulebooks
from orchestration.judgement.district import DELIVERY
from orchestration.judgement.waivers import is_waivable

#: A fifth building whose one storey is thirty metres high: true, and out of the band.
THEATRE = building(5, floors_above=1, height_m=30)


def test_a_waived_record_passes_and_others_still_fail(gusu: Gusu) -> None:
    gusu.survey(THEATRE, building(251, floors_above=1, height_m=30))
    before = verdict_of(gusu.judge()["building_survey"], "BS-212")
    assert (before.outcome, before.failing_count, before.reason) == ("fail", 2, None)
    gusu.decide(waivers=(waiver(),))
    judged = gusu.judge()
    survey = judged["building_survey"]
    after = verdict_of(survey, "BS-212")
    assert (after.outcome, after.failing_count) == ("fail", 1)
    assert after.reason == "1 行按豁免放行"
    assert after.checked_count == before.checked_count
    assert gusu.found(survey, "BS-212") == ["32050800000251"]
    assert gusu.outcomes(judged, "waivers") == [("applied", 1)]


def test_a_rule_with_all_its_failures_waived_passes(gusu: Gusu) -> None:
    gusu.survey(THEATRE)
    gusu.decide(waivers=(waiver(),))
    survey = gusu.judge()["building_survey"]
    verdict = verdict_of(survey, "BS-212")
    assert (verdict.outcome, verdict.failing_count, verdict.reason) == ("pass", 0, "1 行按豁免放行")
    assert gusu.stored(survey, "findings") == []


def test_a_waiver_ends_and_the_finding_comes_back_by_itself(gusu: Gusu) -> None:
    november = OCTOBER.shift(1)
    for month in (OCTOBER, november):
        gusu.survey(THEATRE, month=month)
    gusu.decide(waivers=(waiver(valid_until="2022-10"),))
    assert verdict_of(gusu.judge()["building_survey"], "BS-212").outcome == "pass"
    judged = gusu.judge(november)
    assert verdict_of(judged["building_survey"], "BS-212").outcome == "fail"
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
    verdict = verdict_of(judged["alteration_cases"], "AC-501")
    assert (verdict.outcome, verdict.failing_count) == ("fail", 1)
    assert gusu.found(judged["alteration_cases"], "AC-501") == ["GS202200002"]
    assert gusu.outcomes(judged, "waivers") == [("applied", 1)]


def test_only_what_can_be_counted_as_it_stands_may_be_waived() -> None:
    rules = {rule.id: rule for book in load_rulebooks().values() for rule in book.rules}
    waivable = {rule_id for rule_id, rule in rules.items() if is_waivable(rule)}
    quarantining = {rule_id for rule_id in waivable if rules[rule_id].severity == "quarantine"}
    assert {rules[rule_id].test.check for rule_id in quarantining} == {"not_after_as_at"}
    assert {"BS-212", "AC-501", "MR-501"} <= waivable
    assert not {"ST-001", "ST-009", "ST-020", "BS-101", "BS-103", "BS-107", "BS-301"} & waivable
