"""Great Expectations decides: one suite over what the rule books ask of several frames at once.

The only module that imports Great Expectations, and only when asked: the import costs seconds.
Results are taken as ``BOOLEAN_ONLY``; its richer formats store delivered values and cost up to
a hundred times more when many rows fail.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from expectations.clause import Clause


@dataclass(frozen=True)
class Inquiry:
    """The clauses that somebody wants decided of one frame."""

    frame: pd.DataFrame
    clauses: Sequence[Clause]


@dataclass(frozen=True)
class Decision:
    """Whether a clause holds; ``error`` is set, and ``holds`` False, if it could not be asked."""

    clause: Clause
    holds: bool
    error: str | None


_PAIR = "ExpectColumnPairValuesAToBeGreaterThanB"
_FILLED = ("ExpectColumnValuesToNotBeNull", "ExpectColumnValuesToBeNull")
#: Of these it makes no difference where a value (or pair) stands and how often. They are asked of
#: distinct values, and those with the same arguments of all their columns in one.
_ABOUT_VALUES = (
    *_FILLED,
    "ExpectColumnValuesToMatchRegex",
    "ExpectColumnValuesToBeInSet",
    "ExpectColumnValuesToBeBetween",
    _PAIR,
)
#: The arguments that name one column.
_NAMING_ONE = ("column", "column_A", "column_B")
#: What an expectation about values never objects to.
_HARMLESS = {"ExpectColumnValuesToNotBeNull": 1.0}
#: Great Expectations copies every column of a frame for each expectation, so few rows and many,
#: numbers and texts are asked about in frames of their own.
_MANY_ROWS = 2_000


@dataclass(frozen=True)
class _Wanted:
    """One clause and the frame it is asked of."""

    frame: pd.DataFrame
    clause: Clause

    @property
    def is_about_values(self) -> bool:
        is_there = all(name in self.frame for name in _columns(self.clause))
        return is_there and self.clause.expectation in _ABOUT_VALUES


@dataclass(frozen=True)
class _Question:
    """One expectation, the columns it is asked of, and the positions of the clauses it decides."""

    expectation: str
    arguments: dict[str, Any]
    columns: dict[str, pd.Series]
    clauses: tuple[int, ...]

    @property
    def length(self) -> int:
        return max((len(values) for values in self.columns.values()), default=0)

    @property
    def frame(self) -> tuple[bool, bool]:
        """Return which frame it belongs in: whether of many rows, whether of numbers."""
        is_number = all(values.dtype == "float64" for values in self.columns.values())
        return self.length > _MANY_ROWS, is_number


def decide(inquiries: Sequence[Inquiry]) -> list[list[Decision]]:
    """Return the decisions of each inquiry in the order of its clauses.

    Clauses that ask the same of several columns, of whichever frame, are asked together, and one
    by one only if that fails. A clause whose expectation raises inside Great Expectations comes
    back with its error: a check that did not run is a failure.
    """
    wanted = [_Wanted(inquiry.frame, clause) for inquiry in inquiries for clause in inquiry.clauses]
    decisions = _ask(_questions(wanted), wanted) if wanted else []
    apart = [n for n, decision in enumerate(decisions) if decision is None]
    if apart:
        again = _ask([_question(wanted, [number]) for number in apart], wanted)
        decisions = [first or second for first, second in zip(decisions, again, strict=True)]
    decided = iter(decision for decision in decisions if decision is not None)
    return [[next(decided) for _ in inquiry.clauses] for inquiry in inquiries]


def _questions(wanted: list[_Wanted]) -> list[_Question]:
    alike: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(wanted):
        key = f"{one.clause.expectation} {_others(one.clause)}" if one.is_about_values else number
        alike[str(key)].append(number)
    return [_question(wanted, numbers) for numbers in alike.values()]


def _others(clause: Clause) -> dict[str, Any]:
    return {key: value for key, value in clause.arguments.items() if key not in _NAMING_ONE}


def _question(wanted: list[_Wanted], numbers: list[int]) -> _Question:
    """Return the question about those clauses, its columns named apart from all others'."""
    first = wanted[numbers[0]]
    clause = first.clause
    if first.is_about_values:
        parts = [_values(wanted[n]) for n in numbers]
        names = {key: f"{key}_{numbers[0]}" for key in parts[0]}
        columns = {
            name: pd.concat([part[key] for part in parts], ignore_index=True)
            for key, name in names.items()
        }
        return _Question(clause.expectation, names | _others(clause), columns, tuple(numbers))

    def own(column: str) -> str:
        return f"{column}_{numbers[0]}"

    arguments = {
        key: own(value)
        if key in _NAMING_ONE
        else [own(name) for name in value]
        if key == "column_list"
        else value
        for key, value in clause.arguments.items()
    }
    columns = {own(name): first.frame[name] for name in _columns(clause) if name in first.frame}
    return _Question(clause.expectation, arguments, columns, tuple(numbers))


def _columns(clause: Clause) -> list[str]:
    named = [clause.arguments[key] for key in _NAMING_ONE if key in clause.arguments]
    return [*named, *clause.arguments.get("column_list", ())]


def _values(wanted: _Wanted) -> dict[str, pd.Series]:
    """Return the distinct values or whole pairs that a clause asks about, by the argument they are.

    Whether cells are filled is asked of marks, 1 or null, on the rows that the clause means: a
    row condition of Great Expectations would copy the frame for each clause.
    """
    frame, clause = wanted.frame, wanted.clause
    if clause.expectation == _PAIR:
        pair = {key: frame[clause.arguments[key]] for key in ("column_A", "column_B")}
        is_whole = np.logical_and.reduce([values.notna().to_numpy() for values in pair.values()])
        return {key: values[is_whole] for key, values in pair.items()}
    column = frame[clause.arguments["column"]]
    if clause.expectation in _FILLED:
        is_filled = column.notna().to_numpy()
        if clause.rows is not None:
            is_filled = is_filled[clause.rows(frame).to_numpy(dtype=bool)]
        marks = [1.0] * bool(is_filled.any()) + [np.nan] * bool(not is_filled.all())
        return {"column": pd.Series(marks, dtype="float64")}
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = pd.unique(column.cat.codes.to_numpy())
        return {"column": pd.Series(column.cat.categories[codes[codes >= 0]])}
    return {"column": pd.Series(column.dropna().unique())}


def _ask(questions: list[_Question], wanted: list[_Wanted]) -> list[Decision | None]:
    """Return a decision a clause; None where it was not asked, or not alone and in vain."""
    frames: dict[tuple[bool, bool], list[_Question]] = defaultdict(list)
    for question in questions:
        frames[question.frame].append(question)
    decisions: list[Decision | None] = [None] * len(wanted)
    for together in frames.values():
        for question, result in zip(together, _results(together), strict=True):
            for position in question.clauses:
                decision = _decision(wanted[position].clause, result)
                if decision.holds or len(question.clauses) == 1:
                    decisions[position] = decision
    return decisions


def _results(questions: list[_Question]) -> list[Any]:
    """Validate one frame by one suite; return a result a question, None where there is none."""
    suite = _great_expectations().ExpectationSuite(name="deliveries")
    suite.expectations = [
        _expectation_class(question.expectation)(**question.arguments, meta={"question": number})
        for number, question in enumerate(questions)
    ]
    batch = _batch_definition().get_batch({"dataframe": _asked_frame(questions)})
    validated = batch.validate(suite, result_format="BOOLEAN_ONLY")
    results = {result.expectation_config.meta["question"]: result for result in validated.results}
    return [results.get(number) for number in range(len(questions))]


def _asked_frame(questions: list[_Question]) -> pd.DataFrame:
    """Return the columns of all questions, filled up to one length with what harms none."""
    length = max((question.length for question in questions), default=0)
    return pd.DataFrame(
        {
            name: values.reset_index(drop=True).reindex(
                range(length), fill_value=_HARMLESS.get(question.expectation, np.nan)
            )
            for question in questions
            for name, values in question.columns.items()
        },
        index=range(length),
    )


def _decision(clause: Clause, result: Any) -> Decision:
    if result is None:
        return Decision(clause, False, "Great Expectations gave no result")
    error = _raised(result.exception_info)
    return Decision(clause, bool(result.success) and error is None, error)


def _raised(info: dict[str, Any] | None) -> str | None:
    """Return the message of an exception inside a result, which comes in two shapes."""
    if not info:
        return None
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else None
    return next((message for part in info.values() if (message := _raised(part))), None)


@cache
def _expectation_class(name: str) -> Any:
    """Return an expectation of the library that works out its configuration once, not 80 times.

    That is a third of what an expectation on a few rows costs.
    """
    gx = _great_expectations()
    base = getattr(gx.expectations, name)

    def configuration(self: Any) -> Any:
        if self._known is None:
            self._known = base.configuration.fget(self)
        return self._known

    known = gx.compatibility.pydantic.PrivateAttr(default=None)
    return type(
        f"Quick{name}", (base,), {"_known": known, "configuration": property(configuration)}
    )


@cache
def _great_expectations() -> Any:
    """Import the library with its warnings and chatter off."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for unused in ("altair", "scipy.stats"):
            sys.modules.setdefault(unused, _WhenUsed(unused))
        import great_expectations as gx
        import great_expectations.compatibility.pydantic
        from great_expectations.execution_engine import pandas_execution_engine
    # the fingerprint of a frame, which nothing here reads, costs as much as many rules
    pandas_execution_engine.HASH_THRESHOLD = 0
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx


class _WhenUsed(ModuleType):
    """Stands for a module until something in it is asked for.

    Half of what importing Great Expectations costs are two that no rule here needs. The standard
    library's lazy loader loads at the second import already.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@cache
def _batch_definition() -> Any:
    """Return the one in-memory batch definition that every frame passes through."""
    context = _great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("deliveries").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
