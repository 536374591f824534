"""The rules as SQL on danger cases, inspections, codes and door plates: each passes and fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow.parquet as pq
import pytest
from deliver import (
    OCTOBER,
    Row,
    building,
    change,
    code,
    danger,
    folder,
    inspection,
    plate,
    workbook,
)

from expectations.rulebook import Sql, load_rulebooks
from orchestration.contracts import load_contracts
from orchestration.districts import CITY_ID
from orchestration.ingest.readers import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement

Deliveries = dict[str, list[Row]]
Deliver = Callable[[str, Deliveries, Month], Judgement]

#: The kind of every SQL rule of the new kinds by rule id.
KIND_OF = {
    rule.id: kind
    for kind in ("danger_cases", "quality_inspection", "building_codes", "doorplates")
    for rule in load_rulebooks()[kind].rules
    if isinstance(rule.test, Sql)
}


@dataclass(frozen=True)
class Asked:
    """What one SQL rule is asked about, and what it finds.

    ``now`` and ``before`` are rows of the rule's own kind, ``beside`` other deliveries of this
    month. A finding is a field, a row of the file (None if the record is not there), a record.
    """

    rule_id: str
    says: str
    now: list[Row]
    before: list[Row] = field(default_factory=list)
    beside: Deliveries = field(default_factory=dict)
    findings: tuple[tuple[str, int | None, str], ...] = ()


CLOSED = {"accepted_on": "2022-09-28", "closed_on": "2022-09-29", "closed_reason": "消险"}
AGAIN = {"appraisal_no": 2, "appraised_on": "2022-09-26", "appraisal_grade": "B"}
GRADED = {"appraised_on": "2022-09-12", "appraisal_grade": "C"}
NOT_PASSED = {"conclusion": "不通过", "issue_types": "完整性、其他", "rectify_by": "2022-10-20"}
RECTIFIED = NOT_PASSED | {"rectified_on": "2022-10-10"}
CHECKED_AGAIN = {"round": "复检", "inspected_on": "2022-10-12"}
RETIRED = {"valid_to": "2022-09-30"}

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
        findings=(("appraised_on", 3, "WF00001"),),
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
        findings=(("closed_on", 3, "WF00001"), ("closed_on", 4, "WF00002")),
    ),
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
    Asked("DP-501", "a retired one may go", [plate(1, **RETIRED)], [plate(1), plate(2, **RETIRED)]),
    Asked(
        "DP-501",
        "a plate in force is gone",
        [plate(1)],
        [plate(1), plate(2)],
        findings=(("doorplate_code", None, "MP0000000002"),),
    ),
]


@pytest.fixture
def deliver(settings: Settings, ledger: Ledger, readers: ReaderPool) -> Deliver:
    """Deliver files, all of them clean enough to be accepted; return the judgement of a kind."""

    def run(kind: str, deliveries: Deliveries, month: Month) -> Judgement:
        city = load_contracts()[kind].delivered_by == "city"
        district_id = CITY_ID if city else "gusu"
        place = folder(settings.raw, district_id, month)
        for name, rows in deliveries.items():
            workbook(place / f"{name}.xlsx", name, rows, month=month)
        judged = judge_district_month(settings, ledger, readers.read, month, district_id)
        assert {j.state for j in judged.judgements if j.kind in deliveries} == {"accepted"}
        return next(j for j in judged.judgements if j.kind == kind)

    return run


def _outcome(judgement: Judgement, rule_id: str) -> str:
    return next(v.outcome for v in judgement.verdicts if v.rule_id == rule_id)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.rule_id} {asked.says}")
def test_the_rule_finds_what_is_wrong_and_nothing_else(
    asked: Asked, settings: Settings, deliver: Deliver
) -> None:
    kind = KIND_OF[asked.rule_id]
    if asked.before:
        deliver(kind, {kind: asked.before}, OCTOBER.previous)
    judged = deliver(kind, {kind: asked.now} | asked.beside, OCTOBER)
    assert _outcome(judged, asked.rule_id) == ("fail" if asked.findings else "pass")
    rows = pq.read_table(settings.home / judged.files["findings"].path).to_pylist()
    found = [
        (row["field"], row["row_number"], row["record_key"])
        for row in rows
        if row["rule_id"] == asked.rule_id
    ]
    assert tuple(found) == asked.findings


@pytest.mark.parametrize("rule_id", sorted(id_ for id_ in KIND_OF if id_[3] in "45"))
def test_without_the_other_delivery_the_rule_is_not_applicable(
    rule_id: str, deliver: Deliver
) -> None:
    kind = KIND_OF[rule_id]
    alone = next(asked.now for asked in ASKED if asked.rule_id == rule_id)
    assert _outcome(deliver(kind, {kind: alone}, OCTOBER), rule_id) == "not_applicable"


def test_every_sql_rule_of_the_new_kinds_passes_and_fails_above() -> None:
    assert {asked.rule_id for asked in ASKED if asked.findings} == set(KIND_OF)
    assert {asked.rule_id for asked in ASKED if not asked.findings} == set(KIND_OF)
