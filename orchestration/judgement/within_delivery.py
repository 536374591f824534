"""Judging one delivery: its problems first, then its rows and totals, then what is left to count.

Each part of a delivery is a table of its own, and its rules are one part of the district's suite
(``expectations.suites``). Rules across deliveries are asked in ``cross_delivery`` once all of
them are judged. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from expectations.context import Context
from expectations.rule_files import RuleBook
from expectations.rulebook import AtMost, Rule, Sql, Typed
from expectations.suites import Part, part_of
from orchestration.ingest.reading import Reading
from orchestration.judgement import frames
from orchestration.judgement.chunks.asking import AskedRows, ask_rows
from orchestration.judgement.findings import (
    cell_findings,
    collapsed,
    finding_rows,
    problem_findings,
)
from orchestration.judgement.judged_rules import (
    JudgedRule,
    judge_rules,
    let_rows_pass,
    not_applicable,
    rule_verdict,
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


@dataclass(frozen=True)
class _Delivery:
    """A delivery to be judged, and all that it is judged by."""

    reading: Reading
    contract: Contract
    book: RuleBook
    context: Context
    waivers: Sequence[Waiver]

    def rules(self, part: Part) -> list[Rule]:
        """Return the rules about one part of a delivery."""
        rules = [rule for rule in self.book.rules if not isinstance(rule.test, Sql)]
        return [rule for rule in rules if part_of(rule) == part]


@dataclass(frozen=True)
class _Part:
    """What was found in one part of a delivery, and the rules that refuse it for that."""

    verdicts: list[Verdict]
    findings: list[pd.DataFrame]
    refusing: list[Rule]
    passed: Passed = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)


@dataclass(frozen=True)
class _Rows(_Part):
    """What was found in the rows."""

    quarantined_by: np.ndarray = field(default_factory=lambda: np.array([], dtype=object))
    unreadable: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def quarantined(self) -> int:
        return int((self.quarantined_by != "").sum())


def judge_delivery(
    landing: Path,
    reading: Reading,
    contract: Contract,
    book: RuleBook,
    context: Context,
    waivers: Sequence[Waiver] = (),
    released: Released | None = None,
) -> DeliveryJudgement:
    """Judge one delivery by all rules of its book but those across deliveries.

    ``reading`` is the receipt of ``landing``; its problems must already include what only the
    platform can know (a wrong month or district, colliding files). ``waivers`` are those that
    hold for this delivery, ``released`` is what was last released of the district.
    """
    delivery = _Delivery(reading, contract, book, context, waivers)
    problems = _judge_problems(delivery)
    if problems.refusing:
        return _judgement([problems, _not_reached(delivery, problems)], reading)
    if not delivery.rules("rows"):
        return _judgement([problems], reading)
    asked = ask_rows(landing, contract, book, context, delivery.rules("rows"))
    rows = _judge_rows(delivery, asked)
    whole = _judge_whole(delivery, asked.counted, rows, released)
    return _judgement([problems, rows, _judge_totals(delivery), whole], reading, rows)


def _judge_problems(delivery: _Delivery) -> _Part:
    problems = delivery.reading.problems
    judged = judge_rules(
        delivery.rules("problems"), frames.problems_frame(problems), delivery.context
    )
    failed = [one for one in judged if one.failed]
    return _Part(
        verdicts=[one.verdict_on_delivery() for one in judged],
        findings=[problem_findings(one, problems) for one in failed],
        refusing=_refusing(judged),
    )


def _not_reached(delivery: _Delivery, problems: _Part) -> _Part:
    """Return the verdicts of all that is not asked, since the file's problems refuse it."""
    reason = f"已按 {'、'.join(rule.id for rule in problems.refusing)} 退回"
    whole = delivery.rules("delivery")
    limit = [rule for rule in whole if isinstance(rule.test, AtMost)]
    of_table = [r for r in delivery.book.rules if r.frame in ("rows", "totals")]
    of_table = [rule for rule in of_table if not isinstance(rule.test, Sql)]
    on_figures = [rule for rule in whole if rule not in limit]
    return _Part(not_applicable([*limit, *of_table, *on_figures], reason), [], [])


def _judge_rows(delivery: _Delivery, asked: AskedRows) -> _Rows:
    rows = asked.rows
    kept = [let_rows_pass(one, rows["record_key"], delivery.waivers) for one in asked.judged]
    return _Rows(
        verdicts=[one.verdict(len(rows), asked.length) for one in kept],
        findings=[
            found
            for one in kept
            for found in cell_findings(
                one, rows, delivery.contract, delivery.book, delivery.reading
            )
        ],
        refusing=[],
        passed=_passed(kept),
        quarantined_by=asked.of_all(_quarantined_by(kept, len(rows)), ""),
        unreadable=_unreadable(asked),
    )


def _judge_totals(delivery: _Delivery) -> _Part:
    """Judge the 合计 cells."""
    rules, reading = delivery.rules("totals"), delivery.reading
    if not reading.totals:
        return _Part(not_applicable(rules, "文件中没有合计行"), [], [])
    frame = frames.totals_frame(reading.totals, delivery.contract)
    judged = judge_rules(rules, frame, delivery.context)
    return _Part(
        verdicts=[one.verdict(len(frame)) for one in judged],
        findings=[
            _total_finding(one.rule, total, reading)
            for one in judged
            for _, total in frame[one.rows(len(frame))].iterrows()
        ],
        refusing=_refusing(judged),
    )


def _total_finding(rule: Rule, total: pd.Series, reading: Reading) -> pd.DataFrame:
    header = reading.headers[total["field"]]
    return finding_rows(
        rule,
        f"“{header}”的合计：{rule.sentence}。{total['compared']}",
        sheet=[total["sheet"]],
        row_number=[total["row_number"]],
        cell=[total["cell"]],
        field=total["field"],
        record_key=["合计"],
    )


def _judge_whole(
    delivery: _Delivery, frame: pd.DataFrame, rows: _Rows, released: Released | None
) -> _Part:
    """Judge the share of quarantined rows and the figures that the accepted ones give."""
    contract, context = delivery.contract, delivery.context
    is_accepted = rows.quarantined_by == ""
    figures = delivery_figures(frame, is_accepted, contract, context.month)
    known = believed(figures, contract, context, released)
    limit = [rule for rule in delivery.rules("delivery") if isinstance(rule.test, AtMost)]
    on_figures = [rule for rule in delivery.rules("delivery") if rule not in limit]
    askable = [rule for rule in on_figures if known.knows(rule)]
    asked = frames.delivery_frame(rows.quarantined, len(frame), known.asked_values(askable))
    judged = judge_rules([*limit, *askable], asked, context)
    by_limit, by_figure = judged[: len(limit)], judged[len(limit) :]
    by_figure = [let_rows_pass(one, WHOLE_KEY, delivery.waivers) for one in by_figure]
    verdicts = [_limit_verdict(one, rows.quarantined, len(frame)) for one in by_limit]
    verdicts += [one.verdict(1) for one in by_figure]
    for rule in on_figures:
        verdicts += [] if rule in askable else not_applicable([rule], not_asked(rule))
    place = only_place(frame, is_accepted)
    return _Part(
        verdicts=verdicts,
        findings=[
            found
            for one in by_figure
            for found in figure_findings(one, known, contract, delivery.reading, place)
        ],
        refusing=_refusing([*by_limit, *by_figure]),
        passed=_passed(by_figure),
        figures=figures,
    )


def _refusing(judged: Sequence[JudgedRule]) -> list[Rule]:
    return [one.rule for one in judged if one.failed and one.rule.severity == "refuse"]


def _passed(judged: Sequence[JudgedRule]) -> Passed:
    return {(one.rule.id, key): n for one in judged for key, n in one.waived.items()}


def _unreadable(asked: AskedRows) -> dict[str, np.ndarray]:
    """Return the rows, by field, whose text could not be read; a waiver makes none readable."""
    unreadable = {}
    for one in asked.judged:
        if isinstance(one.rule.test, Typed):
            for spec, positions in one.failures:
                marked = np.zeros(len(asked.rows), dtype=bool)
                marked[positions] = True
                unreadable[spec.field] = asked.of_all(marked, False)
    return unreadable


def _quarantined_by(judged: Sequence[JudgedRule], length: int) -> np.ndarray:
    ids = np.full(length, "", dtype=object)
    for one in judged:
        if one.rule.severity == "quarantine":
            rows = one.rows(length)
            ids[rows] = [f"{known},{one.rule.id}".lstrip(",") for known in ids[rows]]
    return ids


def _limit_verdict(judged: JudgedRule, quarantined: int, landed: int) -> Verdict:
    """The rows behind the share have findings of their own; the verdict says how many."""
    verdict = judged.verdict(1)
    if verdict.outcome != "fail":
        return verdict
    reason = f"{landed} 行中有 {quarantined} 行隔离"
    return rule_verdict(judged.rule, "fail", quarantined, landed, reason)


def _judgement(
    parts: Sequence[_Part], reading: Reading, rows: _Rows | None = None
) -> DeliveryJudgement:
    """Return what follows from all parts; every row of a refused delivery is quarantined."""
    refusing = [rule.id for part in parts for rule in part.refusing]
    by = rows.quarantined_by if rows else np.full(reading.landed_rows, "", dtype=object)
    state = "accepted_with_quarantine" if (by != "").any() else "accepted"
    if refusing:
        ids = ",".join(refusing)
        by = np.array([f"{own},{ids}".lstrip(",") for own in by], dtype=object)
        state = "refused"
    return DeliveryJudgement(
        state=state,
        verdicts=tuple(verdict for part in parts for verdict in part.verdicts),
        findings=collapsed([f for part in parts for f in part.findings], reading.problems),
        quarantined_by=by,
        passed={key: count for part in parts for key, count in part.passed.items()},
        figures={} if refusing else {n: v for part in parts for n, v in part.figures.items()},
        unreadable=rows.unreadable if rows and not refusing else {},
    )
