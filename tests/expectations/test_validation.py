"""Great Expectations names the rows that fail: those rows, no others, and never a silent pass."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from unittest.mock import Mock

import pandas as pd
import pytest
from random_frames import ROWS, random_frame

from expectations.checks import expectation_specs
from expectations.context import Context, value_column
from expectations.library_patches import great_expectations
from expectations.rule_files import load_rulebooks
from expectations.validation import _answer, ask_suite
from orchestration.judgement.delivery_suites import delivery_suite
from orchestration.reference.months import Month

MONTH = Month.parse("2022-10")


def test_without_the_rows_that_fail_each_expectation_holds(tmp_path: Path) -> None:
    frame = random_frame(tmp_path, "danger_cases")
    suite = delivery_suite("gusu", "danger_cases", MONTH)
    answers = ask_suite(suite, frame)
    assert [key for key, answer in answers.items() if answer.error] == []
    failing = {key: answer.rows for key, answer in answers.items() if len(answer.rows)}
    assert len(failing) > 0.8 * len(answers)
    # all failing rows of all expectations away: the clean rest passes all
    wrong = {row for rows in failing.values() for row in rows.tolist()}
    rest = [row for row in range(ROWS) if row not in wrong]
    assert all(not len(a.rows) for a in ask_suite(suite, frame.iloc[rest]).values())
    # a few by themselves, each failing on every row that it named
    for key in list(failing)[::12]:
        own = great_expectations().ExpectationSuite(name="own")
        own.expectations = [
            one for one in suite.expectations if (one.meta["rule_id"], one.meta["field"]) == key
        ]
        passing = frame.drop(frame.index[failing[key]])
        assert not len(ask_suite(own, passing)[key].rows), key
        [alone] = ask_suite(own, frame.iloc[failing[key]]).values()
        assert alone.rows.tolist() == list(range(len(failing[key]))), key


def test_an_expectation_that_raises_is_an_error_and_no_pass() -> None:
    gx = great_expectations()
    suite = gx.ExpectationSuite(name="own")
    suite.expectations = [
        gx.expectations.ExpectColumnValuesToNotBeNull(
            column=name, meta={"rule_id": "XX-001", "field": name}
        )
        for name in ("absent", "present")
    ]
    answers = ask_suite(suite, pd.DataFrame({"present": ["1", None]}, index=[7, 9]))
    assert "absent" in str(answers["XX-001", "absent"].error)
    assert answers["XX-001", "present"].error is None
    assert answers["XX-001", "present"].rows.tolist() == [1]


def test_a_row_that_is_not_in_the_frame_is_an_error_and_no_other_row() -> None:
    """Its place would be -1, which counts as the last row."""
    result = Mock(success=False, exception_info=None, result={"unexpected_index_list": [7, 8]})
    answer = _answer(result, pd.Index([7, 9]))
    assert answer.error == (
        "Great Expectations named 1 of the 2 rows that fail, which are not in the frame"
    )
    assert not len(answer.rows)
    result.result["unexpected_index_list"] = [9, 7]
    assert _answer(result, pd.Index([7, 9])).rows.tolist() == [1, 0]


def test_a_missing_band_is_no_silent_pass() -> None:
    rule = next(r for r in load_rulebooks()["monthly_report"].rules if r.id == "MR-203")
    with pytest.raises(KeyError):
        expectation_specs(rule, Context(as_at=date(2022, 10, 31)))


def test_typed_columns_carry_values_beside_their_text(tmp_path: Path) -> None:
    frame = random_frame(tmp_path, "building_survey")
    readable = frame["floor_area_m2"] == "120.25"
    assert (frame.loc[readable, value_column("floor_area_m2")] == 120.25).all()
    assert frame.loc[frame["floor_area_m2"] == "约", value_column("floor_area_m2")].isna().all()
