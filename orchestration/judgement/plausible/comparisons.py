"""What a finding about one cell compares: the text with its column, or a value with its limit.

Add a check here when its findings can say more than the rule's sentence. What a text is, is
``reasons``'; which cells fail, the rule book's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd

from expectations.checks import ExpectationSpec
from expectations.context import value_column
from expectations.rulebook import Coded, NotAfterAsAt, Ordered, Patterned, Rule, Typed, Within
from orchestration.judgement import reasons
from orchestration.judgement.plausible.bands import band_text, number
from orchestration.judgement.plausible.figures import MEAN
from orchestration.reference.contracts import Contract
from orchestration.reference.measures import AREA, COUNT, PRINTED_MEASURES
from orchestration.reference.metrics import metric_name, prose_unit

_EPOCH = date(1970, 1, 1)
#: The one ratio that is infinite where its denominator is 0 is the floor area of a building.
_OF_NO_BUILDING = f"{metric_name(COUNT)}为 0，而{metric_name(AREA)}不为 0"


def cell_causes(
    rule: Rule, spec: ExpectationSpec, at: pd.DataFrame, contract: Contract
) -> tuple[pd.Series, Callable[[str], reasons.Explanation]] | None:
    """Return the texts of the failing rows ``at`` and what says a text's cause and remedy.

    None for a rule whose sentence says it all.
    """
    test = rule.test
    if isinstance(test, Typed | Coded | Patterned):
        column = contract.column(spec.field)
        return at[spec.field], lambda text: reasons.explain(text, column)
    if isinstance(test, Within):
        name, unit = _named(spec.field, contract)
        limit = band_text(*_limits(spec), unit)
        return at[value_column(spec.field)].map(_number), lambda text: (
            f"{name} {text}{' ' + unit if unit else ''}，应{limit}" if text else _OF_NO_BUILDING,
            None,
        )
    if isinstance(test, NotAfterAsAt):
        as_at = _EPOCH + timedelta(days=int(spec.arguments["max_value"]))
        return at[spec.field], lambda text: (f"是 {text}，晚于截至日期 {as_at}", None)
    if isinstance(test, Ordered):
        days = (at[value_column(name)].map(_day_text) for name in (test.later, test.earlier))
        later, earlier = days
        return later + "，早于 " + earlier, lambda text: (f"是 {text}", None)
    return None


def _named(field: str, contract: Contract) -> tuple[str, str]:
    """Return what a value is and its unit, also of what a rule derives."""
    if field in PRINTED_MEASURES or field == MEAN:
        return metric_name(field), prose_unit(field)
    known = contract.column(field).unit if field in contract.fields else None
    return "按文件是", known or ""


def _limits(spec: ExpectationSpec) -> tuple[float | None, float | None]:
    return spec.arguments["min_value"], spec.arguments["max_value"]


def _number(value: float) -> str:
    return number(value) if math.isfinite(value) else ""


def _day_text(number: float) -> str:
    return (_EPOCH + timedelta(days=int(number))).isoformat()
