"""What rules are asked against: the columns of a frame, names, code lists and limits.

A frame carries text as delivered under the field's name. Derived columns stand beside it:
``value_column(field)`` holds a number or date as a float, ``identifier_column(field)`` the text
where it matches the identifier's pattern. What a check asks of these columns is in ``checks``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

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


def identifier_column(name: str) -> str:
    """Return the name under which a frame carries a field's text where it is an identifier."""
    return f"{name}__identifier"


def whole(pattern: str) -> str:
    """Return a contract's pattern as one that the whole of a text must match."""
    return f"^(?:{pattern})$"


def day_number(day: date) -> float:
    """Return the value of a date in a frame: Great Expectations compares numbers as columns."""
    return float(day.toordinal() - date(1970, 1, 1).toordinal())


@dataclass(frozen=True)
class Context:
    """What the rules of one delivery are asked against; all of it is data from outside.

    ``district_id`` and ``kind`` say whose delivery it is, and name its suite.
    ``types``, ``codes``, ``patterns`` and ``headers`` come from the kind's contract, by field.
    ``names`` are lists of accepted names, ``bands`` (low, high) the district's plausibility
    bands, ``limits`` shares between 0 and 1, ``month`` (its first day) the month that the
    delivery is counted in.
    """

    as_at: date
    district_id: str = ""
    kind: str = ""
    types: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bands: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    month: date | None = None
    limits: dict[str, float] = field(default_factory=dict)
