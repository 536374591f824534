"""A rule that was asked of one delivery: the rows that fail it, its verdict, what is let pass.

Add here what is done with the answers of every rule. Which rules are asked of which table, and
what follows from them, is in ``within_delivery``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from expectations.checks import ExpectationSpec, expectation_specs
from expectations.context import Context
from expectations.rulebook import Rule
from expectations.suites import expectation_suite, part_of, suite_name
from expectations.validation import ask_suite
from orchestration.judgement.waivers import Waiver, reason, waived_keys
from orchestration.store.records import Verdict

#: An expectation that fails, with the positions of the rows that fail it, in order.
Failure = tuple[ExpectationSpec, np.ndarray]


@dataclass(frozen=True)
class JudgedRule:
    """One rule after it was asked: its failing expectations, or the error if it could not be.

    ``waived`` counts, by record key, the rows that failed and were let pass.
    """

    rule: Rule
    failures: Sequence[Failure]
    error: str | None
    waived: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> bool:
        """Whether a row fails it, or it could not be asked."""
        return self.error is not None or bool(self.failures)

    def rows(self, length: int) -> np.ndarray:
        """Return which of ``length`` rows fail any of its expectations."""
        failing = np.zeros(length, dtype=bool)
        for _, positions in self.failures:
            failing[positions] = True
        return failing

    def verdict(self, length: int, checked: int | None = None) -> Verdict:
        """Return the rule's verdict over a frame of ``length`` rows.

        They may be only those of ``checked`` rows that fail a rule.
        """
        failing = None if self.error else int(self.rows(length).sum())
        return self._verdict(failing, length if checked is None else checked)

    def verdict_on_delivery(self) -> Verdict:
        """Return the verdict of a rule that is about the delivery: that one fails, or none."""
        return self._verdict(None if self.error else int(self.failed), 1)

    def _verdict(self, failing: int | None, checked: int) -> Verdict:
        outcome = "error" if self.error else "fail" if self.failures else "pass"
        why = self.error or reason(self.waived.total())
        return rule_verdict(self.rule, outcome, failing, checked, why)


def rule_verdict(
    rule: Rule, outcome: str, failing: int | None, checked: int | None, reason: str | None
) -> Verdict:
    """Return the verdict of a rule: its outcome, how many of how many failed, and why."""
    return Verdict(rule.id, rule.dimension, rule.severity, outcome, failing, checked, reason)


def not_applicable(rules: Sequence[Rule], reason: str) -> list[Verdict]:
    """Return verdicts that say why these rules could not be asked."""
    return [rule_verdict(rule, "not_applicable", None, None, reason) for rule in rules]


def judge_rules(rules: Sequence[Rule], frame: pd.DataFrame, context: Context) -> list[JudgedRule]:
    """Let Great Expectations decide the rules of one part of a suite over its frame.

    No row fails where there is none: the library is not asked then.
    """
    if not rules or frame.empty:
        return [JudgedRule(rule, [], None) for rule in rules]
    name = suite_name(context.district_id, context.kind, part_of(rules[0]))
    answers = ask_suite(expectation_suite(name, rules, context), frame)
    judged = []
    for rule in rules:
        specs = expectation_specs(rule, context)
        asked = [(spec, answers[rule.id, spec.field]) for spec in specs]
        error = next((answer.error for _, answer in asked if answer.error), None)
        failures = [(spec, answer.rows) for spec, answer in asked if len(answer.rows)]
        judged.append(JudgedRule(rule, failures, error))
    return judged


def let_rows_pass(
    judged: JudgedRule, keys: pd.Series[str], waivers: Sequence[Waiver]
) -> JudgedRule:
    """Take the waived records out of what fails a rule that could be asked.

    ``keys`` are the record keys of the rows in their order.
    """
    names = waived_keys(waivers, judged.rule.id)
    if not names or judged.error is not None:
        return judged
    is_waived = keys.isin(names).to_numpy()
    left = [(spec, rows[~is_waived[rows]]) for spec, rows in judged.failures]
    passed = Counter[str](keys[judged.rows(len(keys)) & is_waived])
    return replace(judged, failures=[(s, rows) for s, rows in left if len(rows)], waived=passed)
