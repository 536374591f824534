"""Waivers: true exceptions to a rule, named by record, signed, and valid for some months.

The rule book decides as always; then the waived records are taken out of what fails. Add here
what a waiver may not do. A wrong value is not waived but corrected (``corrections``), and a rule
that is wrong is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import model_validator

from expectations.rule_files import load_rulebooks
from expectations.rulebook import Blank, NotAfterAsAt, Ordered, Paired, Rule, Within
from orchestration.judgement.decisions import Day, Decision, Filled, InMonth, read_decisions
from orchestration.reference.months import Month
from orchestration.reference.seeds import WAIVERS_SEED
from orchestration.store.records import Verdict

#: Rows that waivers let pass, counted by rule and record key.
Passed = dict[tuple[str, str], int]


class Waiver(Decision):
    """One row of ``waivers.csv``: from ``valid_from`` to ``valid_until`` the rule lets it pass."""

    rule_id: Filled
    waived_by: Filled
    waived_on: Day
    valid_from: InMonth
    valid_until: InMonth

    @model_validator(mode="after")
    def _may_be_waived(self) -> Waiver:
        rules = {rule.id: rule for rule in load_rulebooks()[self.kind].rules}
        if self.rule_id not in rules:
            raise ValueError(f"{self.kind} has no rule {self.rule_id!r}")
        if not is_waivable(rules[self.rule_id]):
            raise ValueError(
                f"{self.rule_id} cannot be waived: what it finds cannot be counted as it stands; "
                "correct the value in corrections.csv instead"
            )
        if self.valid_until < self.valid_from:
            raise ValueError(f"ends in {self.valid_until}, before it begins")
        return self

    @property
    def subject(self) -> tuple[str, ...]:
        """Rule and record."""
        return (self.district_id, self.kind, self.rule_id, self.record_key)

    def meets(self, other: Waiver) -> bool:
        """Whether the two hold in one month."""
        return self.valid_from <= other.valid_until and other.valid_from <= self.valid_until


def is_waivable(rule: Rule) -> bool:
    """Whether a record may be let pass without harm to the figures.

    A rule that warns leaves the row in them anyhow, also one that asks about the figures. One
    that quarantines may be waived where it compares values each of which can be used; not where
    the value itself cannot: unreadable, absent, unknown, repeated, or outside of what such a
    number can be.
    """
    if rule.frame not in ("rows", "figures") or rule.severity == "refuse":
        return False
    test = rule.test
    compares = isinstance(test, Blank | NotAfterAsAt | Ordered | Paired) or (
        isinstance(test, Within) and test.band is not None
    )
    return rule.severity in ("warn", "info") or compares


def waivers_of(folder: Path, month: Month, district_id: str) -> tuple[Waiver, ...]:
    """Return the waivers that hold for a district in a month; raise DecisionError for bad rows."""
    return tuple(
        waiver
        for waiver in read_decisions(folder / WAIVERS_SEED, Waiver)
        if waiver.district_id == district_id and waiver.valid_from <= month <= waiver.valid_until
    )


def waived_keys(waivers: Sequence[Waiver], rule_id: str) -> list[str]:
    """Return the record keys that a rule lets pass."""
    return [waiver.record_key for waiver in waivers if waiver.rule_id == rule_id]


def reason(count: int) -> str | None:
    """Return what a verdict says of the rows it let pass; nothing of none."""
    return f"{count} 行按豁免放行" if count else None


def let_pass(
    verdicts: list[Verdict], findings: pd.DataFrame, waivers: Sequence[Waiver]
) -> tuple[list[Verdict], pd.DataFrame, Passed]:
    """Take the waived records out of verdicts each of whose failures has one finding."""
    waived = {(waiver.rule_id, waiver.record_key) for waiver in waivers}
    if not waived or findings.empty:
        return verdicts, findings, {}
    found = list(zip(findings["rule_id"], findings["record_key"], strict=True))
    passed = Counter[tuple[str, str]](place for place in found if place in waived)
    kept = findings[[place not in waived for place in found]]
    by_rule = Counter(rule_id for rule_id, _ in passed.elements())
    return [_lessened(v, by_rule[v.rule_id]) for v in verdicts], kept, passed


def _lessened(verdict: Verdict, count: int) -> Verdict:
    if not count or verdict.failing_count is None:
        return verdict
    failing = verdict.failing_count - count
    outcome = "fail" if failing else "pass"
    why = "；".join(text for text in (verdict.reason, reason(count)) if text)
    return replace(verdict, outcome=outcome, failing_count=failing, reason=why)


def waiver_rows(waivers: Sequence[Waiver], passed: Mapping[str, Passed]) -> list[dict[str, Any]]:
    """Return what became of each waiver in a month; ``passed`` counts rows by kind."""
    rows = []
    for waiver in waivers:
        count = passed.get(waiver.kind, {}).get((waiver.rule_id, waiver.record_key), 0)
        rows.append(
            waiver.model_dump()
            | {
                "valid_from": waiver.valid_from.first_day,
                "valid_until": waiver.valid_until.last_day,
                "status": "applied" if count else "unused",
                "row_count": count,
            }
        )
    return rows
