"""One clause of a check, and what it is asked against: texts, typed values, lists and limits.

A frame carries text as delivered under the field's name and, for numbers and dates, the typed
value under ``value_column(field)``, for identifiers those that match their pattern under
``known_column(field)``. Add here what every clause needs; what a check asks is in ``checks``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
#: What canonical text of a contract type looks like; anything else could not be read. Twelve
#: digits before the point are what the marts hold: more is no building count and no area. Digits
#: are ASCII's: to a pattern's ``\\d`` those of other scripts are digits too.
TYPE_PATTERNS = {
    "integer": "^-?[0-9]{1,12}$",
    "decimal": "^-?[0-9]{1,12}(?:[.][0-9]+)?$",
    "date": (
        "^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
        "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
        f"|{_LEAP_YEAR}-02-29)$"
    ),
}


def value_column(name: str) -> str:
    """Return the name under which a frame carries the typed value of a field."""
    return f"{name}__value"


def known_column(name: str) -> str:
    """Return the name under which a frame carries a field's text where it is an identifier."""
    return f"{name}__known"


def whole(pattern: str) -> str:
    """Return a contract's pattern as one that the whole of a text must match."""
    return f"^(?:{pattern})$"


def day_number(day: date) -> float:
    """Return the value of a date in a frame: Great Expectations compares numbers as columns."""
    return float(day.toordinal() - date(1970, 1, 1).toordinal())


@dataclass(frozen=True)
class Context:
    """What the rules of one delivery are asked against; all of it is data from outside.

    ``types``, ``codes`` and ``patterns`` come from the kind's contract, ``names`` are lists of
    accepted names, ``bands`` (low, high) the district's plausibility bands, ``limits`` shares
    between 0 and 1, ``month`` (its first day) the month that the delivery is counted in.
    """

    as_at: date
    types: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bands: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    month: date | None = None
    limits: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Clause:
    """One expectation (class name and arguments) and the mask of the rows that fail it.

    ``field`` is where a finding points; ``failing`` maps a frame to a boolean Series. With
    ``rows`` the clause asks whether ``field`` is filled (or blank), and only on those rows.
    """

    field: str
    expectation: str
    arguments: dict[str, Any]
    failing: Callable[[pd.DataFrame], pd.Series[bool]]
    rows: Callable[[pd.DataFrame], pd.Series[bool]] | None = None
