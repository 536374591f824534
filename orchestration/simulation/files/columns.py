"""Numpy values as the Arrow columns that files are written from.

A column of words stays a dictionary, so that writers see the few distinct words; numbers and
days become what a cell holds. Where ``shown`` is false the cell is blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.simulation.draws import Ints

Shown = NDArray[np.bool_]

_EPOCH = date(1970, 1, 1)
#: Text behind the point for each number of hundredths, without trailing zeros.
_FRACTIONS = [""] + [f".{n:02d}".rstrip("0") for n in range(1, 100)]


def day_number(day: date) -> int:
    """Return a day as days since 1970, the form in which days are reckoned with."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """Return the day of a day number."""
    return date.fromordinal(_EPOCH.toordinal() + number)


def words(labels: Sequence[str], index: Ints, shown: Shown | None = None) -> pa.DictionaryArray:
    """Return labels by position."""
    mask = None if shown is None else ~shown
    return pa.DictionaryArray.from_arrays(
        pa.array(index.astype(np.int32), mask=mask), pa.array(labels, pa.string())
    )


def texts(labels: Sequence[str], index: Ints) -> pa.StringArray:
    """Return labels by position as plain text, to be joined with other text."""
    return pa.array(labels, pa.string()).take(pa.array(index))


def wholes(values: Ints, shown: Shown | None = None) -> pa.StringArray:
    """Return whole numbers as text."""
    return pa.array(values, mask=None if shown is None else ~shown).cast(pa.string())


def hundredths(values: Ints, shown: Shown | None = None) -> pa.StringArray:
    """Return numbers that count hundredths as plain decimal text without trailing zeros."""
    text = join(wholes(values // 100), texts(_FRACTIONS, values % 100))
    return text if shown is None else only(text, shown)


def days(numbers: Ints, shown: Shown | None = None) -> pa.Date32Array:
    """Return day numbers as dates."""
    mask = None if shown is None else ~shown
    return pa.array(numbers.astype(np.int32), mask=mask).cast(pa.date32())


def join(*parts: pa.StringArray | str) -> pa.StringArray:
    """Return the parts of each row joined."""
    return pc.binary_join_element_wise(*parts, "")


def only(values: pa.Array, shown: Shown) -> pa.Array:
    """Return the values where shown, blanks elsewhere."""
    return pc.if_else(pa.array(shown), values, pa.scalar(None, values.type))


def blank(count: int) -> pa.StringArray:
    """Return a column of blanks."""
    return pa.nulls(count, pa.string())


def constant(text: str, count: int) -> pa.DictionaryArray:
    """Return a column that says the same in every row."""
    return words([text], np.zeros(count, np.int64))
