"""The rules as SQL on dangerous buildings: each passes and fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from asked_rules import KIND_OF, Asked, answer
from deliver import building, change, danger

OFFICIAL = {"town": "平江", "community": "历史街区社区居委会"}
CLOSED = {"accepted_on": "2022-09-28", "closed_on": "2022-09-29", "closed_reason": "消险"}
AGAIN = {"appraisal_no": 2, "appraised_on": "2022-09-26", "appraisal_grade": "B"}
GRADED = {"appraised_on": "2022-09-12", "appraisal_grade": "C"}
SUPERVISED = {
    "appraisal_grade": "D",
    "next_step": "拆除",
    "next_step_on": "2022-11-15",
    "last_patrol_on": "2022-10-28",
}
FALSE_ALARM = {"closed_on": "2022-09-29", "closed_reason": "误报"}

ASKED = [
    Asked("DC-301", "two appraisals in order", [danger(1), danger(1, **AGAIN)]),
    Asked(
        "DC-301",
        "the second appraisal before the first",
        [danger(1), danger(1, **AGAIN | {"appraised_on": "2022-09-11"})],
        findings=(("appraised_on", 4, "WF00001"),),
    ),
    Asked(
        "DC-301",
        "the second appraisal of another building",
        [danger(1, **AGAIN, building_id="32050800000002"), danger(1)],
        findings=(("building_id", 3, "WF00001"),),
    ),
    Asked("DC-302", "communities as people write them", [danger(1), danger(2, **OFFICIAL)]),
    Asked(
        "DC-302",
        "a community of another town",
        [danger(1, community="山塘社区")],
        findings=(("community", 3, "WF00001 1"),),
    ),
    Asked(
        "DC-303",
        "eliminated, a false alarm after B, and one closed before it was appraised again",
        [
            danger(1, **CLOSED),
            danger(2, **FALSE_ALARM | {"appraisal_grade": "B"}),
            danger(3, **FALSE_ALARM),
            danger(3, **AGAIN),
        ],
    ),
    Asked(
        "DC-303",
        "a false alarm that was appraised C, and one graded down to C",
        [
            danger(1, **FALSE_ALARM),
            danger(2, appraisal_grade="D"),
            danger(
                2, **AGAIN | FALSE_ALARM | {"appraisal_grade": "C", "closed_reason": "复鉴降级"}
            ),
        ],
        findings=(("closed_reason", 3, "WF00001"), ("closed_reason", 5, "WF00002")),
    ),
    Asked(
        "DC-304",
        "all told of D, nothing of C nor of D that is closed or no longer the grade",
        [
            danger(1, **SUPERVISED),
            danger(2),
            danger(3, **CLOSED | {"appraisal_grade": "D"}),
            danger(4, appraisal_grade="D"),
            danger(4, **AGAIN),
        ],
    ),
    Asked(
        "DC-304",
        "no deadline, no next step, no patrol",
        [danger(1, appraisal_grade="D", due_on=None)],
        findings=tuple(
            (field, 3, "WF00001")
            for field in ("due_on", "last_patrol_on", "next_step", "next_step_on")
        ),
    ),
    Asked(
        "DC-305",
        "on the last day, and past where the case is closed or appraised again",
        [
            danger(1, next_step_on="2022-10-31"),
            danger(2, **CLOSED | {"next_step_on": "2022-09-30"}),
            danger(3, next_step_on="2022-09-30"),
            danger(3, **AGAIN | {"next_step_on": "2022-11-30"}),
        ],
    ),
    Asked(
        "DC-305",
        "a next step that should have been taken",
        [danger(1, next_step_on="2022-10-30")],
        findings=(("next_step_on", 3, "WF00001"),),
    ),
    Asked(
        "DC-401",
        "in the ledger, pulled down or closed",
        [danger(1), danger(2), danger(3, **CLOSED)],
        beside={"building_survey": [building(1)], "building_changes": [change(2)]},
    ),
    Asked(
        "DC-401",
        "open and not in the ledger",
        [danger(1), danger(2)],
        beside={"building_survey": [building(1)]},
        findings=(("building_id", 4, "WF00002"),),
    ),
    Asked(
        "DC-402",
        "the last appraisal agrees",
        [
            danger(1, appraisal_grade="D", interim_control="封闭"),
            danger(1, **AGAIN | {"appraisal_grade": "C"}),
        ],
        beside={"building_survey": [building(1, **GRADED), building(2)]},
    ),
    Asked(
        "DC-402",
        "no case, and a last appraisal that disagrees",
        [danger(1), danger(1, **AGAIN)],
        beside={"building_survey": [building(1, **GRADED), building(2, **GRADED)]},
        findings=(("building_id", None, "32050800000001"), ("building_id", None, "32050800000002")),
    ),
    Asked(
        "DC-501",
        "what was open is there, what was closed need not be",
        [danger(1)],
        [danger(1), danger(2, **CLOSED)],
    ),
    Asked(
        "DC-501",
        "an open case is gone",
        [danger(1)],
        [danger(1), danger(2)],
        findings=(("danger_case_id", None, "WF00002"),),
    ),
    Asked(
        "DC-502",
        "closed stays closed, or is appraised again",
        [danger(1, **CLOSED), danger(2), danger(2, **AGAIN), danger(3, **CLOSED)],
        [danger(1, **CLOSED), danger(2, **CLOSED), danger(3)],
    ),
    Asked(
        "DC-502",
        "one case open again, of another the grade changed",
        [danger(1), danger(2, appraisal_grade="B")],
        [danger(1, **CLOSED), danger(2)],
        findings=(("closed_on", 3, "WF00001"), ("appraisal_grade", 4, "WF00002")),
    ),
    Asked(
        "DC-501",
        "a case is quarantined now",
        [],
        [danger(1)],
        unusable={"danger_cases": [danger(1)]},
    ),
    Asked(
        "DC-402",
        "its danger case is quarantined",
        [],
        beside={"building_survey": [building(1, appraisal_grade="C", appraised_on="2022-09-12")]},
        unusable={"danger_cases": [danger(1)]},
    ),
    Asked(
        "DC-401",
        "the building is quarantined",
        [danger(1)],
        beside={"building_survey": [building(2)]},
        unusable={"building_survey": [building(1)]},
    ),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.rule_id} {asked.says}")
def test_the_rule_finds_what_is_wrong_and_nothing_else(asked: Asked, tmp_path: Path) -> None:
    assert answer(asked, tmp_path) == asked.findings


def test_every_sql_rule_of_danger_cases_passes_and_fails_above() -> None:
    asked = {rule_id for rule_id, kind in KIND_OF.items() if kind == "danger_cases"}
    assert {a.rule_id for a in ASKED if a.findings} == asked
    assert {a.rule_id for a in ASKED if not a.findings} == asked
