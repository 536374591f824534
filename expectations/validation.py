"""Asking Great Expectations: a suite and a frame go in, the rows that fail come out.

The library decides, and its own results name the rows. All expectations are first asked whether
they hold (``BOOLEAN_ONLY``), and only those that fail are asked for their rows. Delivered values
stay in the frame: results hold none. Add nothing here that decides by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from expectations.library_patches import great_expectations, remembering

#: The rows are labels of the frame's index. Named index columns would cost a hundred times more.
_WITH_ROWS = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "include_unexpected_rows": False,
    "return_unexpected_index_query": False,
}
#: Great Expectations copies all columns of a frame for most expectations: of so many rows it is
#: given only a few columns at a time, and the expectations about them.
_MANY_ROWS, _FEW_COLUMNS = 5_000, 4
_NAMING_ONE = ("column", "column_A", "column_B")
_NO_ROWS = np.array([], dtype="int64")


@dataclass(frozen=True)
class Answer:
    """What an expectation gave: the positions of the rows that fail it, in order.

    ``error`` is set if it could not be asked: a check that did not run is a failure.
    """

    rows: np.ndarray = field(default_factory=lambda: _NO_ROWS)
    error: str | None = None


def ask_suite(suite: Any, frame: pd.DataFrame) -> dict[tuple[str, str], Answer]:
    """Return the answer of each expectation of a suite, by its rule and field.

    The labels of the frame's index must differ from one another and bear no name.
    """
    answers: dict[tuple[str, str], Answer] = {}
    with remembering():
        for expectations, columns in _by_columns(suite.expectations, frame):
            batch = _batch_definition().get_batch({"dataframe": columns})
            results = _validated(batch, expectations, "BOOLEAN_ONLY")
            failing = [one for one in expectations if not results[_key(one.meta)].success]
            if failing:
                results |= _validated(batch, failing, _WITH_ROWS)
            answers |= {key: _answer(result, frame.index) for key, result in results.items()}
    return answers


def _validated(batch: Any, expectations: list[Any], result_format: Any) -> dict[Any, Any]:
    suite = great_expectations().ExpectationSuite(name="asked")
    suite.expectations = expectations
    validated = batch.validate(suite, result_format=result_format)
    return {_key(result.expectation_config.meta): result for result in validated.results}


def _key(meta: dict[str, Any]) -> tuple[str, str]:
    return meta["rule_id"], meta["field"]


def _by_columns(
    expectations: list[Any], frame: pd.DataFrame
) -> Iterator[tuple[list[Any], pd.DataFrame]]:
    """Yield expectations with the frame that they are asked of."""
    if len(frame) < _MANY_ROWS:
        yield expectations, frame
        return
    groups: dict[str, int] = {}
    alike = defaultdict(list)
    for expectation in expectations:
        first = _columns(expectation)[0]
        alike[groups.setdefault(first, len(groups)) // _FEW_COLUMNS].append(expectation)
    for asked in alike.values():
        names = dict.fromkeys(name for one in asked for name in _columns(one))
        yield asked, frame[[name for name in names if name in frame]]


def _columns(expectation: Any) -> tuple[str, ...]:
    """Return the columns that an expectation and its row condition name."""
    arguments = expectation.configuration.kwargs
    names = [arguments[key] for key in _NAMING_ONE if key in arguments]
    names += arguments.get("column_list", [])
    if "row_condition" in arguments:
        names.append(arguments["row_condition"]["column"]["name"])
    return tuple(dict.fromkeys(names))


def _answer(result: Any, index: pd.Index) -> Answer:
    error = _raised(result.exception_info)
    if error is not None:
        return Answer(error=error)
    if result.success:
        return Answer()
    labels = result.result["unexpected_index_list"]
    if not labels:
        return Answer(error="Great Expectations found a failure and named no row")
    rows = index.get_indexer(labels)
    if unknown := int((rows < 0).sum()):
        said = f"{unknown} of the {len(labels)} rows that fail, which are not in the frame"
        return Answer(error=f"Great Expectations named {said}")
    return Answer(rows)


def _raised(info: dict[str, Any] | None) -> str | None:
    """Return the message of an exception inside a result, which comes in two shapes."""
    if not info:
        return None
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else None
    return next((message for part in info.values() if (message := _raised(part))), None)


@cache
def _batch_definition() -> Any:
    """Return the one in-memory batch definition that every frame passes through."""
    context = great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("deliveries").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
