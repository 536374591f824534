"""Judging one delivery: structure first, then its rows and totals, then how much is left.

Great Expectations decides whether a rule holds; the rule's mask then lists the failing rows.
It asks by yielding, so that a district's deliveries are judged side by side (``asking``).
Rules across deliveries are asked in ``crossing`` once they are all judged. Writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from expectations.checks import (
    ANY_PROBLEM,
    FIGURE_EXCESS,
    Clause,
    Context,
    clauses,
    largest_excess,
    no_figure_outside,
    no_problem_at_all,
    value_column,
)
from expectations.rulebook import NoProblem, Rule, RuleBook, Sql, Typed
from expectations.suites import Decision, Inquiry
from orchestration.contracts import Contract
from orchestration.ingest.reading import Reading
from orchestration.judgement import frames
from orchestration.judgement.asking import Asking
from orchestration.judgement.figures import Figures, delivery_figures
from orchestration.judgement.findings import (
    cell_findings,
    collapsed,
    finding_rows,
    problem_findings,
)
from orchestration.judgement.plausibility import (
    WHOLE_KEY,
    believed,
    figure_findings,
    not_asked,
    only_place,
)
from orchestration.judgement.released import Released
from orchestration.judgement.waivers import Passed, Waiver, reason, waived_keys
from orchestration.store.records import Verdict


@dataclass(frozen=True)
class DeliveryJudgement:
    """State, verdicts and findings of a delivery, and the rules each landed row is quarantined by.

    ``quarantined_by`` has one entry a landed row in landing order: the ids of the rules, joined
    by commas, or an empty string for an accepted row. ``passed`` counts the rows that waivers
    let pass. ``unreadable`` marks, by field, the rows whose text is no number or date: whoever
    counts sees a blank there. ``figures`` are what would be counted; a refused delivery has none.
    """

    state: str
    verdicts: tuple[Verdict, ...]
    findings: pd.DataFrame
    quarantined_by: np.ndarray
    passed: Passed = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)
    unreadable: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
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
        return _verdict(self.rule, outcome, count, self.checked, told)


def _verdict(
    rule: Rule, outcome: str, failing: int | None, checked: int | None, reason: str | None
) -> Verdict:
    return Verdict(rule.id, rule.dimension, rule.severity, outcome, failing, checked, reason)


def not_applicable(rules: Sequence[Rule], reason: str) -> list[Verdict]:
    """Return verdicts that say why these rules could not be asked."""
    return [_verdict(rule, "not_applicable", None, None, reason) for rule in rules]


def judge_delivery(
    landing: Path,
    reading: Reading,
    contract: Contract,
    book: RuleBook,
    context: Context,
    waivers: Sequence[Waiver] = (),
    released: Released | None = None,
) -> Asking[DeliveryJudgement]:
    """Judge one delivery by all rules of its book but those across deliveries.

    ``reading`` is the receipt of ``landing``; its problems must already include what only the
    platform can know (a wrong month or district, colliding files). ``waivers`` are those that
    hold for this delivery, ``released`` is what was last released of the district.
    """
    rules = [rule for rule in book.rules if not isinstance(rule.test, Sql)]
    structure = [r for r in rules if r.frame == "delivery" and isinstance(r.test, NoProblem)]
    limit = [r for r in rules if r.frame == "delivery" and r not in structure]
    others = [r for r in rules if r.frame in ("rows", "totals")]
    on_figures = [r for r in rules if r.frame == "figures"]

    asked = yield from _ask_structure(
        structure, frames.delivery_frame(book, reading.problems), context
    )
    verdicts = [a.verdict(1) for a in asked]
    findings = [problem_findings(a.rule, reading) for a in asked if a.failed]
    refusing = [a.rule for a in asked if a.failed and a.rule.severity == "refuse"]
    if refusing:
        reason = f"已按 {'、'.join(rule.id for rule in refusing)} 退回"
        verdicts += not_applicable([*limit, *others, *on_figures], reason)
        return _refused(refusing, verdicts, findings, reading)
    if not others:
        whole = collapsed(findings, reading.problems)
        return DeliveryJudgement("accepted", tuple(verdicts), whole, np.array([], dtype=object))

    rows = frames.rows_frame(landing, contract, book)
    by_row = yield from _ask([r for r in others if r.frame == "rows"], rows, context)
    asked_rows = [_let_pass(a, rows["record_key"], waivers) for a in by_row]
    verdicts += [a.verdict(len(rows)) for a in asked_rows]
    for a in asked_rows:
        findings += cell_findings(a.rule, a.failing, rows, contract, book, reading)
    totals_verdicts, totals_findings, broken = yield from _totals(
        others, contract, context, reading
    )
    verdicts += totals_verdicts
    findings += totals_findings

    passed = {(a.rule.id, key): n for a in asked_rows for key, n in a.waived.items()}
    quarantined_by = _quarantined_by(asked_rows, len(rows))
    quarantined = int((quarantined_by != "").sum())
    is_accepted = quarantined_by == ""
    figures = delivery_figures(rows, is_accepted, contract, context.month)
    known = believed(figures, contract, context, released)
    askable = [rule for rule in on_figures if known.knows(rule)]
    share = frames.quarantine_frame(quarantined, len(rows))
    asked_limit = yield from _ask(limit, share, context)
    verdicts += [_limit_verdict(a, quarantined, len(rows)) for a in asked_limit]
    asked = yield from _ask_figures(askable, known.frame(askable), context)
    asked_figures = [_let_pass(a, WHOLE_KEY, waivers) for a in asked]
    verdicts += [a.verdict(1) for a in asked_figures]
    for rule in on_figures:
        verdicts += [] if rule in askable else not_applicable([rule], not_asked(rule))
    place = only_place(rows, is_accepted)
    for a in asked_figures:
        findings += figure_findings(a.rule, a.failing, known, contract, reading, place)
    passed |= {(a.rule.id, key): n for a in asked_figures for key, n in a.waived.items()}
    impossible = [a.rule for a in asked_figures if a.failed and a.rule.severity == "refuse"]
    refusing = [*broken, *(a.rule for a in asked_limit if a.failed), *impossible]
    if refusing:
        refused = _refused(refusing, verdicts, findings, reading, quarantined_by)
        return replace(refused, passed=passed)
    return DeliveryJudgement(
        state="accepted_with_quarantine" if quarantined else "accepted",
        verdicts=tuple(verdicts),
        findings=collapsed(findings, reading.problems),
        quarantined_by=quarantined_by,
        passed=passed,
        figures=figures,
        unreadable=_unreadable(by_row),
    )


def _unreadable(asked: list[_Asked]) -> dict[str, np.ndarray]:
    """Return the rows, by field, whose text could not be read; a waiver makes none readable."""
    return {
        clause.field: mask.to_numpy(dtype=bool)
        for a in asked
        if isinstance(a.rule.test, Typed)
        for clause, mask in a.failing
    }


def _let_pass(asked: _Asked, keys: pd.Series[str], waivers: Sequence[Waiver]) -> _Asked:
    """Take the waived records out of what fails a rule that could be asked."""
    waived = keys.isin(waived_keys(waivers, asked.rule.id)) if waivers else None
    if waived is None or asked.error is not None or not waived.any():
        return asked
    left = [(clause, mask & ~waived) for clause, mask in asked.failing]
    passed = Counter[str](keys[asked.rows(len(keys)) & waived.to_numpy()])
    return replace(asked, failing=[(c, m) for c, m in left if m.any()], waived=passed)


def _ask(rules: list[Rule], frame: pd.DataFrame, context: Context) -> Asking[list[_Asked]]:
    """Let Great Expectations decide all clauses of the rules in one validation."""
    by_rule = [(rule, clauses(rule, context)) for rule in rules]
    decisions = iter((yield Inquiry(frame, [c for _, parts in by_rule for c in parts])))
    return [_asked(rule, [next(decisions) for _ in parts], frame) for rule, parts in by_rule]


def _ask_structure(
    rules: list[Rule], frame: pd.DataFrame, context: Context
) -> Asking[list[_Asked]]:
    """Ask whether the reader met any problem at all, and only if so rule by rule.

    A delivery mostly has none, and every expectation costs milliseconds.
    """
    counts = frame.T.set_axis([value_column(ANY_PROBLEM)], axis="columns")
    [none_met] = yield Inquiry(counts, [no_problem_at_all()])
    if none_met.holds:
        return [_Asked(rule, [], 1, None) for rule in rules]
    return (yield from _ask(rules, frame, context))


def _ask_figures(rules: list[Rule], frame: pd.DataFrame, context: Context) -> Asking[list[_Asked]]:
    """Ask whether any figure lies outside of any band at all, and only if so rule by rule."""
    asked = [clause for rule in rules for clause in clauses(rule, context)]
    excess = pd.DataFrame({value_column(FIGURE_EXCESS): [largest_excess(asked, frame)]})
    [none_outside] = yield Inquiry(excess, [no_figure_outside()])
    if none_outside.holds:
        return [_Asked(rule, [], 1, None) for rule in rules]
    return (yield from _ask(rules, frame, context))


def _asked(rule: Rule, decisions: list[Decision], frame: pd.DataFrame) -> _Asked:
    error = next((d.error for d in decisions if d.error), None)
    failing = [(d.clause, d.clause.failing(frame)) for d in decisions if not d.holds]
    if error is None and any(not mask.any() for _, mask in failing):
        error = "Great Expectations found a failure that the rule's mask does not show"
    return _Asked(rule, failing, len(frame), error)


def _totals(
    rules: list[Rule], contract: Contract, context: Context, reading: Reading
) -> Asking[tuple[list[Verdict], list[pd.DataFrame], list[Rule]]]:
    """Judge the 合计 rows; return verdicts, findings, and the refusing rules that failed."""
    rules = [rule for rule in rules if rule.frame == "totals"]
    if not reading.totals:
        return not_applicable(rules, "文件中没有合计行"), [], []
    frame = frames.totals_frame(reading.totals, contract)
    asked = yield from _ask(rules, frame, context)
    verdicts = [a.verdict(len(frame)) for a in asked]
    findings = []
    for a in asked:
        failing = frame[a.rows(len(frame))]
        for _, total in failing.iterrows():
            header = reading.headers[total["field"]]
            findings.append(
                finding_rows(
                    a.rule,
                    f"“{header}”的合计：{a.rule.sentence}。{total['compared']}",
                    sheet=[total["sheet"]],
                    row_number=[total["row_number"]],
                    cell=[total["cell"]],
                    field=total["field"],
                    record_key=["合计"],
                )
            )
    broken = [a.rule for a in asked if a.failed and a.rule.severity == "refuse"]
    return verdicts, findings, broken


def _quarantined_by(asked: list[_Asked], length: int) -> np.ndarray:
    ids = np.full(length, "", dtype=object)
    for a in asked:
        if a.rule.severity == "quarantine":
            rows = a.rows(length)
            ids[rows] = [f"{known},{a.rule.id}".lstrip(",") for known in ids[rows]]
    return ids


def _limit_verdict(asked: _Asked, quarantined: int, landed: int) -> Verdict:
    """The rows behind the share have findings of their own; the verdict says how many."""
    verdict = asked.verdict(1)
    if verdict.outcome != "fail":
        return verdict
    reason = f"{landed} 行中有 {quarantined} 行隔离"
    return _verdict(asked.rule, "fail", quarantined, landed, reason)


def _refused(
    refusing: list[Rule],
    verdicts: list[Verdict],
    findings: list[pd.DataFrame],
    reading: Reading,
    quarantined_by: np.ndarray | None = None,
) -> DeliveryJudgement:
    """Every landed row of a refused delivery is quarantined, by the rules that refuse it."""
    ids = ",".join(rule.id for rule in refusing)
    by = [""] * reading.landed_rows if quarantined_by is None else quarantined_by
    return DeliveryJudgement(
        state="refused",
        verdicts=tuple(verdicts),
        findings=collapsed(findings, reading.problems),
        quarantined_by=np.array([f"{own},{ids}".lstrip(",") for own in by], dtype=object),
    )
