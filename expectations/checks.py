"""What each kind of check means: one or more clauses, each for Great Expectations and as a mask.

A clause is the smallest question asked of a delivery: one expectation on one column or pair.
Great Expectations decides whether it holds; the mask of the same clause lists the rows that
fail, and a test proves that the two agree on every rule. Add a check here together with its
form in ``rulebook``. Queries across deliveries are in ``crossing``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isnan
from typing import Any

import pandas as pd

from expectations import rulebook as book
from expectations.clause import (
    TYPE_PATTERNS,
    Clause,
    Context,
    day_number,
    known_column,
    value_column,
)


def clauses(rule: book.Rule, context: Context) -> list[Clause]:
    """Return the clauses of a rule that Great Expectations judges (SQL rules have none).

    Raises KeyError if the rule names a band, list or limit that the context does not give.
    """
    test = rule.test
    if isinstance(test, book.Sql):
        return []
    build: Callable[[Any, Context], list[Clause]] = _BUILDERS[type(test)]
    return build(test, context)


def applies(when: book.When | None, frame: pd.DataFrame) -> pd.Series[bool]:
    """Return the rows on which a condition holds; a blank cell equals no value."""
    if when is None:
        return pd.Series(True, index=frame.index)
    holds = frame[when.column].isin(list(when.values))
    return ~holds if when.negated else holds


def _not_null(name: str, when: book.When | None) -> Clause:
    return Clause(
        name,
        "ExpectColumnValuesToNotBeNull",
        {"column": name},
        lambda frame: frame[name].isna() & applies(when, frame),
        None if when is None else partial(applies, when),
    )


def _null(name: str, when: book.When) -> Clause:
    return Clause(
        name,
        "ExpectColumnValuesToBeNull",
        {"column": name},
        lambda frame: frame[name].notna() & applies(when, frame),
        partial(applies, when),
    )


def _filled(test: book.Filled, _: Context) -> list[Clause]:
    return [_not_null(name, test.when) for name in test.columns]


def _blank(test: book.Blank, _: Context) -> list[Clause]:
    return [_null(name, test.when) for name in test.columns]


def _paired(test: book.Paired, _: Context) -> list[Clause]:
    def clause(blank: str, filled: str) -> Clause:
        return Clause(
            blank,
            "ExpectColumnValuesToNotBeNull",
            {"column": blank},
            lambda frame: frame[blank].isna() & frame[filled].notna(),
            lambda frame: frame[filled].notna(),
        )

    first, second = test.columns
    return [clause(first, second), clause(second, first)]


def _matching(name: str, pattern: str) -> Clause:
    return Clause(
        name,
        "ExpectColumnValuesToMatchRegex",
        {"column": name, "regex": pattern},
        lambda frame: frame[name].notna() & ~frame[name].str.match(pattern, na=False),
    )


def _typed(test: book.Typed, context: Context) -> list[Clause]:
    return [_matching(name, TYPE_PATTERNS[context.types[name]]) for name in test.columns]


def _among(name: str, values: tuple[str, ...]) -> Clause:
    return Clause(
        name,
        "ExpectColumnValuesToBeInSet",
        {"column": name, "value_set": list(values)},
        lambda frame: frame[name].notna() & ~frame[name].isin(list(values)),
    )


def _coded(test: book.Coded, context: Context) -> list[Clause]:
    return [_among(name, context.codes[name]) for name in test.columns]


def _patterned(test: book.Patterned, _: Context) -> list[Clause]:
    """Return clauses that ask for identifiers where there is text.

    The frame matched millions of cells once, for this and for the rules about repetition.
    """

    def clause(name: str) -> Clause:
        known = known_column(name)
        return Clause(
            name,
            "ExpectColumnValuesToNotBeNull",
            {"column": known},
            lambda frame: frame[name].notna() & frame[known].isna(),
            lambda frame: frame[name].notna(),
        )

    return [clause(name) for name in test.columns]


def _named(test: book.Named, context: Context) -> list[Clause]:
    return [_among(name, context.names[test.names]) for name in test.columns]


def _between(name: str, low: Any, high: Any) -> Clause:
    column = value_column(name)

    def failing(frame: pd.DataFrame) -> pd.Series[bool]:
        values = frame[column]
        outside = pd.Series(False, index=frame.index)
        if low is not None:
            outside |= values < low
        if high is not None:
            outside |= values > high
        return outside

    return Clause(
        name,
        "ExpectColumnValuesToBeBetween",
        {"column": column, "min_value": low, "max_value": high},
        failing,
    )


def _within(test: book.Within, context: Context) -> list[Clause]:
    low, high = (test.low, test.high) if test.band is None else context.bands[test.band]
    return [_between(name, low, high) for name in test.columns]


#: What stands before a measure in the name of its band beyond which no figure can be.
IMPOSSIBLE = "impossible_"


def _plausible(test: book.Plausible, context: Context) -> list[Clause]:
    prefix = IMPOSSIBLE if test.band == "impossible" else ""
    return [_between(name, *context.bands[prefix + name]) for name in test.figures]


def _not_after_as_at(test: book.NotAfterAsAt, context: Context) -> list[Clause]:
    return [_between(name, None, day_number(context.as_at)) for name in test.columns]


def _ordered(test: book.Ordered, _: Context) -> list[Clause]:
    earlier, later = value_column(test.earlier), value_column(test.later)
    return [
        Clause(
            test.later,
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {
                "column_A": later,
                "column_B": earlier,
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            },
            lambda frame: frame[later] < frame[earlier],
        )
    ]


def _unique(test: book.Unique, context: Context) -> list[Clause]:
    """Return the clause; identifiers that match no pattern are no identifiers to be repeated."""
    names = [known_column(n) if n in context.patterns else n for n in test.columns]
    has_identifier = names != list(test.columns)
    if len(names) > 1:
        expectation = "ExpectCompoundColumnsToBeUnique"
        ignored = "any_value_is_missing" if has_identifier else "all_values_are_missing"
        arguments = {"column_list": names, "ignore_row_if": ignored}
    else:
        expectation, arguments = "ExpectColumnValuesToBeUnique", {"column": names[0]}

    def failing(frame: pd.DataFrame) -> pd.Series[bool]:
        is_there = frame[names].notna()
        asked = is_there.all(axis=1) if has_identifier else is_there.any(axis=1)
        return asked & frame.duplicated(names, keep=False)

    return [Clause(test.columns[-1], expectation, arguments, failing)]


def problem_measure(test: book.NoProblem) -> str:
    """Return the name under which a delivery's frame counts the problems of a check.

    One count for all its codes: every expectation costs Great Expectations milliseconds.
    """
    return "problem_" + "_or_".join(test.problems)


def _no_problem(test: book.NoProblem, _: Context) -> list[Clause]:
    return [_between(problem_measure(test), None, 0)]


#: The measure that counts the problems of each check in a frame of one row a check.
ANY_PROBLEM = "problem_count"


def no_problem_at_all() -> Clause:
    """Return the clause that no check of a delivery's structure met a problem."""
    return _between(ANY_PROBLEM, None, 0)


#: How far outside of its band the figure lies that is furthest outside; at most 0 if none is.
FIGURE_EXCESS = "figure_excess"


def no_figure_outside() -> Clause:
    """Return the clause that no figure of a delivery lies outside of a band."""
    return _between(FIGURE_EXCESS, None, 0)


def largest_excess(asked: list[Clause], frame: pd.DataFrame) -> float:
    """Return what ``no_figure_outside`` asks about, of ``plausible`` clauses on a one-row frame."""
    excesses = [0.0]
    for clause in asked:
        [value] = frame[clause.arguments["column"]]
        low, high = clause.arguments["min_value"], clause.arguments["max_value"]
        excesses += [low - value] if low is not None else []
        excesses += [value - high] if high is not None else []
    return max(excess for excess in excesses if not isnan(excess))


def _at_most(test: book.AtMost, context: Context) -> list[Clause]:
    return [_between(test.measure, None, context.limits[test.limit])]


_BUILDERS: dict[type, Callable[[Any, Context], list[Clause]]] = {
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
