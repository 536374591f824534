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

import numpy as np
import pandas as pd

from expectations.checks import Clause


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
    if not clauses:
        return []
    gx = _great_expectations()
    suite = gx.ExpectationSuite(name=name)
    suite.expectations = [_expectation(number, clause) for number, clause in enumerate(clauses)]
    batch = _batch_definition().get_batch({"dataframe": _asked_columns(frame, clauses)})
    validated = batch.validate(suite, result_format="BOOLEAN_ONLY")
    results = {result.expectation_config.meta["clause"]: result for result in validated.results}
    return [_decision(clause, results.get(number)) for number, clause in enumerate(clauses)]


def _asked_columns(frame: pd.DataFrame, clauses: list[Clause]) -> pd.DataFrame:
    """Return the columns that the clauses name, and one of marks for each asked of some rows."""
    named = {column for clause in clauses for column in _columns(clause)}
    marks = {
        _mark_column(number): _marks(frame, clause)
        for number, clause in enumerate(clauses)
        if clause.rows is not None and clause.field in frame
    }
    return frame[frame.columns.intersection(sorted(named))].assign(**marks)


def _columns(clause: Clause) -> list[str]:
    arguments = clause.arguments
    named = [arguments.get(key) for key in ("column", "column_A", "column_B")]
    return [name for name in (*named, *arguments.get("column_list", ())) if name]


def _mark_column(number: int) -> str:
    return f"clause_{number}"


def _marks(frame: pd.DataFrame, clause: Clause) -> np.ndarray:
    """Return 1 where the field is filled and null where it is blank, on the rows asked about.

    The other rows hold what the expectation wants. A row condition of Great Expectations would
    copy the frame for each clause.
    """
    assert clause.rows is not None
    wants_null = clause.expectation == "ExpectColumnValuesToBeNull"
    marks = np.where(frame[clause.field].notna(), 1.0, np.nan)
    marks[~clause.rows(frame).to_numpy(dtype=bool)] = np.nan if wants_null else 1.0
    return marks


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


def _expectation(number: int, clause: Clause) -> Any:
    arguments = dict(clause.arguments)
    if clause.rows is not None:
        arguments["column"] = _mark_column(number)
    return _expectation_class(clause.expectation)(**arguments, meta={"clause": number})


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
        import great_expectations as gx
        import great_expectations.compatibility.pydantic
        from great_expectations.execution_engine import pandas_execution_engine
    # the fingerprint of a frame, which nothing here reads, costs as much as many rules
    pandas_execution_engine.HASH_THRESHOLD = 0
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx


@cache
def _batch_definition() -> Any:
    """Return the one in-memory batch definition that every frame passes through."""
    context = _great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("deliveries").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
