"""The rules as SQL on inspections, codes and door plates: each passes and fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from asked_rules import KIND_OF, Asked, answer
from deliver import (
    OCTOBER,
    code,
    folder,
    inspection,
    plate,
    workbook,
)
from expectations_breaks import CLEAN

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

KINDS = ("quality_inspection", "building_codes", "doorplates")

NOT_PASSED = {"conclusion": "不通过", "issue_types": "完整性、其他", "rectify_by": "2022-10-20"}
RECTIFIED = NOT_PASSED | {"rectified_on": "2022-10-10"}
CHECKED_AGAIN = {"round": "复检", "inspected_on": "2022-10-12"}
OFFICIAL = {"town": "平江", "community": "历史街区社区居委会"}
REPLACING = {"replaces_building_id": "32050800000009", "replacement_reason": "房屋已拆除"}
RETIRED = {"valid_to": "2022-09-30"}

ASKED = [
    Asked("QI-301", "issues of the list", [inspection(1, **NOT_PASSED)]),
    Asked(
        "QI-301",
        "an issue that is not in the list, and another mark between issues",
        [
            inspection(1, **NOT_PASSED | {"issue_types": "完整性、及时性"}),
            inspection(2, **NOT_PASSED | {"issue_types": "完整性,其他"}),
        ],
        findings=(("issue_types", 3, "CJ00001"), ("issue_types", 4, "CJ00002")),
    ),
    Asked(
        "QI-302",
        "after the first inspection was rectified",
        [inspection(1, **RECTIFIED), inspection(1, **CHECKED_AGAIN)],
    ),
    Asked(
        "QI-302",
        "no first inspection, one passed, one not rectified, one rectified later",
        [
            inspection(2),
            inspection(3, **NOT_PASSED),
            inspection(4, **RECTIFIED | {"rectified_on": "2022-10-13"}),
            *(inspection(number, **CHECKED_AGAIN) for number in range(1, 5)),
        ],
        findings=tuple(("inspected_on", 5 + number, f"CJ0000{number}") for number in range(1, 5)),
    ),
    Asked(
        "QI-303",
        "the district's own group and contractor, under another name of the district",
        [inspection(1), inspection(2, district="平江区"), inspection(3, contractor=None)],
    ),
    Asked(
        "QI-303",
        "the group of another district, and the contractor of another group",
        [
            inspection(1, inspection_group="第一核查组"),
            inspection(2, contractor="模拟甲房屋安全技术有限公司"),
            inspection(3, district="昆山市"),
        ],
        findings=(
            ("inspection_group", 3, "CJ00001"),
            ("contractor", 4, "CJ00002"),
            ("inspection_group", 5, "CJ00003"),
        ),
    ),
    Asked(
        "QI-304",
        "one replaced by another, in both rounds",
        [inspection(1, **REPLACING), inspection(1, **REPLACING | CHECKED_AGAIN), inspection(2)],
    ),
    Asked(
        "QI-304",
        "a replaced building that is inspected, and one replaced twice",
        [
            inspection(1, **REPLACING | {"replaces_building_id": "32050800000004"}),
            inspection(2, **REPLACING),
            inspection(3, **REPLACING),
            inspection(4),
        ],
        findings=tuple(("replaces_building_id", 2 + n, f"CJ0000{n}") for n in range(1, 4)),
    ),
    Asked(
        "QI-501",
        "a planned inspection got its conclusion",
        [inspection(1, inspected_on="2022-10-12"), inspection(2)],
        [inspection(1, inspected_on=None, conclusion=None), inspection(2)],
    ),
    Asked(
        "QI-501",
        "one conclusion changed, one inspection gone",
        [inspection(1, **NOT_PASSED)],
        [inspection(1), inspection(2)],
        findings=(("conclusion", 3, "CJ00001 初检"), ("conclusion", None, "CJ00002 初检")),
    ),
    Asked(
        "CO-301",
        "the previous code is retired",
        [code(1, **RETIRED), code(2, previous_code="FM0000000001")],
    ),
    Asked(
        "CO-301",
        "previous codes in force, not in the register, itself, and of another scheme",
        [
            code(1),
            code(2, **RETIRED, scheme="旧编码"),
            code(3, previous_code="FM0000000001"),
            code(4, previous_code="FM0000000099"),
            code(5, **RETIRED, previous_code="FM0000000005"),
            code(6, previous_code="FM0000000002"),
        ],
        findings=tuple(
            ("previous_code", 2 + number, f"FM000000000{number}") for number in range(3, 7)
        ),
    ),
    Asked("CO-302", "communities as people write them", [code(1), code(2, **OFFICIAL)]),
    Asked(
        "CO-302",
        "a town of another district, a community of no town",
        [code(1, town="震泽镇", community=None), code(2, community="不存在社区")],
        findings=(("town", 3, "FM0000000001"), ("community", 4, "FM0000000002")),
    ),
    Asked(
        "QI-401",
        "known to its district, and a district without a ledger",
        [inspection(1), inspection(2, "吴江区")],
        known=[("gusu", "32050800000001")],
    ),
    Asked(
        "QI-401",
        "unknown, and known to another district only",
        [inspection(1), inspection(2), inspection(3)],
        known=[("gusu", "32050800000001"), ("wujiang", "32050800000002")],
        findings=(("building_id", 4, "CJ00002 初检"), ("building_id", 5, "CJ00003 初检")),
    ),
    Asked(
        "CO-401",
        "known, retired, or of no building",
        [code(1), code(2, **RETIRED), code(3, building_id=None)],
        known=[("gusu", "32050800000001")],
    ),
    Asked(
        "CO-401",
        "in force for a building that is not there",
        [code(1), code(2)],
        known=[("gusu", "32050800000001")],
        findings=(("building_id", 4, "FM0000000002"),),
    ),
    Asked(
        "CO-301",
        "the previous code is quarantined",
        [code(2, previous_code="FM0000000001")],
        unusable={"building_codes": [code(1)]},
    ),
    Asked(
        "QI-302",
        "the first inspection is quarantined",
        [inspection(1, **CHECKED_AGAIN)],
        unusable={"quality_inspection": [inspection(1)]},
    ),
    Asked(
        "QI-501",
        "last month's inspection is quarantined now",
        [],
        [inspection(1)],
        unusable={"quality_inspection": [inspection(1)]},
    ),
    Asked(
        "CO-501",
        "a code is quarantined now",
        [],
        [code(1)],
        unusable={"building_codes": [code(1)]},
    ),
    Asked(
        "DP-501", "a plate is quarantined now", [], [plate(1)], unusable={"doorplates": [plate(1)]}
    ),
    Asked("CO-501", "a retired one may go", [code(1, **RETIRED)], [code(1), code(2, **RETIRED)]),
    Asked(
        "CO-501",
        "a code in force is gone",
        [code(1)],
        [code(1), code(2)],
        findings=(("building_code", None, "FM0000000002"),),
    ),
    Asked(
        "DP-301",
        "the address of a plate no more in force",
        [plate(1, **RETIRED), plate(2, standard_address=plate(1)["standard_address"])],
    ),
    Asked(
        "DP-301",
        "two plates in force with one address",
        [plate(1), plate(2, standard_address=plate(1)["standard_address"])],
        findings=(("standard_address", 3, "MP0000000001"), ("standard_address", 4, "MP0000000002")),
    ),
    Asked("DP-302", "its own district, town and road", [plate(1), plate(2, town=None)]),
    Asked(
        "DP-302",
        "another district, town and road",
        [
            plate(1, district="吴江区", standard_address="姑苏区平江街道平江路1号"),
            plate(2, town="双塔街道"),
            plate(3, road="干将路"),
        ],
        findings=tuple(
            ("standard_address", 2 + number, f"MP000000000{number}") for number in range(1, 4)
        ),
    ),
    Asked("DP-303", "communities as people write them", [plate(1), plate(2, community="历史街区")]),
    Asked(
        "DP-303",
        "a community of another town",
        [plate(1, community="山塘社区居委会")],
        findings=(("community", 3, "MP0000000001"),),
    ),
    Asked("DP-501", "a retired one may go", [plate(1, **RETIRED)], [plate(1), plate(2, **RETIRED)]),
    Asked(
        "DP-501",
        "a plate in force is gone",
        [plate(1)],
        [plate(1), plate(2)],
        findings=(("doorplate_code", None, "MP0000000002"),),
    ),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.rule_id} {asked.says}")
def test_the_rule_finds_what_is_wrong_and_nothing_else(asked: Asked, tmp_path: Path) -> None:
    assert answer(asked, tmp_path) == asked.findings


@pytest.mark.parametrize("kind", ["danger_cases", *KINDS])
def test_without_the_other_delivery_a_rule_is_not_applicable(
    kind: str, settings: Settings, ledger: Ledger, readers: ReaderPool
) -> None:
    """Alone, and in a first month, only rules that look into the delivery itself apply."""
    city = load_contracts()[kind].delivered_by == "city"
    district_id = CITY_ID if city else "gusu"
    workbook(folder(settings.raw, district_id) / f"{kind}.xlsx", kind, CLEAN[kind])
    judged = judge_district_month(settings, ledger, readers.read, OCTOBER, district_id)
    [own] = [judgement for judgement in judged.judgements if judgement.kind == kind]
    outcomes = {v.rule_id: v.outcome for v in own.verdicts if v.rule_id in KIND_OF}
    assert outcomes == {
        rule_id: "not_applicable" if rule_id[3] in "45" else "pass" for rule_id in outcomes
    }
    assert outcomes


def test_every_sql_rule_of_the_new_kinds_passes_and_fails_above() -> None:
    asked = {rule_id for rule_id, kind in KIND_OF.items() if kind in KINDS}
    assert {a.rule_id for a in ASKED if a.findings} == asked
    assert {a.rule_id for a in ASKED if not a.findings} == asked
