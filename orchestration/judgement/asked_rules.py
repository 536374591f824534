"""Asking the rules of a delivery: what Great Expectations decided of each, row by row.

Add here what is done with every rule's answer. Which rules are asked of what, and what follows,
is in ``within_delivery``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from expectations.checks import (
    ANY_PROBLEM,
    FIGURE_EXCESS,
    clauses,
    largest_excess,
    no_figure_outside,
    no_problem_at_all,
)
from expectations.clause import Clause, Context, value_column
from expectations.rulebook import Rule
from expectations.suites import Decision, Inquiry
from orchestration.judgement.batching import Asking
from orchestration.judgement.waivers import Waiver, reason, waived_keys
from orchestration.store.records import Verdict


@dataclass(frozen=True)
class AskedRule:
    """One rule after its clauses were decided: the failing rows by clause, and any error.

    ``waived`` counts, by record key, the rows that failed and were let pass.
    """

    rule: Rule
    failing: list[tuple[Clause, pd.Series[bool]]]
    checked: int
    error: str | None
    waived: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> bool:
        """Whether a row fails it, or it could not be asked."""
        return self.error is not None or bool(self.failing)

    def rows(self, length: int) -> np.ndarray:
        """Return which rows fail any clause."""
        mask = np.zeros(length, dtype=bool)
        for _, clause_mask in self.failing:
            mask |= clause_mask.to_numpy(dtype=bool)
        return mask

    def verdict(self, length: int) -> Verdict:
        """Return the rule's verdict over a frame of that length."""
        outcome = "error" if self.error else "fail" if self.failing else "pass"
        count = None if self.error else int(self.rows(length).sum())
        told = self.error or reason(self.waived.total())
        return rule_verdict(self.rule, outcome, count, self.checked, told)


def rule_verdict(
    rule: Rule, outcome: str, failing: int | None, checked: int | None, reason: str | None
) -> Verdict:
    """Return the verdict of a rule: its outcome, how many of how many failed, and why."""
    return Verdict(rule.id, rule.dimension, rule.severity, outcome, failing, checked, reason)


def not_applicable(rules: Sequence[Rule], reason: str) -> list[Verdict]:
    """Return verdicts that say why these rules could not be asked."""
    return [rule_verdict(rule, "not_applicable", None, None, reason) for rule in rules]


def let_rows_pass(asked: AskedRule, keys: pd.Series[str], waivers: Sequence[Waiver]) -> AskedRule:
    """Take the waived records out of what fails a rule that could be asked."""
    waived = keys.isin(waived_keys(waivers, asked.rule.id)) if waivers else None
    if waived is None or asked.error is not None or not waived.any():
        return asked
    left = [(clause, mask & ~waived) for clause, mask in asked.failing]
    passed = Counter[str](keys[asked.rows(len(keys)) & waived.to_numpy()])
    return replace(asked, failing=[(c, m) for c, m in left if m.any()], waived=passed)


def ask_rules(rules: list[Rule], frame: pd.DataFrame, context: Context) -> Asking[list[AskedRule]]:
    """Let Great Expectations decide all clauses of the rules in one validation."""
    by_rule = [(rule, clauses(rule, context)) for rule in rules]
    decisions = iter((yield Inquiry(frame, [c for _, parts in by_rule for c in parts])))
    return [_decided(rule, [next(decisions) for _ in parts], frame) for rule, parts in by_rule]


def ask_structure(
    rules: list[Rule], frame: pd.DataFrame, context: Context
) -> Asking[list[AskedRule]]:
    """Ask whether the reader met any problem at all, and only if so rule by rule.

    A delivery mostly has none, and every expectation costs milliseconds.
    """
    counts = frame.T.set_axis([value_column(ANY_PROBLEM)], axis="columns")
    [none_met] = yield Inquiry(counts, [no_problem_at_all()])
    if none_met.holds:
        return [AskedRule(rule, [], 1, None) for rule in rules]
    return (yield from ask_rules(rules, frame, context))


def ask_figures(
    rules: list[Rule], frame: pd.DataFrame, context: Context
) -> Asking[list[AskedRule]]:
    """Ask whether any figure lies outside of any band at all, and only if so rule by rule."""
    asked = [clause for rule in rules for clause in clauses(rule, context)]
    excess = pd.DataFrame({value_column(FIGURE_EXCESS): [largest_excess(asked, frame)]})
    [none_outside] = yield Inquiry(excess, [no_figure_outside()])
    if none_outside.holds:
        return [AskedRule(rule, [], 1, None) for rule in rules]
    return (yield from ask_rules(rules, frame, context))


def _decided(rule: Rule, decisions: list[Decision], frame: pd.DataFrame) -> AskedRule:
    error = next((d.error for d in decisions if d.error), None)
    failing = [(d.clause, d.clause.failing(frame)) for d in decisions if not d.holds]
    if error is None and any(not mask.any() for _, mask in failing):
        error = "Great Expectations found a failure that the rule's mask does not show"
    return AskedRule(rule, failing, len(frame), error)
