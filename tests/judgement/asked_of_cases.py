"""What the SQL rules on ledgers of cases are asked, and what they find."""

from __future__ import annotations

from asked_rules import Asked
from deliver import Row, building, case, change

VERIFIED = {"received_on": "2022-09-02", "verified_on": "2022-09-05", "verification_result": "属实"}
COMPLETED = VERIFIED | {"completed_on": "2022-09-20", "resolution": "加固"}
WITHDRAWN = {"withdrawn_on": "2022-10-05", "withdrawal_reason": "误报"}


def double(number: int, original: int) -> Row:
    """Return a case that a visit found to be the double of another."""
    found = {"verification_result": "重复受理", "duplicate_of": f"GS2022{original:05d}"}
    return case(number, **VERIFIED | found)


OF_CASES = [
    Asked(
        "AC-501",
        "an open case is gone",
        [case(2)],
        [case(1, **VERIFIED)],
        findings=(("case_id", None, "GS202200001"),),
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
]
