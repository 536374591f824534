"""Works asked side by side get their own answers, however long each goes on asking."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from expectations.checks import clauses
from expectations.clause import Clause, Context
from expectations.rule_files import load_rulebooks
from expectations.suites import Inquiry
from orchestration.judgement import batching
from orchestration.judgement.batching import Asking, ask_in_groups, ask_together


def _clause(expectation: str, arguments: dict[str, object]) -> Clause:
    return Clause("count", expectation, arguments, lambda frame: frame["count"].isna())


FILLED = _clause("ExpectColumnValuesToNotBeNull", {"column": "count"})
UNIQUE = _clause("ExpectColumnValuesToBeUnique", {"column": "count"})


def _asks(values: list[float | None], steps: int) -> Asking[list[list[bool]]]:
    frame = pd.DataFrame({"count": pd.Series(values, dtype="float64")})
    answers = []
    for _ in range(steps):
        decisions = yield Inquiry(frame, [FILLED, UNIQUE])
        assert [decision.error for decision in decisions] == [None, None]
        answers.append([decision.holds for decision in decisions])
    return answers


def test_frames_with_the_same_columns_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    validations = []

    def counted(inquiries: list[Inquiry]) -> object:
        validations.append(len(inquiries))
        return decide(inquiries)

    decide = batching.decide
    monkeypatch.setattr(batching, "decide", counted)
    whole, gap, twice = [1.0, 2.0, 3.0], [1.0, None], [4.0, 4.0]
    answers = ask_together([_asks(whole, 1), _asks(gap, 3), _asks(twice, 2), _asks([], 0)])
    assert answers == [[[True, True]], [[False, True]] * 3, [[True, False]] * 2, []]
    assert validations == [3, 2, 1, 0]


def test_what_a_work_raises_comes_out() -> None:
    """A rule that names a list nobody gives is our own fault, not a delivery's."""

    def broken() -> Asking[None]:
        rules = load_rulebooks()["monthly_report"].rules
        banded = next(rule for rule in rules if rule.id == "MR-203")
        yield Inquiry(pd.DataFrame(), clauses(banded, Context(as_at=date(2022, 10, 31))))

    with pytest.raises(KeyError):
        ask_together([broken()])


def test_what_has_too_many_rows_together_is_asked_in_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No work is begun before there is room for its rows."""
    monkeypatch.setattr(batching, "MAX_ROWS", 10)
    in_hand: set[str] = set()
    groups: list[set[str]] = []

    def work(name: str) -> Asking[str]:
        in_hand.add(name)
        yield Inquiry(pd.DataFrame({"count": [1.0]}), [FILLED])
        groups.append(set(in_hand))
        yield Inquiry(pd.DataFrame({"count": [1.0]}), [FILLED])
        in_hand.remove(name)
        return name

    sizes = {"a": 4, "b": 6, "c": 1, "register": 50, "d": 10}
    assert ask_in_groups((rows, work(name)) for name, rows in sizes.items()) == list(sizes)
    assert groups == [{"a", "b"}] * 2 + [{"c"}, {"register"}, {"d"}]
    assert ask_in_groups([]) == []
