"""What an entry of the fault catalogue may hold, and what planting one reports.

A fault is named by what went wrong at the district, never by the rule that should find it; this
package knows no rules. Add a key here when an entry has to say something new. A change that
takes a row's meaning into account is a function in ``cells``, ``months``, ``guesses`` or
``files`` that the entry names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from orchestration.formats.strict_yaml import Strict
from orchestration.reference.months import Month
from orchestration.simulation.drafts import Draft
from orchestration.simulation.draws import Ints
from orchestration.simulation.files.sheets import Override, RawCell

Scope = Literal["field", "record", "cross_record", "cross_export", "cross_month", "file"]
Row = Mapping[str, Any]
#: From a row as it was and the month: what its cells become by field; None if it does not suit.
Change = Callable[[Row, Month], Mapping[str, Override] | None]
#: Kind, source row (None where it is missing), field and record key.
Place = tuple[str, int | None, str, str | None]
_MONTH_DAYS = ("month_start", "month_end")


@dataclass(frozen=True)
class Spot:
    """Where a fault shows: a source row, None where it is missing or all of the file is wrong.

    ``changed`` names the fields of the row that were written over. ``also`` lists further places
    (row, field, key) of the same file at which it shows, ``elsewhere`` those in other files;
    ``lost`` the keys that the file no longer lists.
    """

    row: int | None
    field: str | None
    record_key: str | None
    changed: tuple[str, ...] = ()
    also: tuple[tuple[int | None, str, str], ...] = ()
    elsewhere: tuple[Place, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """What else an area delivers: its other drafts of the month, and those of the month before."""

    drafts: Mapping[str, Draft]
    before: Callable[[], Mapping[str, Draft]]


#: Changes a whole draft and reports where that shows; None if the draft does not suit.
#: An entry's ``options`` follow as keyword arguments.
Writer = Callable[..., Spot | None]


class Day(Strict):
    """A date of the same row, or the month's first or last day, ``plus`` days later."""

    day: str
    plus: int = 0

    def of(self, row: Row, month: Month) -> Override:
        """Return the day as ISO text."""
        named = {"month_start": month.first_day, "month_end": month.last_day}
        start = named[self.day] if self.day in named else row[self.day]
        return str((start + timedelta(days=self.plus)).isoformat())


class SameAs(Strict):
    """What another cell of the row says."""

    same_as: str

    def of(self, row: Row, month: Month) -> Override:
        """Return the other cell's text."""
        return str(row[self.same_as])


class Multiple(Strict):
    """A whole number of the row times ``by``."""

    multiple_of: str
    by: int

    def of(self, row: Row, month: Month) -> Override:
        """Return the product."""
        return int(row[self.multiple_of]) * self.by


class CellXml(Strict):
    """The XML of a cell behind its reference: an error, or a formula without a value."""

    xml: str

    def of(self, row: Row, month: Month) -> Override:
        """Return it for the workbook's writer."""
        return RawCell(self.xml)


CellValue = str | int | float | None | Day | SameAs | Multiple | CellXml


class Fault(Strict):
    """What every fault has: an id, the kind and scope it is in, its district, a sentence.

    ``unusable_rows`` says how many rows cannot be counted any more.
    """

    id: str
    what: str
    kind: str
    scope: Scope
    district: str
    unusable_rows: int = 0


class CellFault(Fault):
    """Cells of one row written over, in a row that suits ``where``, ``blank`` and ``filled``.

    Either ``cells`` gives their new values by field, or ``change`` names a function of ``cells``
    that does. ``shows_in`` is the field at which the fault can be seen, if not in the only one
    of ``cells``.
    """

    where: dict[str, str] = Field(default_factory=dict)
    blank: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    cells: dict[str, CellValue] = Field(default_factory=dict)
    change: str | None = None
    shows_in: str = ""

    @model_validator(mode="before")
    @classmethod
    def _show_in_the_only_cell(cls, entry: dict[str, Any]) -> dict[str, Any]:
        cells = entry.get("cells") or {}
        return {"shows_in": next(iter(cells)), **entry} if len(cells) == 1 else entry

    @model_validator(mode="after")
    def _say_what_is_written(self) -> CellFault:
        if bool(self.cells) == bool(self.change):
            raise ValueError("give either 'cells' or 'change'")
        if not self.shows_in:
            raise ValueError("give 'shows_in': it does not follow from 'cells'")
        return self

    @property
    def fields(self) -> set[str]:
        """The fields of the row that the entry names."""
        copied = {
            value.day if isinstance(value, Day) else value.same_as
            for value in self.cells.values()
            if isinstance(value, Day | SameAs)
        }
        counted = {v.multiple_of for v in self.cells.values() if isinstance(v, Multiple)}
        named = {self.shows_in, *self.where, *self.blank, *self.filled, *self.cells}
        return named | counted | copied.difference(_MONTH_DAYS)

    def new_cells(self, row: Row, month: Month) -> dict[str, Override]:
        """Return what ``cells`` makes of a row, by field."""
        return {
            name: value.of(row, month) if isinstance(value, Strict) else value
            for name, value in self.cells.items()
        }

    def suiting(self, table: pa.Table) -> Ints:
        """Return the positions of the rows that suit."""
        suits = pa.array(np.ones(table.num_rows, bool))
        for name, text in self.where.items():
            values = _column(table, name).cast(pa.string())
            suits = pc.and_(suits, pc.fill_null(pc.equal(values, text), False))
        for name in self.blank:
            suits = pc.and_(suits, pc.is_null(_column(table, name)))
        for name in self.filled:
            suits = pc.and_(suits, pc.is_valid(_column(table, name)))
        return np.flatnonzero(suits.to_numpy(zero_copy_only=False))


class DraftFault(Fault):
    """A change to a whole draft: ``plant`` names the function that makes it with ``options``."""

    plant: str
    options: dict[str, str | bool | int | float] = Field(default_factory=dict)


def _column(table: pa.Table, name: str) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table[name].combine_chunks()


def last_row(draft: Draft) -> int:
    """Return the source row number of a draft's last data row."""
    return draft.first_row + draft.row_count - 1
