"""What a finding about one cell compares: the text with its column, or a value with its limit.

Add a check here when its findings can say more than the rule's sentence. What a text is, is
``reasons``'; which cells fail, the rule book's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd

from expectations.checks import Clause, value_column
from expectations.rulebook import Coded, NotAfterAsAt, Ordered, Patterned, Rule, Typed, Within
from orchestration.contracts import Contract
from orchestration.judgement import reasons

_EPOCH = date(1970, 1, 1)


def cell_causes(
    rule: Rule, clause: Clause, at: pd.DataFrame, contract: Contract
) -> tuple[pd.Series, Callable[[str], reasons.Told]] | None:
    """Return the texts of the failing rows ``at`` and what says a text's cause and remedy.

    None for a rule whose sentence says it all.
    """
    test = rule.test
    if isinstance(test, Typed | Coded | Patterned):
        column = contract.column(clause.field)
        return at[clause.field], lambda text: reasons.told(text, column)
    if isinstance(test, Within):
        unit = contract.column(clause.field).unit if clause.field in contract.fields else None
        limit = f"{limit_text(*_limits(clause))}{' ' + unit if unit else ''}"
        return at[value_column(clause.field)].map(number_text), lambda text: (
            f"按文件是 {text}{' ' + unit if unit else ''}，应{limit}",
            None,
        )
    if isinstance(test, NotAfterAsAt):
        as_at = _EPOCH + timedelta(days=int(clause.arguments["max_value"]))
        return at[clause.field], lambda text: (f"是 {text}，晚于截至日期 {as_at}", None)
    if isinstance(test, Ordered):
        days = (at[value_column(name)].map(_day_text) for name in (test.later, test.earlier))
        later, earlier = days
        return later + "，早于 " + earlier, lambda text: (f"是 {text}", None)
    return None


def _limits(clause: Clause) -> tuple[float | None, float | None]:
    return clause.arguments["min_value"], clause.arguments["max_value"]


def limit_text(low: float | None, high: float | None) -> str:
    """Return a band in words: at least, at most, or between the two."""
    if low is None or high is None:
        return f"不大于 {number_text(high)}" if low is None else f"不小于 {number_text(low)}"
    return f"在 {number_text(low)} 至 {number_text(high)} 之间"


def number_text(number: float | None) -> str:
    """Return a number with separators for thousands and no more decimals than it needs."""
    if number is None:
        return ""
    return f"{number:,.6f}".rstrip("0").rstrip(".") if math.isfinite(number) else "无法计算"


def _day_text(number: float) -> str:
    return (_EPOCH + timedelta(days=int(number))).isoformat()
