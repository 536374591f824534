"""Removes the texts of districts that the contract does not make public.

It is applied to rows of single cases before they appear in the bulletin. The contracts in
``dbt_project/models/exports`` say which columns are public; personal numbers were masked when the
file was read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from orchestration.reference.contracts import load_contracts
from orchestration.reference.kinds import DANGER_CASES

Row = TypeVar("Row")


def opened(rows: Iterable[Row], kind: str = DANGER_CASES) -> tuple[Row, ...]:
    """Return rows (dataclasses) without the texts of the kind's columns that are not public."""
    closed = {
        column.name
        for column in load_contracts()[kind].columns
        if column.type in ("text", "free_text") and not column.is_public
    }
    return tuple(_without(row, closed) for row in rows)


def _without(row: Any, closed: set[str]) -> Any:
    return replace(row, **{f.name: None for f in fields(row) if f.name in closed})
