"""Judging one delivery: structure first, then its rows and totals, then how much is left.

Great Expectations decides whether a rule holds; the rule's mask then lists the failing rows.
It asks by yielding, so that a district's deliveries are judged side by side (``batching``).
Rules across deliveries are asked in ``cross_delivery`` once they are all judged. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from expectations.clause import Context
from expectations.rule_files import RuleBook
from expectations.rulebook import NoProblem, Rule, Sql, Typed
from orchestration.ingest.reading import Reading
from orchestration.judgement import frames
from orchestration.judgement.asked_rules import (
    AskedRule,
    ask_figures,
    ask_rules,
    ask_structure,
    let_rows_pass,
    not_applicable,
    rule_verdict,
)
from orchestration.judgement.batching import Asking
from orchestration.judgement.findings import (
    cell_findings,
    collapsed,
    finding_rows,
    problem_findings,
)
from orchestration.judgement.plausible.figures import Figures, delivery_figures
from orchestration.judgement.plausible.plausibility import (
    WHOLE_KEY,
    believed,
    figure_findings,
    not_asked,
    only_place,
)
from orchestration.judgement.plausible.released import Released
from orchestration.judgement.waivers import Passed, Waiver
from orchestration.reference.contracts import Contract
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

    asked = yield from ask_structure(
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
    by_row = yield from ask_rules([r for r in others if r.frame == "rows"], rows, context)
    asked_rows = [let_rows_pass(a, rows["record_key"], waivers) for a in by_row]
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
    asked_limit = yield from ask_rules(limit, share, context)
    verdicts += [_limit_verdict(a, quarantined, len(rows)) for a in asked_limit]
    asked = yield from ask_figures(askable, known.frame(askable), context)
    asked_figures = [let_rows_pass(a, WHOLE_KEY, waivers) for a in asked]
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


def _unreadable(asked: list[AskedRule]) -> dict[str, np.ndarray]:
    """Return the rows, by field, whose text could not be read; a waiver makes none readable."""
    return {
        clause.field: mask.to_numpy(dtype=bool)
        for a in asked
        if isinstance(a.rule.test, Typed)
        for clause, mask in a.failing
    }


def _totals(
    rules: list[Rule], contract: Contract, context: Context, reading: Reading
) -> Asking[tuple[list[Verdict], list[pd.DataFrame], list[Rule]]]:
    """Judge the 合计 rows; return verdicts, findings, and the refusing rules that failed."""
    rules = [rule for rule in rules if rule.frame == "totals"]
    if not reading.totals:
        return not_applicable(rules, "文件中没有合计行"), [], []
    frame = frames.totals_frame(reading.totals, contract)
    asked = yield from ask_rules(rules, frame, context)
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


def _quarantined_by(asked: list[AskedRule], length: int) -> np.ndarray:
    ids = np.full(length, "", dtype=object)
    for a in asked:
        if a.rule.severity == "quarantine":
            rows = a.rows(length)
            ids[rows] = [f"{known},{a.rule.id}".lstrip(",") for known in ids[rows]]
    return ids


def _limit_verdict(asked: AskedRule, quarantined: int, landed: int) -> Verdict:
    """The rows behind the share have findings of their own; the verdict says how many."""
    verdict = asked.verdict(1)
    if verdict.outcome != "fail":
        return verdict
    reason = f"{landed} 行中有 {quarantined} 行隔离"
    return rule_verdict(asked.rule, "fail", quarantined, landed, reason)


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
