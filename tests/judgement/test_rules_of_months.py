"""Rules on a month as a whole: its report against its ledgers, and the month before."""

from __future__ import annotations

from pathlib import Path

import pytest
from decisions import Gusu, verdict_of
from deliver import OCTOBER, building, case, change, folder, report, report_row, workbook

from orchestration.reference.months import Month


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "fail"),
        ({"note": "核减重复登记"}, "pass"),
        ({"surveyed_building_count": 49684}, "pass"),
    ],
)
def test_a_fall_of_the_stock_is_explained_or_flagged(
    gusu: Gusu, changes: dict[str, object], outcome: str
) -> None:
    report(gusu.settings.raw, "gusu", OCTOBER.previous, surveyed_building_count=49684)
    september = gusu.judge(OCTOBER.previous)["monthly_report"]
    assert verdict_of(september, "MR-501").outcome == "not_applicable"
    report(gusu.settings.raw, "gusu", **changes)
    assert verdict_of(gusu.judge()["monthly_report"], "MR-501").outcome == outcome


def test_a_registered_demolition_explains_a_fall(gusu: Gusu) -> None:
    report(gusu.settings.raw, "gusu", OCTOBER.previous, surveyed_building_count=49684)
    gusu.judge(OCTOBER.previous)
    report(gusu.settings.raw, "gusu")
    path = folder(gusu.settings.raw, "gusu") / "building_changes.xlsx"
    workbook(path, "building_changes", [change(1)])
    assert verdict_of(gusu.judge()["monthly_report"], "MR-501").outcome == "pass"


def test_the_report_is_held_against_the_ledgers(gusu: Gusu) -> None:
    place = folder(gusu.settings.raw, "gusu")
    row = report_row(
        "gusu",
        surveyed_building_count=2,
        surveyed_floor_area_10k_m2=0.02,
        suspected_complaint_count=1,
        suspected_patrol_count=0,
        verified_count=1,
        completed_count=0,
    )
    workbook(place / "monthly_report.xlsx", "monthly_report", [row])
    survey = [building(1), building(2), building(3, survey_status="待排查", surveyed_on=None)]
    workbook(place / "building_survey.xlsx", "building_survey", survey)
    cases = [case(1, verified_on="2022-10-09", verification_result="属实")]
    workbook(place / "alteration_cases.xlsx", "alteration_cases", cases)
    judged = gusu.judge()["monthly_report"]
    assert verdict_of(judged, "MR-401").outcome == "pass"
    assert verdict_of(judged, "MR-402").outcome == "pass"
    row |= {"surveyed_building_count": 3, "completed_count": 1}
    workbook(place / "monthly_report.xlsx", "monthly_report", [row])
    judged = gusu.judge()["monthly_report"]
    assert [
        (row["rule_id"], row["field"], row["cell"])
        for row in gusu.stored(judged, "findings")
        if row["rule_id"] in ("MR-401", "MR-402")
    ] == [("MR-401", "surveyed_building_count", "B4"), ("MR-402", "completed_count", "G4")]


def test_a_vanished_building_is_registered_or_found(gusu: Gusu) -> None:
    def survey(month: Month, numbers: range) -> Path:
        path = folder(gusu.settings.raw, "gusu", month) / "building_survey.xlsx"
        rows = [building(n) for n in numbers]
        return workbook(path, "building_survey", rows, month=month)

    survey(OCTOBER.previous, range(1, 5))
    gusu.judge(OCTOBER.previous)
    survey(OCTOBER, range(2, 4))
    path = folder(gusu.settings.raw, "gusu") / "building_changes.xlsx"
    workbook(path, "building_changes", [change(1)])
    judged = gusu.judge()["building_survey"]
    assert gusu.found(judged, "BS-501") == ["32050800000004"]


VERIFIED = {"received_on": "2022-09-02", "verified_on": "2022-09-05", "verification_result": "属实"}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        (VERIFIED, "pass"),
        (VERIFIED | {"completed_on": "2022-10-05", "resolution": "加固"}, "pass"),
        (VERIFIED | {"withdrawn_on": "2022-10-05", "withdrawal_reason": "误报"}, "pass"),
        (
            VERIFIED
            | {"completed_on": "2022-09-20", "resolution": "加固", "reopened_on": "2022-10-03"},
            "pass",
        ),
        # completed without ever having been verified: it never was in the backlog
        ({"completed_on": "2022-10-20", "resolution": "加固"}, "fail"),
        # reopened although it was open all along
        (VERIFIED | {"reopened_on": "2022-10-03"}, "fail"),
    ],
)
def test_the_backlog_of_cases_balances(
    gusu: Gusu, changes: dict[str, object], outcome: str
) -> None:
    path = folder(gusu.settings.raw, "gusu") / "alteration_cases.xlsx"
    workbook(path, "alteration_cases", [case(1), case(2, **changes)])
    judged = gusu.judge()["alteration_cases"]
    assert verdict_of(judged, "AC-301").outcome == outcome
    assert gusu.found(judged, "AC-301") == ([] if outcome == "pass" else ["GS202200002"])


def test_the_opening_backlog_equals_last_months_closing(gusu: Gusu) -> None:
    def cases(month: Month, rows: list[dict[str, object]]) -> None:
        path = folder(gusu.settings.raw, "gusu", month) / "alteration_cases.xlsx"
        workbook(path, "alteration_cases", rows, month=month)

    cases(OCTOBER.previous, [case(n, **VERIFIED) for n in (1, 2)])
    september = gusu.judge(OCTOBER.previous)["alteration_cases"]
    assert verdict_of(september, "AC-501").outcome == "not_applicable"
    cases(OCTOBER, [case(n, **VERIFIED) for n in (2, 3)])
    judged = gusu.judge()["alteration_cases"]
    assert gusu.found(judged, "AC-501") == ["GS202200001"]
    assert gusu.found(judged, "AC-502") == ["GS202200003"]


def test_an_empty_ledger_cannot_hide_last_months_backlog(gusu: Gusu) -> None:
    september = OCTOBER.previous
    place = folder(gusu.settings.raw, "gusu", september) / "alteration_cases.xlsx"
    workbook(place, "alteration_cases", [case(1, **VERIFIED)], month=september)
    gusu.judge(september)
    empty = folder(gusu.settings.raw, "gusu") / "alteration_cases.xlsx"
    workbook(empty, "alteration_cases", [])
    assert verdict_of(gusu.judge()["alteration_cases"], "AC-501").outcome == "fail"
