"""The tables of a delivery that rules are asked of: problems, rows, totals, and the whole.

A frame keeps delivered text under the field's name and adds the typed value under
``value_column``. Nothing is judged here, and nothing delivered is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import is_numeric_dtype

from expectations.checks import PROBLEM
from expectations.context import TYPE_PATTERNS, identifier_column, value_column, whole
from expectations.rule_files import RuleBook
from expectations.rulebook import NotAfterAsAt, Ordered, Unique, Within
from orchestration.ingest.landing import read_landing
from orchestration.ingest.reading import ControlTotal, Problem
from orchestration.reference.contracts import Contract

#: A number of more characters is not shown in full.
_MAX_CHARS = 40
#: Text of so many rows stays in pandas' own types.
_MANY_ROWS = 5_000
_SPELLINGS = {"date": "%Y-%m-%d", "year": "%Y"}
#: What text has a value, for each of what is typed here.
_READABLE = {"year": "^[0-9]{4}$"} | TYPE_PATTERNS


def rows_frame(landing: Path, contract: Contract, book: RuleBook) -> pd.DataFrame:
    """Return one row a landed row: its key, its text, and the typed values that rules need.

    Of many rows, text that repeats is categorical, which takes a tenth of the memory. The index
    holds the row numbers, by which Great Expectations names the rows that fail.
    """
    return frame_of(read_landing(landing), contract, book)


def frame_of(landed: pa.Table, contract: Contract, book: RuleBook) -> pd.DataFrame:
    """Return the frame of landed rows, or of some of them; see ``rows_frame``."""
    text = pd.DataFrame({name: _column(landed[name]) for name in landed.column_names})
    needed = _fields_with_values(book)
    unique = _unique_fields(book)
    columns = {
        "row_number": text["row_number"],
        "sheet": text["sheet"],
        "record_key": record_keys(text, contract),
    }
    for column in contract.columns:
        columns[column.name] = text[column.name]
        if column.name in needed:
            columns[value_column(column.name)] = _typed(text[column.name], column.type)
        if column.pattern and column.name in unique:
            identifiers = _identifiers(text[column.name], column.pattern)
            columns[identifier_column(column.name)] = identifiers
    for name, ratio in book.ratios.items():
        denominator = columns[value_column(ratio.denominator)]
        if not ratio.is_infinite_of_nothing:
            denominator = denominator.replace(0, np.nan)
        numerator = columns[value_column(ratio.numerator)]
        columns[value_column(name)] = numerator * ratio.factor / denominator
    for name, field in book.years.items():
        columns[value_column(name)] = _typed(text[field], "year")
    if len(text) < _MANY_ROWS:
        columns = {name: _with_objects(column) for name, column in columns.items()}
    return pd.DataFrame(columns).set_axis(pd.Index(text["row_number"].to_numpy()), axis="index")


def unique_frame(landed: pa.Table, names: list[str], contract: Contract) -> pd.DataFrame:
    """Return only what a rule on unique columns looks at, of rows that are too many for more."""
    columns = {}
    for name in names:
        columns[name] = _column(landed[name])
        if pattern := contract.column(name).pattern:
            columns[identifier_column(name)] = _identifiers(columns[name], pattern)
    return pd.DataFrame(columns).set_axis(pd.Index(landed["row_number"].to_numpy()), axis="index")


def _with_objects(column: pd.Series) -> pd.Series:
    """Return text as Python objects: pandas keeps all columns of these as one block.

    Great Expectations copies the frame for each expectation, and a block takes as long as a
    column. Of many rows it is given a few columns, and text takes less memory by itself.
    """
    return column if is_numeric_dtype(column.dtype) else column.astype(object)


def _column(values: pa.ChunkedArray) -> pd.Series:
    if not pa.types.is_dictionary(values.type):
        column: pd.Series = values.to_pandas()
        return column
    # pandas itself would make each distinct text a Python object
    encoded = values.unify_dictionaries().combine_chunks()
    distinct = pd.Index(encoded.dictionary.to_pandas(), dtype="str")
    codes = encoded.indices.fill_null(-1).to_numpy()
    return pd.Series(pd.Categorical.from_codes(codes, distinct))


def record_keys(text: pd.DataFrame, contract: Contract) -> pd.Series[str]:
    """Return the key of each row as findings name it: the key fields parted by spaces."""
    keys = [text[name].astype("str").fillna("") for name in contract.key]
    return reduce(lambda left, right: left + " " + right, keys).str.strip()


def _identifiers(text: pd.Series, pattern: str) -> pd.Series:
    """Return the text where the whole of it matches or is blank, nothing elsewhere."""
    if isinstance(text.dtype, pd.CategoricalDtype):
        matching = _matches(text.cat.categories.to_series(), pattern)
        # a blank has the code -1, which is the last
        is_known = np.append(matching, True)[text.cat.codes.to_numpy()]
    else:
        is_known = _matches(text, pattern)
    return text if is_known.all() else text.where(is_known)


def _matches(text: pd.Series[str], pattern: str) -> np.ndarray:
    delivered = pa.array(text, pa.string(), from_pandas=True)
    matching = pc.match_substring_regex(delivered, whole(pattern))
    is_known: np.ndarray = pc.fill_null(matching, True).to_numpy(zero_copy_only=False)
    return is_known


def _fields_with_values(book: RuleBook) -> set[str]:
    fields = {name for r in book.ratios.values() for name in (r.numerator, r.denominator)}
    for rule in book.rules:
        if isinstance(rule.test, Within | NotAfterAsAt):
            fields |= set(rule.test.columns)
        elif isinstance(rule.test, Ordered):
            fields |= {rule.test.earlier, rule.test.later}
    return fields


def _unique_fields(book: RuleBook) -> set[str]:
    tests = [rule.test for rule in book.rules]
    return {name for test in tests if isinstance(test, Unique) for name in test.columns}


def _typed(text: pd.Series, kind: str) -> pd.Series[float]:
    if not isinstance(text.dtype, pd.CategoricalDtype):
        return _numbers(text, kind)
    # a blank has the code -1, which is the last
    distinct = np.append(_numbers(text.cat.categories.to_series(), kind), np.nan)
    return pd.Series(distinct[text.cat.codes.to_numpy()], index=text.index)


def _numbers(text: pd.Series[str], kind: str) -> pd.Series[float]:
    """Return numbers, or the days since 1970 that ``day_number`` counts; NaN where it is none.

    What a rule calls unreadable has no value here: a cast alone would take 1e3, inf and others.
    """
    delivered = pa.array(text, pa.string(), from_pandas=True)
    is_readable = pc.match_substring_regex(delivered, _READABLE[kind])
    if not pc.all(is_readable).as_py():
        delivered = pc.if_else(is_readable, delivered, pa.scalar(None, pa.string()))
    spelling = _SPELLINGS.get(kind)
    if spelling is None:
        known = pc.cast(delivered, pa.float64()).to_numpy(zero_copy_only=False)
        return pd.Series(known, index=text.index)
    readable = pd.Series(delivered.to_pandas(), dtype="str")
    days = pd.to_datetime(readable, format=spelling, errors="coerce").to_numpy("datetime64[D]")
    numbers = days.astype("float64")
    numbers[np.isnat(days)] = np.nan
    return pd.Series(numbers, index=text.index)


def problems_frame(problems: list[Problem]) -> pd.DataFrame:
    """Return one row a problem that the reader met: its code."""
    return pd.DataFrame({PROBLEM: pd.Series([problem.code for problem in problems], dtype="str")})


def delivery_frame(quarantined: int, landed: int, figures: Mapping[str, float]) -> pd.DataFrame:
    """Return one row: the share of landed rows that are quarantined, and the figures.

    Of no rows, none are quarantined.
    """
    share = quarantined / landed if landed else 0.0
    values = {"quarantined_share": share, **figures}
    return pd.DataFrame({value_column(name): [value] for name, value in values.items()})


def totals_frame(totals: list[ControlTotal], contract: Contract) -> pd.DataFrame:
    """Return one row a control total: how far it stands from its rows beyond the tolerance.

    ``compared`` says in Chinese what was held against what.
    """
    return pd.DataFrame(
        {
            "sheet": [total.sheet for total in totals],
            "row_number": [total.row for total in totals],
            "cell": [total.cell for total in totals],
            "field": [total.field for total in totals],
            "compared": [_compared(total) for total in totals],
            value_column("total_excess"): [
                float(total_excess(total, contract)) for total in totals
            ],
        }
    )


def _compared(total: ControlTotal) -> str:
    apart = abs(Decimal(total.value) - Decimal(total.sum)).normalize()
    value, added = total.value[:_MAX_CHARS], total.sum[:_MAX_CHARS]
    return f"合计 {value}，{total.rows_added} 行之和 {added}，相差 {apart:f}"


def total_excess(total: ControlTotal, contract: Contract) -> Decimal:
    """Return how far a total stands from its rows beyond the tolerance; below zero within it."""
    tolerance = Decimal(contract.total_tolerance.get(total.field, "0")) * (total.rows_added + 1)
    return abs(Decimal(total.value) - Decimal(total.sum)) - tolerance
