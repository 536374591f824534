"""The result of reading a file: the receipt ``Reading`` and its parts.

Lives here: the plain records that cross from the reading child to its parent as JSON, and the
closed list of problem codes. Add a code here when a file can be unreadable, or readable with a
remark, in a new way. No file access and no Arrow here, so that any room can import it cheaply.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

#: How many files a delivery may have, and how many rows each: what is numbered through them fits
#: into 32 bits.
MAX_PARTS, PART_ROWS = 100, 1 << 24
#: A reading with one of these has landed no row; the delivery is refused.
FATAL_CODES = (
    "empty_file",
    "not_a_workbook",
    "encrypted",
    "old_xls",
    "html_as_xls",
    "xml_spreadsheet",
    "unsafe_workbook",
    "truncated",
    "bad_encoding",
    "bad_csv",
    "no_header",
    "unknown_column",
    "missing_column",
    "duplicate_column",
    "unit_conflict",
    "two_sheets",
    "no_rows",
    "reader_died",
    "reader_timeout",
)
#: A reading with these alone has landed all its rows; a person should look.
NOTED_CODES = (
    "formula_without_value",
    "error_cell",
    "hidden_sheet",
    "hidden_rows",
    "hidden_columns",
    "number_as_id",
    "not_as_shown",
    "stray_cell",
    "old_template",
    "unreadable_stamp",
    "foreign_template",
    "row_limit",
    "unread_cells",
    "shifted_strings",
    "too_many_decimals",
)


@dataclass(frozen=True)
class Problem:
    """A reason to refuse a file, or a remark on it.

    ``code`` is one of FATAL_CODES or NOTED_CODES; ``message`` (what and why) and ``remedy`` are
    Chinese sentences for the district; ``row`` is 1-based, ``cell`` like ``C12``. No delivered
    value of a data row stands in a message. ``file_name`` is given where a delivery has parts.
    """

    code: str
    message: str
    remedy: str
    sheet: str = ""
    row: int | None = None
    cell: str | None = None
    field: str | None = None
    file_name: str = ""


@dataclass(frozen=True)
class Itemised:
    """A row, or a run of ``count`` blank rows from ``row`` on, that is no data row.

    ``role`` is title, header, total, blank, footer, column_numbers, end_mark or note; ``text``
    holds at most 200 characters, with phone and id numbers masked.
    """

    sheet: str
    row: int
    role: str
    text: str
    count: int = 1


@dataclass(frozen=True)
class ControlTotal:
    """A 合计 or 小计 cell beside the exact sum of the rows it totals.

    ``value`` and ``sum`` are canonical decimal text; ``rows_added`` counts the landed rows
    since the last 小计 for a 小计, all landed rows otherwise. Cells that are no number are left
    out of ``sum``.
    """

    sheet: str
    row: int
    cell: str
    label: str
    field: str
    value: str
    rows_added: int
    sum: str


@dataclass(frozen=True)
class Claim:
    """A date that stands outside the data, and whether it says which month the file is of.

    ``place`` is title, footer, sheet, file or column. ``evidence`` is marked (a day behind 截至),
    plain (a day in a title), month or period: these claim the month. hint (a day in a name),
    doubtful and impossible do not; mention (a day of filling in, another month in a note) least
    of all. A month written without a year has none: it is the delivery's. ``since`` is the first
    (year, month, day) of a period.
    """

    place: str
    text: str
    evidence: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    since: tuple[int | None, int, int | None] | None = None
    row: int | None = None
    cell: str | None = None


@dataclass(frozen=True)
class Reading:
    """The receipt of one file: what it is, what it claims, and where its rows went.

    ``as_at`` is an ISO day, as far as the file alone says it, and ``as_at_source`` where it stands
    (title, column or None); ``columns`` maps a field to its column letter, ``headers`` to the
    header as delivered; ``template`` is the stamp of the template that the file was filled from,
    if it has one; ``claims`` are the dates outside the data. A refused file counts no rows at all.
    For every reading ``file_rows == landed_rows + itemised_rows``.

    That of a delivery in several files has ``parts``; its row numbers run through all of them, and
    ``columns`` and ``headers`` are those of the first part that has the field.
    """

    kind: str
    sheet: str = ""
    file_format: str = ""
    encoding: str | None = None
    as_at: str | None = None
    as_at_source: str | None = None
    districts_named: list[str] = field(default_factory=list)
    file_rows: int = 0
    landed_rows: int = 0
    itemised: list[Itemised] = field(default_factory=list)
    totals: list[ControlTotal] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    normalised_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    template: str | None = None
    claims: list[Claim] = field(default_factory=list)
    parts: list[PartRead] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.file_rows != self.landed_rows + self.itemised_rows:
            raise ConservationError(
                f"{self.kind} sheet {self.sheet!r}: {self.file_rows} rows in the file, "
                f"{self.landed_rows} landed and {self.itemised_rows} itemised"
            )

    @property
    def itemised_rows(self) -> int:
        """Number of rows that are no data rows."""
        return sum(item.count for item in self.itemised)

    @property
    def itemised_by_role(self) -> dict[str, int]:
        """Number of rows that are no data rows, by role."""
        counts: Counter[str] = Counter()
        for item in self.itemised:
            counts[item.role] += item.count
        return dict(counts)

    @property
    def is_refused(self) -> bool:
        """Whether a fatal problem kept every row from landing."""
        return any(problem.code in FATAL_CODES for problem in self.problems)

    def place_of(self, row: int) -> tuple[PartRead | None, int]:
        """Return the part that a row number is of, and the row's number in its file."""
        if not self.parts:
            return None, row
        part = self.parts[(row - 1) // PART_ROWS]
        return part, row - part.rows_before

    def row_name(self, row: int) -> str:
        """Return how a sentence names a row, with its file where there are several."""
        part, number = self.place_of(row)
        return f"“{part.file_name}”第 {number} 行" if part else f"第 {row} 行"

    def to_json(self) -> str:
        """Return one line of JSON; of parts it speaks only where there are any."""
        return json.dumps(_without_parts(asdict(self)), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Reading:
        """Rebuild a reading from ``to_json``; raise TypeError or KeyError for other content."""
        content: dict[str, Any] = json.loads(text)
        content["itemised"] = [Itemised(**item) for item in content["itemised"]]
        content["totals"] = [ControlTotal(**item) for item in content["totals"]]
        content["problems"] = [Problem(**item) for item in content["problems"]]
        content["claims"] = [_claim(item) for item in content.get("claims", [])]
        content["parts"] = [_part(item) for item in content.get("parts", [])]
        return cls(**content)


@dataclass(frozen=True)
class PartRead:
    """One file of a delivery in parts, as it was read by itself.

    Its row numbers were raised by ``rows_before`` to be numbered through all parts.
    """

    file_name: str
    rows_before: int
    reading: Reading


def _without_parts(content: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only deliveries in parts have, where it is empty."""
    for problem in content["problems"]:
        if not problem["file_name"]:
            del problem["file_name"]
    for part in content["parts"]:
        _without_parts(part["reading"])
    if not content["parts"]:
        del content["parts"]
    return content


def _part(item: dict[str, Any]) -> PartRead:
    return PartRead(**item | {"reading": Reading.from_json(json.dumps(item["reading"]))})


def _claim(item: dict[str, Any]) -> Claim:
    """Rebuild a claim; JSON has no tuples."""
    return Claim(**item | {"since": item["since"] and tuple(item["since"])})


class ConservationError(RuntimeError):
    """Rows of a file that neither landed nor were itemised: our fault, never the district's."""


class ReaderError(RuntimeError):
    """A fault of our own inside the reading child; the message names the place in our code."""


class Refusal(Exception):  # noqa: N818 - a verdict on the file, not an error of the program
    """Raised inside the child when a file cannot be read; carries the fatal problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.code for problem in problems))
        self.problems = problems


def refuse(
    code: str, message: str, remedy: str, sheet: str = "", row: int | None = None
) -> Refusal:
    """Return the refusal for a single fatal problem, to be raised by the caller."""
    return Refusal(Problem(code, message, remedy, sheet, row))
