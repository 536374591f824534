"""The rules as SQL on ledgers and reports against each other and earlier months."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asked_rules import KIND_OF, Asked, answer
from deliver import Row, building, case, change, report_row

Measure = Callable[[int], float]
KINDS = ("monthly_report", "building_survey", "building_changes", "alteration_cases")
#: Asked about whole months in ``test_district_month``.
ASKED_OF_MONTHS = {"AC-301", "MR-401", "MR-402", "MR-501"}
TOWN = "平江街道"
VERIFIED = {"received_on": "2022-09-02", "verified_on": "2022-09-05", "verification_result": "属实"}
COMPLETED = VERIFIED | {"completed_on": "2022-09-20", "resolution": "加固"}
WITHDRAWN = {"withdrawn_on": "2022-10-05", "withdrawal_reason": "误报"}
FLOWS = (
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)


def flows(*counts: int) -> Row:
    return dict(zip(FLOWS, counts, strict=True))


def double(number: int, original: int) -> Row:
    """Return a case that a visit found to be the double of another."""
    found = {"verification_result": "重复受理", "duplicate_of": f"GS2022{original:05d}"}
    return case(number, **VERIFIED | found)


def town_of(count: int, area: Measure, height: Measure = lambda n: 5 + n / 10) -> list[Row]:
    """Return numbered buildings of one town, their areas and heights made from their number."""
    return [building(n, floor_area_m2=area(n), height_m=height(n)) for n in range(1, count + 1)]


WAITING = building(9, survey_status="待排查", surveyed_on=None)

ASKED = [
    Asked(
        "AC-501",
        "an open case is gone",
        [case(2)],
        [case(1, **VERIFIED)],
        findings=(("case_id", None, "GS202200001"),),
    ),
    Asked(
        "BS-501",
        "a building is gone",
        [building(2)],
        [building(1), building(2)],
        findings=(("building_id", None, "32050800000001"),),
    ),
    Asked(
        "AC-401",
        "the building is quarantined",
        [case(1, building_id="32050800000001")],
        beside={"building_survey": [building(2)]},
        unusable={"building_survey": [building(1)]},
    ),
    Asked(
        "AC-501",
        "an open case is quarantined now",
        [],
        [case(1, **VERIFIED)],
        unusable={"alteration_cases": [case(1, **VERIFIED)]},
    ),
    Asked(
        "BS-501",
        "a building is quarantined now",
        [],
        [building(1)],
        unusable={"building_survey": [building(1)]},
    ),
    Asked(
        "BC-402",
        "the new building is quarantined",
        [change(1, change_type="新增", old_building_id=None, new_building_id="32050800000001")],
        beside={"building_survey": [building(2)]},
        unusable={"building_survey": [building(1)]},
    ),
    Asked(
        "AC-401",
        "in the ledger, registered, or not known",
        [case(1, building_id="32050800000001"), case(2, building_id="32050800000002"), case(3)],
        beside={"building_survey": [building(1)], "building_changes": [change(2)]},
    ),
    Asked(
        "AC-401",
        "not in the ledger",
        [case(1, building_id="32050800000002")],
        beside={"building_survey": [building(1)]},
        findings=(("building_id", 3, "GS202200001"),),
    ),
    Asked(
        "AC-302",
        "ended once, or reopened after its first end",
        [
            case(1, **COMPLETED),
            case(2, **COMPLETED | WITHDRAWN | {"reopened_on": "2022-10-01"}),
        ],
    ),
    Asked(
        "AC-302",
        "withdrawn after its completion",
        [case(1, **COMPLETED | WITHDRAWN)],
        findings=(("withdrawn_on", 3, "GS202200001"),),
    ),
    Asked(
        "AC-303",
        "reopened after an end, or after a visit that dismissed it",
        [
            case(1, **COMPLETED | {"reopened_on": "2022-10-03"}),
            case(2, **VERIFIED | {"verification_result": "不属实", "reopened_on": "2022-10-03"}),
            case(3, **VERIFIED | {"reopened_on": "2022-09-04"}),
        ],
    ),
    Asked(
        "AC-303",
        "reopened while it was open",
        [
            case(1, **VERIFIED | {"reopened_on": "2022-10-03"}),
            case(2, reopened_on="2022-10-20"),
        ],
        findings=(
            ("reopened_on", 3, "GS202200001"),
            ("reopened_on", 4, "GS202200002"),
        ),
    ),
    Asked("AC-304", "doubles of an original", [case(1), double(2, 1), double(3, 2)]),
    Asked(
        "AC-304",
        "its own double, and two of each other",
        [double(1, 1), double(2, 3), double(3, 2), double(4, 2)],
        findings=tuple(("duplicate_of", n + 2, f"GS20220000{n}") for n in (1, 2, 3)),
    ),
    Asked(
        "AC-503", "nothing happened to an open case", [case(1, **VERIFIED)], [case(1, **VERIFIED)]
    ),
    Asked(
        "AC-503",
        "a completed case is listed again with all others",
        [case(1, **VERIFIED), case(2, **COMPLETED)],
        [case(1, **VERIFIED), case(2, **COMPLETED)],
        findings=(("case_id", None, "本地区"),),
    ),
    Asked(
        "AC-504",
        "reopened with its day, or still completed",
        [case(1, **COMPLETED | {"reopened_on": "2022-10-03"}), case(2, **COMPLETED)],
        [case(1, **COMPLETED), case(2, **COMPLETED)],
    ),
    Asked(
        "AC-504",
        "open again without a day",
        [case(1, **VERIFIED)],
        [case(1, **COMPLETED)],
        findings=(("reopened_on", 3, "GS202200001"),),
    ),
    Asked(
        "AC-504",
        "ended anew without a day of reopening",
        [case(1, **COMPLETED | {"completed_on": "2022-10-09"})],
        [case(1, **COMPLETED)],
        findings=(("reopened_on", 3, "GS202200001"),),
    ),
    Asked(
        "AC-505",
        "open, ended in the month, or ended and reopened and ended in it",
        [
            case(1, **VERIFIED),
            case(2, **COMPLETED | {"completed_on": "2022-10-09"}),
            case(3, **COMPLETED | {"completed_on": "2022-10-09", "reopened_on": "2022-10-05"}),
        ],
        [case(n, **VERIFIED) for n in (1, 2, 3)],
    ),
    Asked(
        "AC-505",
        "completed last month after all, or not confirmed after all",
        [case(1, **COMPLETED), case(2, **VERIFIED | {"verification_result": "不属实"})],
        [case(n, **VERIFIED) for n in (1, 2)],
        findings=tuple(("verified_on", n + 2, f"GS20220000{n}") for n in (1, 2)),
    ),
    Asked("AC-506", "of this month or last", [case(1), double(2, 1), double(3, 4)], [case(4)]),
    Asked(
        "AC-506",
        "of nobody's",
        [double(1, 2)],
        [case(4)],
        findings=(("duplicate_of", 3, "GS202200001"),),
    ),
    Asked(
        "AC-502",
        "an ended case open again is asked about elsewhere",
        [case(1, **VERIFIED)],
        [case(1, **COMPLETED)],
    ),
    Asked(
        "AC-502",
        "open when the month began, and not heard of",
        [case(1, **VERIFIED)],
        [case(2)],
        findings=(("verified_on", 3, "GS202200001"),),
    ),
    Asked(
        "BC-401",
        "gone, or also what became",
        [
            change(1),
            change(2, change_type="合并", new_building_id="32050800000002"),
            change(3, changed_on="2022-09-12"),
        ],
        beside={"building_survey": [building(2), building(3)]},
    ),
    Asked(
        "BC-401",
        "pulled down and still listed",
        [change(1)],
        beside={"building_survey": [building(1)]},
        findings=(("old_building_id", 3, "BG00001"),),
    ),
    Asked(
        "BC-402",
        "in the ledger, or ended by the next change",
        [
            change(1, change_type="重编", new_building_id="32050800000002"),
            change(2, change_type="重编", new_building_id="32050800000003"),
        ],
        beside={"building_survey": [building(3)]},
    ),
    Asked(
        "BC-402",
        "gone to another district, which numbers it, at once or later; come from one",
        [
            change(1, change_type="划转", new_building_id="32050700000001"),
            change(2, change_type="划转"),
            change(3, change_type="划转", new_building_id="32050800000003"),
            change(
                4,
                change_type="划转",
                old_building_id="32050700000009",
                new_building_id="32050800000005",
            ),
        ],
        beside={"building_survey": [building(5), building(6)]},
    ),
    Asked(
        "BC-402",
        "moved within the district, or come from another, and not in the ledger",
        [
            change(1, change_type="划转", new_building_id="32050800000007"),
            change(
                2,
                change_type="划转",
                old_building_id="32050700000009",
                new_building_id="32050800000008",
            ),
        ],
        beside={"building_survey": [building(5), building(6)]},
        findings=(
            ("new_building_id", 3, "BG00001"),
            ("new_building_id", 4, "BG00002"),
        ),
    ),
    Asked(
        "BC-402",
        "not in the ledger",
        [change(1, change_type="重编", new_building_id="32050800000002")],
        beside={"building_survey": [building(3)]},
        findings=(("new_building_id", 3, "BG00001"),),
    ),
    Asked(
        "BS-302",
        "communities as people write them",
        [
            building(1),
            building(2, town="平江", community="历史街区社区居委会"),
            building(3, town="不存在镇"),
        ],
    ),
    Asked(
        "BS-302",
        "a community of another town",
        [building(1), building(2, community="山塘社区")],
        findings=(("community", 4, "32050800000002"),),
    ),
    Asked(
        "BS-303",
        "areas of any ending, or too few",
        town_of(100, lambda n: 80 + n, lambda n: 6.1 + n % 3),
    ),
    Asked(
        "BS-303",
        "areas that end in 0 or 5",
        town_of(100, lambda n: 80 + 5 * n),
        findings=(("floor_area_m2", None, TOWN),),
    ),
    Asked("BS-304", "one area in ten ends in 00", town_of(100, lambda n: 100 + 10 * n)),
    Asked(
        "BS-304",
        "one area in two ends in 00",
        town_of(100, lambda n: 100 + 50 * n),
        findings=(("floor_area_m2", None, TOWN),),
    ),
    Asked("BS-304", "too few to tell", town_of(99, lambda n: 100 * n)),
    Asked("BS-305", "heights in decimetres", town_of(100, lambda n: 80 + n, lambda n: 5 + n / 10)),
    Asked(
        "BS-305",
        "heights in whole metres",
        town_of(100, lambda n: 80 + n, lambda n: 6 + n % 2),
        findings=(("height_m", None, TOWN),),
    ),
    Asked("BS-502", "a finished survey may stand still", [building(1)], [building(1)]),
    Asked(
        "BS-502",
        "a survey under way that moved",
        [building(1), WAITING | {"survey_status": "排查中"}],
        [building(1), WAITING],
    ),
    Asked(
        "BS-502",
        "a survey under way stands still",
        [building(1), WAITING],
        [building(1), WAITING],
        findings=(("survey_status", None, "本地区"),),
    ),
    Asked(
        "BS-502",
        "changes are registered and nothing moved",
        [building(1)],
        [building(1)],
        beside={"building_changes": [change(2)]},
        findings=(("survey_status", None, "本地区"),),
    ),
    Asked(
        "BS-503",
        "areas that were corrected or measured anew",
        [building(1), building(2), building(3, floor_area_m2=240.5)],
        [building(1), building(2, floor_area_m2=0.012), building(3)],
    ),
    Asked(
        "BS-503",
        "an area in 万平方米, and one ten thousandfold",
        [building(1), building(2, floor_area_m2=0.01), building(3, floor_area_m2=1202500)],
        [building(n) for n in (1, 2, 3)],
        findings=(("floor_area_m2", 4, "32050800000002"), ("floor_area_m2", 5, "32050800000003")),
    ),
    Asked(
        "MR-502",
        "few cases are the same by chance",
        [report_row("gusu", **flows(6, 0, 2, 2))],
        [report_row("gusu", **flows(6, 0, 2, 2))],
    ),
    Asked(
        "MR-502",
        "where the stocks are last month's too, fewer cases tell of a copy",
        [report_row("gusu", **flows(13, 0, 2, 2))],
        [report_row("gusu", **flows(13, 0, 2, 2))],
        findings=(("suspected_complaint_count", 3, "本地区"),),
    ),
    Asked(
        "MR-502",
        "the same few more cases with other stocks are no copy",
        [report_row("gusu", **flows(13, 0, 2, 2))],
        [report_row("gusu", surveyed_building_count=49600, **flows(13, 0, 2, 2))],
    ),
    Asked(
        "MR-502",
        "one figure differs",
        [report_row("gusu", **flows(28, 8, 30, 32))],
        [report_row("gusu")],
    ),
    Asked(
        "MR-502", "the note says so", [report_row("gusu", note="确实相同")], [report_row("gusu")]
    ),
    Asked(
        "MR-502",
        "last month's figures",
        [report_row("gusu")],
        [report_row("gusu")],
        findings=(("suspected_complaint_count", 3, "本地区"),),
    ),
    Asked(
        "MR-503",
        "a stock that grew",
        [report_row("gusu", surveyed_floor_area_10k_m2=9000)],
        [report_row("gusu")],
    ),
    Asked(
        "MR-503",
        "last month's area was in 平方米",
        [report_row("gusu")],
        [report_row("gusu", surveyed_floor_area_10k_m2=76582700)],
    ),
    Asked(
        "MR-503",
        "the mean area jumped",
        [report_row("gusu", surveyed_floor_area_10k_m2=9600)],
        [report_row("gusu")],
        findings=(("surveyed_floor_area_10k_m2", 3, "本地区"),),
    ),
    Asked(
        "MR-504",
        "small numbers leap by chance",
        [report_row("gusu", **flows(28, 16, 1, 8))],
        [report_row("gusu", **flows(60, 5, 3, 1))],
    ),
    Asked(
        "MR-504",
        "a leap, a fall, and one that is explained by chance",
        [report_row("gusu", **flows(90, 2, 30, 7))],
        [report_row("gusu", **flows(28, 20, 30, 2))],
        findings=(
            ("suspected_complaint_count", 3, "本地区"),
            ("suspected_patrol_count", 3, "本地区"),
        ),
    ),
    Asked(
        "MR-504",
        "the note says why",
        [report_row("gusu", note="专项行动", **flows(90, 2, 30, 7))],
        [report_row("gusu")],
    ),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.rule_id} {asked.says}")
def test_the_rule_finds_what_is_wrong_and_nothing_else(asked: Asked, tmp_path: Path) -> None:
    assert answer(asked, tmp_path) == asked.findings


def test_every_sql_rule_of_these_kinds_passes_and_fails_somewhere() -> None:
    asked = {rule_id for rule_id, kind in KIND_OF.items() if kind in KINDS} - ASKED_OF_MONTHS
    assert {a.rule_id for a in ASKED if a.findings} == asked
    assert {a.rule_id for a in ASKED if not a.findings} == asked
