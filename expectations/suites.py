"""Suites of Great Expectations: one a district and kind, as its users know them.

A suite is made from the rules of a kind and what they are asked against. Its main part is about
the rows of a delivery and is named ``<district>.<kind>``, for example ``gusu.building_survey``.
What is asked of other tables stands in suites of its own beside it (``PARTS``). Each expectation
has a severity, a description and, in its meta, the rule that it belongs to.

Add here how a rule looks in a suite. What a check asks is in ``checks``; asking is ``validation``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from expectations.checks import ExpectationSpec, expectation_specs
from expectations.context import Context
from expectations.library_patches import great_expectations
from expectations.rulebook import AtMost, NoProblem, Plausible, Rule, Severity

#: What a delivery's tables are: its rows, one row a problem that the reader met, one row a
#: 合计 cell, and one row with the delivery's figures and its share of quarantined rows.
Part = Literal["rows", "problems", "totals", "delivery"]
PARTS: tuple[Part, ...] = ("rows", "problems", "totals", "delivery")
#: Great Expectations knows three severities. Ours stands in the meta.
_SEVERITIES: dict[Severity, str] = {
    "refuse": "critical",
    "quarantine": "critical",
    "warn": "warning",
    "info": "info",
}


def part_of(rule: Rule) -> Part:
    """Return which table of a delivery a rule is asked of."""
    if isinstance(rule.test, NoProblem):
        return "problems"
    if isinstance(rule.test, AtMost | Plausible):
        return "delivery"
    return "totals" if rule.frame == "totals" else "rows"


def suite_name(district_id: str, kind: str, part: Part = "rows") -> str:
    """Return the name of a suite.

    >>> suite_name("gusu", "building_survey"), suite_name("gusu", "building_survey", "totals")
    ('gusu.building_survey', 'gusu.building_survey.totals')
    """
    return f"{district_id}.{kind}" if part == "rows" else f"{district_id}.{kind}.{part}"


def expectation_suite(name: str, rules: Sequence[Rule], context: Context) -> Any:
    """Return an ``ExpectationSuite`` with the expectations of some rules, in their order.

    Raises KeyError if a rule names a band, list or limit that the context does not give.
    """
    suite = great_expectations().ExpectationSuite(name=name)
    # to add them one by one compares each with all before it
    suite.expectations = [
        _expectation(rule, spec, context)
        for rule in rules
        for spec in expectation_specs(rule, context)
    ]
    return suite


def _expectation(rule: Rule, spec: ExpectationSpec, context: Context) -> Any:
    header = context.headers.get(spec.field)
    meta = {
        "rule_id": rule.id,
        "field": spec.field,
        "contract_term": header,
        "dimension": rule.dimension,
        "severity": rule.severity,
        "remedy": rule.remedy,
        "since": rule.since,
    }
    return getattr(great_expectations().expectations, spec.expectation)(
        **spec.arguments,
        severity=_SEVERITIES[rule.severity],
        description=f"“{header}”：{rule.sentence}" if header else rule.sentence,
        meta=meta,
    )
