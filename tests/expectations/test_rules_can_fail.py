"""Every rule of the book is shown able to fail, at its cell, and to pass on a clean delivery."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from deliver import OCTOBER, Row, building, case, change, report_row, workbook

from expectations.rulebook import NoProblem, Rule, Sql, load_rulebooks
from orchestration.contracts import load_contracts
from orchestration.ingest.readers import ReaderPool
from orchestration.ingest.reading import FATAL_CODES, NOTED_CODES, ControlTotal, Problem, Reading
from orchestration.judgement.delivery import DeliveryJudgement, judge_delivery
from orchestration.judgement.reference import rule_context

CLEAN: dict[str, list[Row]] = {
    "monthly_report": [report_row("gusu")],
    "building_survey": [building(n) for n in range(1, 4)],
    "building_changes": [change(n) for n in range(1, 4)],
    "alteration_cases": [case(n) for n in range(1, 4)],
}

#: For each rule on rows: what is wrong with one row, and the field the finding points to.
BREAKS: dict[str, tuple[Row, str]] = {
    "MR-101": ({"verified_count": None}, "verified_count"),
    "MR-102": ({"verified_count": "约三十"}, "verified_count"),
    "MR-103": ({"completed_count": -1}, "completed_count"),
    "MR-104": ({"district": "吴江区"}, "district"),
    "MR-201": ({}, "town"),
    "MR-203": ({"surveyed_floor_area_10k_m2": 76582700.0}, "surveyed_floor_area_10k_m2"),
    "BS-101": ({"building_id": None}, "building_id"),
    "BS-102": ({"floor_area_m2": None}, "floor_area_m2"),
    "BS-103": ({"floor_area_m2": "不详㎡"}, "floor_area_m2"),
    "BS-104": ({"floor_area_m2": 0}, "floor_area_m2"),
    "BS-105": ({"survey_status": "查过了"}, "survey_status"),
    "BS-106": ({"district": "上海市"}, "district"),
    "BS-107": ({"building_id": "32050800000001"}, "building_id"),
    "BS-108": ({"surveyed_on": "2022-11-01"}, "surveyed_on"),
    "BS-111": ({"town": None}, "town"),
    "BS-112": ({"floors_above": "三层"}, "floors_above"),
    "BS-113": ({"use": "住人"}, "use"),
    "BS-114": ({"is_altered": "是", "altered_on": "2023-01-01"}, "altered_on"),
    "BS-115": ({"floor_area_m2": 2000000}, "floor_area_m2"),
    "BS-116": ({"floors_above": 400}, "floors_above"),
    "BS-201": ({"surveyed_on": None}, "surveyed_on"),
    "BS-202": ({"structure_type": "其他"}, "structure_note"),
    "BS-203": ({"structure_note": "竹"}, "structure_note"),
    "BS-204": ({"survey_status": "无需排查"}, "no_survey_reason"),
    "BS-205": ({"no_survey_reason": "已拆"}, "no_survey_reason"),
    "BS-206": ({"is_altered": "是"}, "altered_on"),
    "BS-207": ({"altered_on": "2020-01-01"}, "altered_on"),
    "BS-208": ({"appraisal_grade": "D"}, "appraised_on"),
    "BS-209": ({"initial_risk": "重大隐患"}, "hazard_due_on"),
    "BS-210": ({"hazard_due_on": "2022-12-01"}, "hazard_due_on"),
    "BS-211": ({"built_year": 2023}, "surveyed_on"),
    "BS-212": ({"height_m": 90}, "height_m"),
    "BC-101": ({"change_type": None}, "change_type"),
    "BC-102": ({"changed_on": "十月"}, "changed_on"),
    "BC-103": ({"change_type": "消失"}, "change_type"),
    "BC-104": ({"district": "吴江区"}, "district"),
    "BC-105": ({"changed_on": "2022-11-02"}, "changed_on"),
    "BC-106": ({"change_id": "BG00001"}, "change_id"),
    "BC-201": ({"old_building_id": None}, "old_building_id"),
    "BC-202": ({"change_type": "新增", "new_building_id": "32050800000009"}, "old_building_id"),
    "BC-203": ({"change_type": "合并"}, "new_building_id"),
    "BC-204": ({"new_building_id": "32050800000009"}, "new_building_id"),
    "BC-205": ({"basis": None}, "basis"),
    "AC-101": ({"received_on": None}, "received_on"),
    "AC-102": ({"received_on": "上旬"}, "received_on"),
    "AC-103": ({"source_channel": "网上"}, "source_channel"),
    "AC-104": ({"district": "吴江区"}, "district"),
    "AC-105": ({"received_on": "2022-11-03"}, "received_on"),
    "AC-106": ({"case_id": "GS202200001"}, "case_id"),
    "AC-111": ({"ordered_on": "随后"}, "ordered_on"),
    "AC-112": ({"alteration_type": "敲墙"}, "alteration_type"),
    "AC-113": ({"ordered_on": "2022-11-20"}, "ordered_on"),
    "AC-114": ({"address": None}, "address"),
    "AC-201": ({"verified_on": "2022-10-09"}, "verification_result"),
    "AC-202": ({"completed_on": "2022-10-20"}, "resolution"),
    "AC-203": ({"withdrawn_on": "2022-10-20"}, "withdrawal_reason"),
    "AC-204": (
        {"verified_on": "2022-10-09", "verification_result": "重复受理"},
        "duplicate_of",
    ),
    "AC-205": ({"duplicate_of": "GS202200001"}, "duplicate_of"),
    "AC-206": ({"completed_on": "2022-10-20", "resolution": "移送"}, "transferred_on"),
    "AC-207": ({"transferred_on": "2022-10-20"}, "transferred_on"),
    "AC-211": (
        {"verified_on": "2022-10-01", "verification_result": "属实"},
        "verified_on",
    ),
    "AC-212": (
        {"verified_on": "2022-10-19", "verification_result": "属实", "ordered_on": "2022-10-18"},
        "ordered_on",
    ),
    "AC-213": (
        {
            "verified_on": "2022-10-19",
            "verification_result": "属实",
            "completed_on": "2022-10-18",
            "resolution": "加固",
        },
        "completed_on",
    ),
    "AC-214": ({"withdrawn_on": "2022-10-01", "withdrawal_reason": "误报"}, "withdrawn_on"),
    "AC-215": ({"reopened_on": "2022-10-01"}, "reopened_on"),
}


def _row_rules(kind: str) -> list[Rule]:
    return [
        rule
        for rule in load_rulebooks()[kind].rules
        if rule.frame == "rows" and not isinstance(rule.test, Sql)
    ]


def _judge(readers: ReaderPool, folder: Path, kind: str, rows: list[Row]) -> DeliveryJudgement:
    contract = load_contracts()[kind]
    landing = folder / "landing.parquet"
    path = workbook(folder / f"{kind}.xlsx", kind, rows)
    reading = readers.read(path, contract, landing, folder / "notes.parquet")
    context = rule_context(contract, OCTOBER, "gusu", reading.as_at)
    return judge_delivery(landing, reading, contract, load_rulebooks()[kind], context)


@pytest.mark.parametrize("kind", CLEAN)
def test_a_clean_delivery_passes_every_rule(kind: str, readers: ReaderPool, tmp_path: Path) -> None:
    judged = _judge(readers, tmp_path, kind, CLEAN[kind])
    assert {v.rule_id: v.reason for v in judged.verdicts if v.outcome in ("fail", "error")} == {}
    assert judged.state == "accepted"
    assert len(judged.findings) == 0


@pytest.mark.parametrize("kind", CLEAN)
def test_each_rule_on_rows_fails_at_its_cell(
    kind: str, readers: ReaderPool, tmp_path: Path
) -> None:
    """One workbook in which every rule has a row of its own that breaks it."""
    rules = _row_rules(kind)
    rows = list(CLEAN[kind])
    broken: dict[str, int] = {}
    makers = {"building_survey": building, "building_changes": change, "alteration_cases": case}
    first_row = 4 if kind == "monthly_report" else 3
    for number, rule in enumerate(rules, start=100):
        changes, _ = BREAKS[rule.id]
        clean = (
            report_row("gusu", town=f"第{number}街道")
            if kind == "monthly_report"
            else makers[kind](number)
        )
        broken[rule.id] = first_row + len(rows)
        rows.append(clean | changes)
    if kind == "monthly_report":
        rows.append(report_row("gusu", town=rows[broken["MR-201"] - first_row]["town"]))
    judged = _judge(readers, tmp_path, kind, rows)
    outcomes = {v.rule_id: v.outcome for v in judged.verdicts}
    assert {rule.id: outcomes[rule.id] for rule in rules} == {rule.id: "fail" for rule in rules}
    found = judged.findings
    for rule in rules:
        field = BREAKS[rule.id][1]
        at_row = found[(found["rule_id"] == rule.id) & (found["row_number"] == broken[rule.id])]
        assert field in set(at_row["field"]), f"{rule.id} does not point to {field}"
        assert at_row["cell"].str.fullmatch(rf"[A-Z]+{broken[rule.id]}").all()
        assert (at_row["remedy"] == rule.remedy).all()


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (kind, rule)
        for kind, book in load_rulebooks().items()
        for rule in book.rules
        if isinstance(rule.test, NoProblem)
    ],
    ids=lambda value: value if isinstance(value, str) else value.id,
)
def test_each_problem_rule_fails_when_the_reader_meets_the_problem(
    kind: str, rule: Rule, readers: ReaderPool, tmp_path: Path
) -> None:
    assert isinstance(rule.test, NoProblem)
    contract = load_contracts().get(kind, load_contracts()["monthly_report"])
    landing = tmp_path / "landing.parquet"
    path = workbook(tmp_path / "report.xlsx", contract.kind, CLEAN[contract.kind])
    clean = readers.read(path, contract, landing, tmp_path / "notes.parquet")
    context = rule_context(contract, OCTOBER, "gusu", clean.as_at)
    for code in rule.test.problems:
        problem = Problem(code, "出了问题", "请改正", clean.sheet, 4, "B4", contract.fields[2])
        reading = replace(clean, problems=[problem])
        judged = judge_delivery(landing, reading, contract, load_rulebooks()[kind], context)
        verdict = next(v for v in judged.verdicts if v.rule_id == rule.id)
        assert verdict.outcome == "fail", code
        assert (judged.state == "refused") == (rule.severity == "refuse")
        found = judged.findings[judged.findings["message"] == "出了问题"]
        assert list(found["cell"]) == ["B4"]


@pytest.mark.parametrize(
    ("kind", "field", "rule_id", "state"),
    [
        ("monthly_report", "surveyed_building_count", "MR-202", "refused"),
        ("building_survey", "floor_area_m2", "BS-301", "accepted"),
    ],
)
def test_a_total_that_is_not_the_sum_of_its_rows_fails(
    kind: str, field: str, rule_id: str, state: str, readers: ReaderPool, tmp_path: Path
) -> None:
    contract = load_contracts()[kind]
    landing = tmp_path / "landing.parquet"
    path = workbook(tmp_path / "delivery.xlsx", kind, CLEAN[kind])
    clean = readers.read(path, contract, landing, tmp_path / "notes.parquet")
    context = rule_context(contract, OCTOBER, "gusu", clean.as_at)
    for value, outcome in (("100", "pass"), ("101", "fail")):
        total = ControlTotal(clean.sheet, 9, "B9", "合计", field, value, 3, "100")
        reading = Reading.from_json(replace(clean, totals=[total]).to_json())
        judged = judge_delivery(landing, reading, contract, load_rulebooks()[kind], context)
        verdict = next(v for v in judged.verdicts if v.rule_id == rule_id)
        assert verdict.outcome == outcome
    assert judged.state == state
    assert list(judged.findings["cell"]) == ["B9"]


def test_areas_may_differ_from_their_total_by_rounding_and_no_more(
    readers: ReaderPool, tmp_path: Path
) -> None:
    contract = load_contracts()["monthly_report"]
    landing = tmp_path / "landing.parquet"
    path = workbook(tmp_path / "delivery.xlsx", "monthly_report", CLEAN["monthly_report"])
    clean = readers.read(path, contract, landing, tmp_path / "notes.parquet")
    context = rule_context(contract, OCTOBER, "gusu", clean.as_at)
    field = "surveyed_floor_area_10k_m2"
    for value, outcome in (("100.02", "pass"), ("100.03", "fail")):
        total = ControlTotal(clean.sheet, 9, "C9", "合计", field, value, 3, "100")
        judged = judge_delivery(
            landing,
            replace(clean, totals=[total]),
            contract,
            load_rulebooks()["monthly_report"],
            context,
        )
        assert next(v.outcome for v in judged.verdicts if v.rule_id == "MR-202") == outcome


def test_every_rule_on_rows_has_a_break() -> None:
    expected = {rule.id for kind in CLEAN for rule in _row_rules(kind)}
    assert expected == set(BREAKS)


def test_every_problem_of_the_reader_is_asked_by_exactly_one_rule() -> None:
    for kind, book in load_rulebooks().items():
        if kind == "delivery":
            continue
        asked = [
            code
            for rule in book.rules
            if isinstance(rule.test, NoProblem)
            for code in rule.test.problems
        ]
        assert len(asked) == len(set(asked))
        assert set(FATAL_CODES) | set(NOTED_CODES) <= set(asked)
