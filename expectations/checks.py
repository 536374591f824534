"""What each kind of check asks of Great Expectations: one or more expectations, as plain data.

Add a check here together with its form in ``rulebook``. An expectation is described before the
library is imported, since that takes seconds; ``suites`` makes the library's objects from the
descriptions. Queries across deliveries are in ``sql_rules``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from expectations import rulebook as book
from expectations.context import (
    TYPE_PATTERNS,
    Context,
    day_number,
    identifier_column,
    value_column,
    whole,
)


@dataclass(frozen=True)
class ExpectationSpec:
    """One expectation of a rule: a class of Great Expectations and its arguments.

    ``field`` is where a finding points: a delivered field, or what the rule book derives.
    """

    field: str
    expectation: str
    arguments: dict[str, Any]


def expectation_specs(rule: book.Rule, context: Context) -> list[ExpectationSpec]:
    """Return the expectations of a rule; SQL rules have none.

    Raises KeyError if the rule names a band, list or limit that the context does not give.
    """
    test = rule.test
    if isinstance(test, book.Sql):
        return []
    build: Callable[[Any, Context], list[ExpectationSpec]] = _BUILDERS[type(test)]
    return build(test, context)


def _where(when: book.When | None) -> dict[str, Any]:
    """Return the argument that limits an expectation to rows; a blank cell equals no value."""
    if when is None:
        return {}
    condition = {
        "type": "comparison",
        "column": {"name": when.column},
        "operator": "NOT_IN" if when.negated else "IN",
        "parameter": list(when.values),
    }
    return {"row_condition": condition}


def _where_filled(name: str) -> dict[str, Any]:
    condition = {"type": "nullity", "column": {"name": name}, "is_null": False}
    return {"row_condition": condition}


def _column(expectation: str, name: str, **arguments: Any) -> ExpectationSpec:
    return ExpectationSpec(name, expectation, {"column": name} | arguments)


def _filled(test: book.Filled, _: Context) -> list[ExpectationSpec]:
    where = _where(test.when)
    return [_column("ExpectColumnValuesToNotBeNull", name, **where) for name in test.columns]


def _blank(test: book.Blank, _: Context) -> list[ExpectationSpec]:
    where = _where(test.when)
    return [_column("ExpectColumnValuesToBeNull", name, **where) for name in test.columns]


def _paired(test: book.Paired, _: Context) -> list[ExpectationSpec]:
    first, second = test.columns
    return [
        _column("ExpectColumnValuesToNotBeNull", one, **_where_filled(other))
        for one, other in ((first, second), (second, first))
    ]


def _matching(name: str, pattern: str) -> ExpectationSpec:
    return _column("ExpectColumnValuesToMatchRegex", name, regex=pattern)


def _typed(test: book.Typed, context: Context) -> list[ExpectationSpec]:
    return [_matching(name, TYPE_PATTERNS[context.types[name]]) for name in test.columns]


def _patterned(test: book.Patterned, context: Context) -> list[ExpectationSpec]:
    return [_matching(name, whole(context.patterns[name])) for name in test.columns]


def _among(name: str, values: tuple[str, ...]) -> ExpectationSpec:
    return _column("ExpectColumnValuesToBeInSet", name, value_set=list(values))


def _coded(test: book.Coded, context: Context) -> list[ExpectationSpec]:
    return [_among(name, context.codes[name]) for name in test.columns]


def _named(test: book.Named, context: Context) -> list[ExpectationSpec]:
    return [_among(name, context.names[test.names]) for name in test.columns]


def _between(name: str, low: float | None, high: float | None) -> ExpectationSpec:
    arguments = {"column": value_column(name), "min_value": low, "max_value": high}
    return ExpectationSpec(name, "ExpectColumnValuesToBeBetween", arguments)


def _within(test: book.Within, context: Context) -> list[ExpectationSpec]:
    low, high = (test.low, test.high) if test.band is None else context.bands[test.band]
    return [_between(name, low, high) for name in test.columns]


#: What stands before a measure in the name of its band beyond which no figure can be.
IMPOSSIBLE = "impossible_"


def _plausible(test: book.Plausible, context: Context) -> list[ExpectationSpec]:
    prefix = IMPOSSIBLE if test.band == "impossible" else ""
    return [_between(name, *context.bands[prefix + name]) for name in test.figures]


def _not_after_as_at(test: book.NotAfterAsAt, context: Context) -> list[ExpectationSpec]:
    return [_between(name, None, day_number(context.as_at)) for name in test.columns]


def _ordered(test: book.Ordered, _: Context) -> list[ExpectationSpec]:
    arguments = {
        "column_A": value_column(test.later),
        "column_B": value_column(test.earlier),
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    }
    return [ExpectationSpec(test.later, "ExpectColumnPairValuesAToBeGreaterThanB", arguments)]


def _unique(test: book.Unique, context: Context) -> list[ExpectationSpec]:
    """Return the expectation; text that is no identifier repeats none."""
    names = [identifier_column(n) if n in context.patterns else n for n in test.columns]
    field = test.columns[-1]
    if len(names) == 1:
        return [ExpectationSpec(field, "ExpectColumnValuesToBeUnique", {"column": names[0]})]
    has_identifier = names != list(test.columns)
    ignored = "any_value_is_missing" if has_identifier else "all_values_are_missing"
    arguments = {"column_list": names, "ignore_row_if": ignored}
    return [ExpectationSpec(field, "ExpectCompoundColumnsToBeUnique", arguments)]


#: The column of a frame of one row a problem that the reader met: the code of the problem.
PROBLEM = "problem"


def _no_problem(test: book.NoProblem, _: Context) -> list[ExpectationSpec]:
    codes = list(test.problems)
    return [_column("ExpectColumnValuesToNotBeInSet", PROBLEM, value_set=codes)]


def _at_most(test: book.AtMost, context: Context) -> list[ExpectationSpec]:
    return [_between(test.measure, None, context.limits[test.limit])]


_BUILDERS: dict[type, Callable[[Any, Context], list[ExpectationSpec]]] = {
    book.Filled: _filled,
    book.Blank: _blank,
    book.Paired: _paired,
    book.Typed: _typed,
    book.Coded: _coded,
    book.Patterned: _patterned,
    book.Named: _named,
    book.Within: _within,
    book.Plausible: _plausible,
    book.Ordered: _ordered,
    book.NotAfterAsAt: _not_after_as_at,
    book.Unique: _unique,
    book.NoProblem: _no_problem,
    book.AtMost: _at_most,
}
