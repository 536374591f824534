"""The catalogue's form: what a planted fault is, and which rows suit it.

A fault is named by what went wrong at the district, never by the rule that should find it; this
package knows no rules. The catalogue itself is in ``survey``, ``cases``,
``dangers``, ``inspection``, ``registers`` and ``places`` (cells of one
row), ``months`` (against other deliveries), ``guesses`` (figures that nobody
measured) and ``files`` (totals, reports, whole files); ``planting`` chooses the spots.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.reference.months import Month
from orchestration.simulation.drafts import Draft
from orchestration.simulation.draws import Ints
from orchestration.simulation.files.sheets import Override

Scope = Literal["field", "record", "cross_record", "cross_export", "cross_month", "file"]
Row = Mapping[str, Any]
#: A building number that no district has.
NOWHERE = "3205990000000000"
#: From a row as it was and the month: what its cells become by field; None if it does not suit.
Change = Callable[[Row, Month], Mapping[str, Override] | None]
#: Kind, source row (None where it is missing), field and record key.
Place = tuple[str, int | None, str, str | None]


@dataclass(frozen=True)
class Spot:
    """Where a fault shows: a source row, None where it is missing or all of the file is wrong.

    ``changed`` names the fields of the row that were written over. ``also`` lists further places
    (row, field, key) of the same file at which it shows, ``elsewhere`` those in other files;
    ``lost`` the keys that the file lists no more.
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


@dataclass(frozen=True)
class Fault:
    """What every fault has: an id, the kind and scope it is in, its home district, a sentence."""

    id: str
    kind: str
    scope: Scope
    home: str
    what: str


@dataclass(frozen=True)
class CellFault(Fault):
    """Cells of one row overwritten, in a row that suits ``where``, ``blank`` and ``filled``.

    ``shows_in`` is the field at which the fault can be seen; ``is_unusable`` says that the row
    cannot be counted any more.
    """

    shows_in: str
    change: Change
    where: Mapping[str, str] = field(default_factory=dict)
    blank: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    is_unusable: bool = False

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


@dataclass(frozen=True)
class DraftFault(Fault):
    """A change to a whole draft, which tells where it shows; None if the draft does not suit.

    ``unusable_rows`` says how many rows cannot be counted any more.
    """

    plant: Callable[[Draft], Spot | None]
    unusable_rows: int = 0


@dataclass(frozen=True)
class MonthFault(Fault):
    """A change to a whole draft in view of the other deliveries of its area."""

    plant: Callable[[Draft, Setting], Spot | None]


def _column(table: pa.Table, name: str) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table[name].combine_chunks()


def overwritten(field: str, value: Override) -> Change:
    """Write one value over a field, whatever the row."""
    return lambda row, month: {field: value}


def days_before(later: str, earlier: str, days: int) -> Change:
    """Put one date so many days before another of the same row."""
    return lambda row, month: {later: (row[earlier] - timedelta(days=days)).isoformat()}


def last_row(draft: Draft) -> int:
    """Return the source row number of a draft's last data row."""
    return draft.first_row + draft.row_count - 1
