"""Great Expectations decides: a suite made from a rule book, run once over one frame.

The only module that imports Great Expectations, and only when asked: the import costs seconds.
Results are taken as ``BOOLEAN_ONLY``; its richer formats store delivered values and cost up to
a hundred times more when many rows fail.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from expectations.checks import Clause
from expectations.rulebook import When


@dataclass(frozen=True)
class Decision:
    """Whether a clause holds; ``error`` is set, and ``holds`` False, if it could not be asked."""

    clause: Clause
    holds: bool
    error: str | None


def decide(frame: pd.DataFrame, clauses: list[Clause], name: str) -> list[Decision]:
    """Ask every clause of the frame and return the decisions in the order of the clauses.

    ``name`` names the suite (the delivery). A clause whose expectation raises inside Great
    Expectations comes back with its error: a check that did not run is a failure.
    """
    numbered = dict(enumerate(clauses))
    # a condition makes Great Expectations copy the rows on which it holds, with all columns
    conditioned = {n: c for n, c in numbered.items() if c.when or c.filled}
    plain = {n: c for n, c in numbered.items() if n not in conditioned}
    results = _results(frame, plain, name) | _results(frame, conditioned, name)
    return [_decision(clause, results.get(number)) for number, clause in numbered.items()]


def _results(frame: pd.DataFrame, clauses: dict[int, Clause], name: str) -> dict[int, Any]:
    """Validate the clauses on the columns they name; return the results by clause number."""
    if not clauses:
        return {}
    gx = _great_expectations()
    suite = gx.ExpectationSuite(name=name)
    suite.expectations = [_expectation(gx, number, c) for number, c in clauses.items()]
    named = {column for clause in clauses.values() for column in _columns(clause)}
    batch = _batch_definition().get_batch(
        {"dataframe": frame[frame.columns.intersection(sorted(named))]}
    )
    validated = batch.validate(suite, result_format="BOOLEAN_ONLY")
    return {result.expectation_config.meta["clause"]: result for result in validated.results}


def _columns(clause: Clause) -> list[str]:
    arguments = clause.arguments
    named = [arguments.get(key) for key in ("column", "column_A", "column_B")]
    named += [clause.filled, clause.when.column if clause.when else None]
    return [name for name in (*named, *arguments.get("column_list", ())) if name]


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


def _expectation(gx: Any, number: int, clause: Clause) -> Any:
    column = gx.expectations.row_conditions.Column
    arguments = dict(clause.arguments)
    if clause.filled is not None:
        arguments["row_condition"] = column(clause.filled).is_not_null()
    if clause.when is not None:
        arguments["row_condition"] = _condition(column, clause.when)
    return getattr(gx.expectations, clause.expectation)(**arguments, meta={"clause": number})


def _condition(column: Any, when: When) -> Any:
    named = column(when.column)
    return named.is_not_in(list(when.values)) if when.negated else named.is_in(list(when.values))


@cache
def _great_expectations() -> Any:
    """Import the library with its warnings and chatter off."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        import great_expectations.expectations.row_conditions
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx


@cache
def _batch_definition() -> Any:
    """Return the one in-memory batch definition that every frame passes through."""
    context = _great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("deliveries").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
