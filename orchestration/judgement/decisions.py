"""The office's decisions on single records: what waivers and corrections share, read strictly.

A decision is a row of a seed with its reason, its author and its day. Add here what every such
seed needs; what a decision does to a delivery is in ``waivers`` and ``corrections``. Limits and
lists that rules are asked against are in ``reference``.
"""

from __future__ import annotations

import csv
import io
from abc import abstractmethod
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from orchestration.ingest.reader.privacy import mask
from orchestration.reference.contracts import Contract, kinds_of, load_contracts
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month


class DecisionError(ValueError):
    """A seed of decisions that cannot be trusted; the message names file and line."""


def _impersonal(text: str) -> str:
    if mask(text) != text:
        raise ValueError("holds a phone, an identity number or the like; say it without")
    return text


def _day(text: str) -> date:
    day = date.fromisoformat(text.strip())
    if day.isoformat() != text.strip():
        raise ValueError(f"{text!r} is no day; write it as YYYY-MM-DD")
    return day


#: A cell's text without white space around it; a blank cell is an empty string.
Cell = Annotated[str, StringConstraints(strip_whitespace=True)]
Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Public = Annotated[Filled, AfterValidator(_impersonal)]
Day = Annotated[date, BeforeValidator(_day)]
InMonth = Annotated[Month, BeforeValidator(Month.parse)]


class Decision(BaseModel):
    """A decision on one record of a district's deliveries of one kind.

    ``record_key`` is the key as findings name it: the key fields parted by spaces.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    district_id: Cell
    kind: Cell
    record_key: Filled
    reason: Public

    @model_validator(mode="after")
    def _is_owed(self) -> Decision:
        if self.kind not in load_contracts():
            raise ValueError(f"kind {self.kind!r} has no contract")
        if self.district_id not in district_ids():
            raise ValueError(f"district_id {self.district_id!r} is no district")
        if self.kind not in kinds_of(self.district_id):
            raise ValueError(f"{self.district_id} does not deliver {self.kind}")
        return self

    @property
    def contract(self) -> Contract:
        """The contract of the kind."""
        return load_contracts()[self.kind]

    @property
    @abstractmethod
    def subject(self) -> tuple[str, ...]:
        """What is decided about, apart from the month."""

    @abstractmethod
    def meets(self, other: Any) -> bool:
        """Whether a decision on the same subject also holds in a month of this one."""


_Decision = TypeVar("_Decision", bound=Decision)


def read_decisions(path: Path, model: type[_Decision]) -> tuple[_Decision, ...]:
    """Return the rows of a seed of decisions, in their order.

    Raises DecisionError with file and line for anything but a UTF-8 csv with exactly the
    model's columns, for a row the model refuses, and for two rows that decide the same thing in
    one month; FileNotFoundError without the file. Parses again only when the content changed.
    """
    return _parsed(path.read_bytes(), path.name, model)


@lru_cache(maxsize=8)
def _parsed(content: bytes, name: str, model: type[_Decision]) -> tuple[_Decision, ...]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        _refuse_other_columns(reader, name, model)
        rows = [
            (reader.line_num, _row(row, f"{name} line {reader.line_num}", model)) for row in reader
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DecisionError(f"{name}: not a csv in UTF-8: {error}") from error
    _refuse_repeated(rows, name)
    return tuple(row for _, row in rows)


def _refuse_other_columns(reader: csv.DictReader[str], name: str, model: type[_Decision]) -> None:
    found, expected = list(reader.fieldnames or []), list(model.model_fields)
    if sorted(found) != sorted(expected):
        raise DecisionError(f"{name} line 1: columns {found}, not {expected}")


def _row(row: dict[str, Any], place: str, model: type[_Decision]) -> _Decision:
    if None in row or None in row.values():
        raise DecisionError(f"{place}: not as many cells as the header has")
    try:
        return model.model_validate(row)
    except ValidationError as error:
        details = "; ".join(
            ": ".join([*map(str, item["loc"]), item["msg"]]) for item in error.errors()
        )
        raise DecisionError(f"{place}: {details}") from error


def _refuse_repeated(rows: list[tuple[int, _Decision]], name: str) -> None:
    known: dict[tuple[str, ...], list[tuple[int, _Decision]]] = {}
    for line, row in rows:
        earlier = known.setdefault(row.subject, [])
        repeated = next((number for number, other in earlier if row.meets(other)), None)
        if repeated is not None:
            raise DecisionError(f"{name} line {line}: decides again what line {repeated} decides")
        earlier.append((line, row))
