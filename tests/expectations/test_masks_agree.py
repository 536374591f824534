"""Great Expectations and the mask of every clause agree: both see a failure, or neither does."""

from __future__ import annotations

import random
from datetime import date

import pandas as pd
import pytest

from expectations.checks import clauses
from expectations.clause import Clause, Context, value_column
from expectations.rule_files import RuleBook, load_rulebooks
from expectations.rulebook import Sql
from expectations.suites import Inquiry, decide
from orchestration.judgement.frames import rows_frame
from orchestration.judgement.reference import rule_context
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month

ROWS = 60
_VALUES = {
    "integer": ["0", "-3", "7", "1990", "2023", "三", "12345678901234567"],
    "decimal": ["0", "0.01", "-1.5", "120.25", "90000000", "1,2", "约"],
    "identifier": ["32050800000001", "03205080001", "GS202200001", "3.20508E+13", "同上", "12/"],
    "date": ["2022-10-31", "2022-11-01", "2020-02-29", "2022-02-29", "2021-13-01", "上旬"],
}


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """A frame of every kind with random, often wrong, often blank text in every column."""
    chance = random.Random(20221031)
    made = {}
    for kind, contract in load_contracts().items():
        texts = {
            column.name: [
                chance.choice([None, *_VALUES.get(column.type, [*column.codes, "甲", "姑苏区"])])
                for _ in range(ROWS)
            ]
            for column in contract.columns
        }
        landing = tmp_path_factory.mktemp(kind) / "landing.parquet"
        numbers = pd.DataFrame({"sheet": "表", "row_number": range(1, ROWS + 1)})
        pd.concat([numbers, pd.DataFrame(texts, dtype="str")], axis=1).to_parquet(landing)
        made[kind] = rows_frame(landing, contract, load_rulebooks()[kind])
    return made


def _row_clauses(book: RuleBook) -> list[tuple[str, Clause]]:
    context = rule_context(load_contracts()[book.kind], Month.parse("2022-10"), "gusu", None)
    return [
        (rule.id, clause)
        for rule in book.rules
        if rule.frame == "rows" and not isinstance(rule.test, Sql)
        for clause in clauses(rule, context)
    ]


def _holds(frame: pd.DataFrame, clause: Clause) -> bool:
    [[decision]] = decide([Inquiry(frame, [clause])])
    return decision.holds


@pytest.mark.parametrize("kind", load_contracts())
def test_on_rows(kind: str, frames: dict[str, pd.DataFrame]) -> None:
    frame = frames[kind]
    asked = _row_clauses(load_rulebooks()[kind])
    [together] = decide([Inquiry(frame, [clause for _, clause in asked])])
    failing_somewhere = 0
    for (rule_id, clause), decision in zip(asked, together, strict=True):
        mask = clause.failing(frame)
        assert decision.error is None, rule_id
        assert decision.holds == (not mask.any()), f"{rule_id} on {clause.field}"
        passing = frame[~mask].reset_index(drop=True)
        assert not clause.failing(passing).any(), f"{rule_id} on {clause.field}"
        assert _holds(passing, clause), f"{rule_id} on {clause.field}"
        if mask.any():
            failing_somewhere += 1
            failing = frame[mask].reset_index(drop=True)
            assert not _holds(failing, clause), f"{rule_id} on {clause.field}"
    assert failing_somewhere > 0.8 * len(asked)


def test_an_expectation_that_raises_is_an_error_and_no_pass() -> None:
    clause = Clause(
        "absent",
        "ExpectColumnValuesToNotBeNull",
        {"column": "absent"},
        lambda frame: pd.Series(False, index=frame.index),
    )
    [[decision]] = decide([Inquiry(pd.DataFrame({"present": ["1"]}), [clause])])
    assert not decision.holds
    assert decision.error is not None
    assert "absent" in decision.error


def test_a_missing_band_is_no_silent_pass() -> None:
    rule = next(r for r in load_rulebooks()["monthly_report"].rules if r.id == "MR-203")
    with pytest.raises(KeyError):
        clauses(rule, Context(as_at=date(2022, 10, 31)))


def test_typed_columns_carry_values_beside_their_text(frames: dict[str, pd.DataFrame]) -> None:
    frame = frames["building_survey"]
    readable = frame["floor_area_m2"] == "120.25"
    assert (frame.loc[readable, value_column("floor_area_m2")] == 120.25).all()
    assert frame.loc[frame["floor_area_m2"] == "约", value_column("floor_area_m2")].isna().all()
