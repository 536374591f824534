"""What a simulated file holds, in whichever format it is written.

A ``Sheet`` is the common form between the tables of the simulated city and the two writers
``workbook`` and ``delimited``: title rows, header, columns, 合计, footers, and cells that a
planted fault overrides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pyarrow as pa

#: A day is written as a real date in a workbook; in a csv it is text beforehand.
ColumnKind = Literal["text", "number", "day"]
Override = str | int | float | None


class RawCell(str):
    """The XML of a cell behind its reference, for what no value stands for: errors, formulas."""


@dataclass(frozen=True)
class SheetColumn:
    """One column: its header and its cells (text, numbers as text, or dates)."""

    field: str
    header: str
    kind: ColumnKind
    values: pa.Array


@dataclass(frozen=True)
class Sheet:
    """The one sheet of a file.

    ``totals`` maps fields to what stands below them in a last row labelled 合计; ``overrides``
    maps (data row from 0, field) to the text or number that stands there instead.
    """

    name: str
    titles: tuple[str, ...]
    columns: tuple[SheetColumn, ...]
    totals: dict[str, str] = field(default_factory=dict)
    footers: tuple[str, ...] = ()
    overrides: dict[tuple[int, str], Override] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        """Number of data rows."""
        return len(self.columns[0].values)

    @property
    def first_row(self) -> int:
        """Source row number of the first data row."""
        return len(self.titles) + 2


def spelt_days(values: pa.Date32Array, spelling: str) -> pa.DictionaryArray:
    """Return days as text in a ``strftime`` spelling; each distinct day is spelt once.

    Letters after ``%-`` are written without leading zeros.
    """
    encoded = values.dictionary_encode()
    labels = [_spelt(day, spelling) for day in encoded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(labels, pa.string()))


def _spelt(day: date, spelling: str) -> str:
    parts = {"%Y": f"{day.year}", "%m": f"{day.month:02d}", "%d": f"{day.day:02d}"}
    parts |= {"%-m": str(day.month), "%-d": str(day.day)}
    for mark, text in parts.items():
        spelling = spelling.replace(mark, text)
    return spelling
