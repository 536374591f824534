"""Every rule of the book is shown able to fail, at its cell, and to pass on a clean delivery."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from deliver import OCTOBER, Row, workbook
from expectations_breaks import BREAKS, CLEAN, FIRST_BROKEN, MAKERS

from expectations.context import Context
from expectations.rule_files import load_rulebooks
from expectations.rulebook import NoProblem, Rule, Sql
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.ingest.reading import FATAL_CODES, NOTED_CODES, ControlTotal, Problem, Reading
from orchestration.judgement.reference import rule_context
from orchestration.judgement.within_delivery import DeliveryJudgement, judge_delivery
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.districts import CITY_ID


def _row_rules(kind: str) -> list[Rule]:
    return [
        rule
        for rule in load_rulebooks()[kind].rules
        if rule.frame == "rows" and not isinstance(rule.test, Sql)
    ]


def _context(contract: Contract, reading: Reading) -> Context:
    """Return the context of a delivery of Gusu, or of the city for the kinds it delivers."""
    district_id = CITY_ID if contract.delivered_by == "city" else "gusu"
    return rule_context(contract, OCTOBER, district_id, reading.as_at)


def _judge(readers: ReaderPool, folder: Path, kind: str, rows: list[Row]) -> DeliveryJudgement:
    contract = load_contracts()[kind]
    landing = folder / "landing.parquet"
    path = workbook(folder / f"{kind}.xlsx", kind, rows)
    reading = readers.read(path, contract, landing, folder / "notes.parquet")
    book = load_rulebooks()[kind]
    context = _context(contract, reading)
    return judge_delivery(landing, reading, contract, book, context)


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
    # the rows begin under the title and the header, which has two levels in the report
    first_row = 4 if kind == "monthly_report" else 3
    for number, rule in enumerate(rules, start=FIRST_BROKEN):
        broken[rule.id] = first_row + len(rows)
        rows.append(MAKERS[kind](number) | BREAKS[rule.id][0])
    judged = _judge(readers, tmp_path, kind, rows)
    outcomes = {v.rule_id: v.outcome for v in judged.verdicts}
    assert {rule.id: outcomes[rule.id] for rule in rules} == {rule.id: "fail" for rule in rules}
    found = judged.findings
    for rule in rules:
        field = BREAKS[rule.id][1]
        at_row = found[(found["rule_id"] == rule.id) & (found["row_number"] == broken[rule.id])]
        assert field in set(at_row["field"]), f"{rule.id} does not point to {field}"
        assert at_row["cell"].str.fullmatch(rf"[A-Z]+{broken[rule.id]}").all()
        assert at_row["message"].str.contains(rule.sentence, regex=False).all()
        assert (at_row["remedy"].str.len() > 0).all()


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
    book, context = load_rulebooks()[kind], _context(contract, clean)
    for code in rule.test.problems:
        problem = Problem(code, "出了问题", "请改正", clean.sheet, 4, "B4", contract.fields[2])
        reading = replace(clean, problems=[problem])
        judged = judge_delivery(landing, reading, contract, book, context)
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
    book, context = load_rulebooks()[kind], _context(contract, clean)
    for value, outcome in (("100", "pass"), ("101", "fail")):
        total = ControlTotal(clean.sheet, 9, "B9", "合计", field, value, 3, "100")
        reading = Reading.from_json(replace(clean, totals=[total]).to_json())
        judged = judge_delivery(landing, reading, contract, book, context)
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
    book, context = load_rulebooks()["monthly_report"], _context(contract, clean)
    field = "surveyed_floor_area_10k_m2"
    for value, outcome in (("100.02", "pass"), ("100.03", "fail")):
        total = ControlTotal(clean.sheet, 9, "C9", "合计", field, value, 3, "100")
        reading = replace(clean, totals=[total])
        judged = judge_delivery(landing, reading, contract, book, context)
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
