"""One file of the corpus and what reading it must give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Make = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """A maker and the expectation: problem codes in order, words and place of the first problem.

    ``rows`` gives, for each landed row, the fields that matter; ``notes`` maps a cell to how it
    was normalised; ``roles`` maps a row to what it is itemised as.
    """

    make: Make
    codes: tuple[str, ...] = ()
    words: str = ""
    at: str | int | None = None
    rows: tuple[dict[str, Any], ...] | None = None
    notes: dict[str, str] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)
    kind: str = "monthly_report"


def refused(
    make: Callable[[Path], None], code: str, words: str, at: str | int | None = None
) -> Case:
    """Return the case of a file that is refused with one problem."""
    return Case(make, (code,), words, at, rows=())
