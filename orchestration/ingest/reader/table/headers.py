"""From a sheet's top rows to columns: where the header is and which field each column holds.

A contract's headers and synonyms are the only vocabulary; a new spelling is added there. Here
live merged and two-row headers, units in brackets, and the messages for columns that do not
fit. Rows below the header are not looked at.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from orchestration.ingest.reader.privacy import excerpt
from orchestration.ingest.reader.sheet import Sheet, cell_name
from orchestration.ingest.reader.table.header_words import (
    UNITS,
    fold_header,
    levels_in_one_cell,
    nearest,
    vocabulary_of,
)
from orchestration.ingest.reading import Problem
from orchestration.reference.contracts import Contract

_SEARCHED_ROWS = 40
_MAX_DEPTH = 3
_SERIAL_NUMBER = frozenset({"序号", "序", "行号", "no", "no."})


@dataclass(frozen=True)
class Header:
    """A header block of one sheet: 1-based rows, the column of each field, and what is wrong.

    ``serial_columns`` are numbering columns, which are ignored; ``matched`` of ``required``
    columns say how sure the find is.
    """

    first_row: int
    last_row: int
    columns: dict[str, int]
    headers: dict[str, str]
    serial_columns: dict[int, str]
    problems: tuple[Problem, ...]
    matched: int
    required: int

    @property
    def is_candidate(self) -> bool:
        """Whether at least half of the required columns were found."""
        return self.matched * 2 >= self.required


@dataclass
class _Column:
    """One column's header path: texts as delivered, folded levels, unit."""

    position: int
    texts: list[str]
    levels: tuple[str, ...]
    unit: str | None
    field: str | None = None
    matched_levels: int = 0

    @property
    def text(self) -> str:
        return excerpt("/".join(self.texts), 60)


@dataclass
class _Block:
    first_row: int
    last_row: int
    columns: list[_Column] = field(default_factory=list)

    @property
    def matched(self) -> set[str]:
        return {column.field for column in self.columns if column.field}

    @property
    def score(self) -> tuple[int, int, int, int]:
        """Fields found, levels found, then the smaller, then the upper block."""
        levels = sum(column.matched_levels for column in self.columns)
        return len(self.matched), levels, self.first_row - self.last_row, -self.first_row


def find_header(sheet: Sheet, contract: Contract) -> Header | None:
    """Return the block of one to three rows that matches most fields, or None if none matches.

    Unknown, missing and duplicate columns
    and contradicting units are in ``problems``.
    """
    vocabulary = vocabulary_of(contract)
    rows = _top_rows(sheet)
    blocks = [
        _match(rows, first, depth, vocabulary)
        for first in range(len(rows))
        for depth in range(1, min(_MAX_DEPTH, len(rows) - first) + 1)
        if rows[first]
    ]
    best = max(blocks, key=lambda block: block.score, default=None)
    if best is None or not best.matched:
        return None
    _widen(best, sheet, len(rows))
    return _header(sheet, contract, best)


def _widen(block: _Block, sheet: Sheet, searched: int) -> None:
    """Take in the rows over which the block's own cells are merged."""
    positions = {column.position for column in block.columns if column.field}
    for merge in sheet.facts.merges:
        meets = merge.first_row <= block.last_row and merge.last_row >= block.first_row
        is_short = merge.last_row - merge.first_row < _MAX_DEPTH and merge.last_row <= searched
        if meets and is_short and merge.first_column in positions:
            block.first_row = min(block.first_row, merge.first_row)
            block.last_row = max(block.last_row, merge.last_row)


def _top_rows(sheet: Sheet) -> list[dict[int, str]]:
    """Return the first rows with merged ranges filled from their first cell."""
    rows = [sheet.row(number) for number in range(1, min(_SEARCHED_ROWS, sheet.row_count) + 1)]
    for merge in sheet.facts.merges:
        if merge.last_row > len(rows) or merge.first_column not in rows[merge.first_row - 1]:
            continue
        text = rows[merge.first_row - 1][merge.first_column]
        for row in range(merge.first_row, merge.last_row + 1):
            for position in range(merge.first_column, merge.last_column + 1):
                rows[row - 1][position] = text
    return rows


def _match(
    rows: list[dict[int, str]], first: int, depth: int, vocabulary: dict[tuple[str, ...], str]
) -> _Block:
    block = _Block(first + 1, first + depth)
    levels = _with_parents(rows[first : first + depth])
    for position in sorted({position for row in levels for position in row}):
        texts = [row[position] for row in levels if position in row]
        block.columns.append(_matched(position, texts, vocabulary))
    return block


def _matched(position: int, texts: list[str], vocabulary: dict[tuple[str, ...], str]) -> _Column:
    """Return a column with the field whose header it has: the whole path, else its end."""
    column = _column(position, texts)
    for length in range(len(column.levels), 0, -1):
        column.field = vocabulary.get(column.levels[-length:])
        if column.field:
            column.matched_levels = length
            return column
    in_one_cell = levels_in_one_cell(texts[-1])
    if len(set(texts)) == 1 and len(in_one_cell) > 1:
        path = _column(position, in_one_cell)
        column.field = vocabulary.get(path.levels)
        column.unit = path.unit if column.field else column.unit
        column.matched_levels = 1 if column.field else 0
    return column


def _with_parents(rows: list[dict[int, str]]) -> list[dict[int, str]]:
    """Give a blank parent the text left of it where the row below has a leaf."""
    filled = [dict(row) for row in rows]
    for upper, lower in itertools.pairwise(filled):
        for position in sorted(lower):
            if position not in upper and position - 1 in upper:
                upper[position] = upper[position - 1]
    return filled


def _column(position: int, texts: list[str]) -> _Column:
    """Fold a path: repeated levels of a merge count once, a level that is a unit is no level."""
    distinct = [text for n, text in enumerate(texts) if n == 0 or text != texts[n - 1]]
    levels: list[str] = []
    unit: str | None = None
    for text in distinct:
        base, own_unit = fold_header(text)
        if levels and base in UNITS:
            base, own_unit = "", UNITS[base]
        unit = own_unit or unit
        if base:
            levels.append(base)
    return _Column(position, distinct, tuple(levels), unit)


def _header(sheet: Sheet, contract: Contract, block: _Block) -> Header:
    named = [column for column in block.columns if column.levels]
    serial = {c.position: c.text for c in named if not c.field and c.levels[-1] in _SERIAL_NUMBER}
    unknown = [c for c in named if not c.field and c.position not in serial]
    by_field: dict[str, _Column] = {}
    problems: list[Problem] = []
    for column in named:
        if column.field is None:
            continue
        first = by_field.setdefault(column.field, column)
        if first is not column:
            problems.append(_duplicate(sheet, block, first, column))
    problems += [_unknown(sheet, block, column, contract) for column in unknown]
    required = [column.name for column in contract.columns if not column.optional]
    problems += [
        _missing(sheet, block, name, contract, unknown) for name in required if name not in by_field
    ]
    conflicts = (_unit_conflict(sheet, block, c, contract) for c in by_field.values())
    problems += [conflict for conflict in conflicts if conflict]
    return Header(
        first_row=block.first_row,
        last_row=block.last_row,
        columns={name: by_field[name].position for name in contract.fields if name in by_field},
        headers={name: by_field[name].text for name in contract.fields if name in by_field},
        serial_columns=serial,
        problems=tuple(problems),
        matched=sum(name in by_field for name in required),
        required=len(required),
    )


def _unknown(sheet: Sheet, block: _Block, column: _Column, contract: Contract) -> Problem:
    names = {name: c.header for c in contract.columns for name in (c.header, *c.synonyms)}
    near = names.get(nearest(column.text, list(names)) or "")
    hint = f"，最接近的是“{near}”" if near else ""
    return Problem(
        "unknown_column",
        f"表头“{column.text}”不在{contract.title}的约定中{hint}",
        "请改用约定的表头，或删除此列；如确需增加，请与市级平台联系",
        sheet.name,
        block.last_row,
        cell_name(block.last_row, column.position),
    )


def _missing(
    sheet: Sheet, block: _Block, name: str, contract: Contract, unknown: list[_Column]
) -> Problem:
    column = contract.column(name)
    near = nearest(column.header, [other.text for other in unknown])
    also = f"（也可写作{'、'.join(column.synonyms)}）" if column.synonyms else ""
    hint = f"；表中最接近的表头是“{near}”" if near else ""
    return Problem(
        "missing_column",
        f"缺少列“{column.header}”{also}{hint}",
        "请补上此列，或把表头改为约定的写法",
        sheet.name,
        block.last_row,
        field=name,
    )


def _duplicate(sheet: Sheet, block: _Block, first: _Column, second: _Column) -> Problem:
    first_cell = cell_name(block.last_row, first.position)
    return Problem(
        "duplicate_column",
        f"表头“{second.text}”与 {first_cell} 的“{first.text}”是同一项，无法确定以哪一列为准",
        "请只保留一列",
        sheet.name,
        block.last_row,
        cell_name(block.last_row, second.position),
        second.field,
    )


def _unit_conflict(
    sheet: Sheet, block: _Block, column: _Column, contract: Contract
) -> Problem | None:
    """Return the problem if the header names another unit than the contract's."""
    agreed = contract.column(column.field).unit if column.field else None
    if agreed is None or column.unit is None or column.unit == UNITS.get(agreed, agreed):
        return None
    return Problem(
        "unit_conflict",
        f"表头“{column.text}”的单位是{column.unit}，约定的单位是{agreed}",
        f"请把此列换算为{agreed}，并改正表头",
        sheet.name,
        block.last_row,
        cell_name(block.last_row, column.position),
        column.field,
    )
