"""A sheet as read: columns of text at their true places, and the facts about its cells.

The common ground of workbooks and csv files: both readers produce a ``Sheet``, everything
after them takes one. Rows are 1-based as in Excel, columns 0-based positions. No meaning is
given to any cell here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

#: White space, zero-width and control characters: what a cell may hold and still be blank.
INVISIBLE = r"[\s\p{Z}\p{Cc}\p{Cf}]"
#: The size of a worksheet in Excel.
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MAX_DIGITS = 18

Cell = tuple[int, int]


@dataclass(frozen=True)
class Merge:
    """A merged range, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Mark:
    """A cell whose form shows another thing than its plain text, and how it reads in full.

    ``kind`` is form (上标, 下标, 删除线), number (a format that scales, hides or adds digits),
    unit (a format that writes 万 behind), padding, no_day (of a date, only year and month) or
    covered (by a merge);
    ``shown`` says it in Chinese, ``text`` is what no type accepts, like ``30〔上标：1〕``.
    """

    row: int
    column: int
    kind: str
    text: str
    shown: str


@dataclass
class SheetFacts:
    """What the reader loses and the scan of the XML keeps; empty for a csv.

    The lists of cells ``(row, column)`` are capped by the scan. ``value_count`` cells hold a
    value that is no error. ``dates_shown`` gives the date cells near both ends as a person sees
    them (``2022年10月31日``, ``2022年10月``), ``table_total_rows`` the total rows of Excel's own
    tables. An ``oddity`` is what the fast reader (calamine) may not read as it is meant;
    ``serial_columns`` hold dates that it gives as serial numbers, ``number_columns`` numbers.
    """

    is_hidden: bool = False
    cell_count: int = 0
    value_count: int = 0
    last_row: int = 0
    last_column: int = 0
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    error_cells: list[Cell] = field(default_factory=list)
    bare_formulas: list[Cell] = field(default_factory=list)
    long_numbers: list[Cell] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    dates_shown: dict[Cell, str] = field(default_factory=dict)
    table_total_rows: list[int] = field(default_factory=list)
    oddity: str = field(default="", compare=False)
    serial_columns: set[int] = field(default_factory=set, compare=False)
    number_columns: set[int] = field(default_factory=set, compare=False)


@dataclass(frozen=True)
class Sheet:
    """Text columns of equal length by position; null is an empty cell.

    ``unread_count`` cells hold something in the file that is not in the columns. For a csv,
    ``field_counts`` gives the number of fields of each record and ``is_cut_short``
    whether its last line has no end.
    """

    name: str
    row_count: int
    columns: dict[int, pa.StringArray]
    facts: SheetFacts = field(default_factory=SheetFacts)
    field_counts: pa.Int32Array | None = None
    is_cut_short: bool = False
    unread_count: int = 0

    def row(self, number: int) -> dict[int, str]:
        """Return the visible cells of a row, by column, as delivered; a date as it is shown."""
        cells = {}
        for column, values in self.columns.items():
            text = self.facts.dates_shown.get((number, column)) or values[number - 1].as_py()
            if text is not None and not is_invisible(text):
                cells[column] = text
        return cells


def is_invisible(text: str) -> bool:
    """Whether a text shows nothing: white space, zero-width and control characters only."""
    return not any(char.isprintable() and not char.isspace() for char in text)


def shows_something(values: pa.StringArray) -> pa.BooleanArray:
    """Return which cells of a column show something; the opposite of ``is_invisible``."""
    shows = pc.invert(pc.match_substring_regex(values, f"^{INVISIBLE}*$"))
    return pc.fill_null(shows, False)


def at_rows(values: pa.Array, rows: pa.Int32Array) -> pa.Array:
    """Return the cells of a column at these 1-based rows, which rise; a run is not copied."""
    if len(rows) and rows[-1].as_py() - rows[0].as_py() == len(rows) - 1:
        return values.slice(rows[0].as_py() - 1, len(rows))
    return values.take(pc.subtract(rows, 1))


def column_letters(column: int) -> str:
    """Return the letters of a 0-based column.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_position(letters: str) -> int:
    """Return the 0-based column of its letters, the inverse of ``column_letters``."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def cell_name(row: int, column: int) -> str:
    """Return a cell's name, like ``C12``."""
    return f"{column_letters(column)}{row}"


def whole_number(digits: bytes) -> int:
    """Return the number that a file spells so; of more digits than any count has, one above all.

    Python reads no more than 4,300 digits, and nobody limits what a file holds.
    """
    return int(digits) if len(digits) <= _MAX_DIGITS else 10**_MAX_DIGITS


def parse_cell(name: str) -> Cell:
    """Return ``(row, column)`` of a name like ``C12``; raise ValueError for anything else."""
    match = _CELL.fullmatch(name)
    if not match:
        raise ValueError(f"{name!r} is not the name of a cell")
    return int(match[2]), column_position(match[1])
