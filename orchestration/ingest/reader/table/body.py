"""The data rows of a table: merged cells filled, columns normalised, changes noted.

Produces the landing and notes tables; writes nothing. How a single cell is spelt is
``cells``' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.landing import NOTES, landing_schema
from orchestration.ingest.reader.sheet import Sheet, at_rows, cell_name, column_letters
from orchestration.ingest.reader.table.cells import Column
from orchestration.ingest.reader.table.columns import normalise_column, without_midnight
from orchestration.ingest.reader.table.headers import Header
from orchestration.ingest.reader.table.rows import Roles
from orchestration.reference.contracts import Contract, ContractColumn


@dataclass(frozen=True)
class Body:
    """Landing rows, and how many cells were normalised.

    ``notes`` makes the notes of one column after the other (schema NOTES) when it is asked:
    where every cell of a register was respelt, there is no room for all of them.
    """

    landed: pa.Table
    normalised_count: int
    notes: Iterator[pa.Table]


@dataclass(frozen=True)
class _Changed:
    """The changed cells of one column: ``changes`` as CHANGES, filled merges as NOTES."""

    field: str
    position: int
    changes: pa.Table
    of_merges: pa.Table


def read_body(
    sheet: Sheet, header: Header, contract: Contract, roles: Roles, is_epoch_1904: bool
) -> Body:
    """Return the normalised data rows, in row order, with a note for every changed cell."""
    rows = roles.data_rows
    columns: list[pa.Array] = [pa.repeat(sheet.name, len(rows)), rows]
    changed: list[_Changed] = []
    for column in contract.columns:
        position = header.columns.get(column.name)
        if position is None:
            columns.append(_absent(column, len(rows)))
            continue
        values, filled = _merges_filled(sheet, position, column)
        values = at_rows(values, rows)
        if column.type == "date":
            values = without_midnight(values)
        known = Column(column, column.name in contract.key, is_epoch_1904)
        values, changes = normalise_column(values, known)
        columns.append(values)
        of_merges = _fill_notes(filled, rows, values, position, column.name)
        changed.append(_Changed(column.name, position, changes, of_merges))
    return Body(
        landed=pa.table(columns, schema=landing_schema(contract)),
        normalised_count=sum(len(each.changes) + len(each.of_merges) for each in changed),
        notes=_notes(changed, rows, header),
    )


def _absent(column: ContractColumn, count: int) -> pa.Array:
    """Return the column of a field the file does not have; a personal one is blank by state."""
    if column.personal:
        return pa.repeat("blank", count)
    return pa.nulls(count, pa.string())


def _merges_filled(
    sheet: Sheet, position: int, column: ContractColumn
) -> tuple[pa.StringArray, list[int]]:
    """Return a text column with cells merged downwards filled, and the 1-based rows filled.

    Measures are left alone: a merged number counts once.
    """
    values = sheet.columns[position]
    if column.type != "text" or column.personal:
        return values, []
    merges = [
        merge
        for merge in sheet.facts.merges
        if merge.first_column == merge.last_column == position
        and merge.first_row < merge.last_row
        and merge.first_row <= len(values)
    ]
    if not merges:
        return values, []
    texts = values.to_pylist()
    filled = []
    done = 0
    for merge in sorted(merges, key=lambda merge: merge.first_row):
        # Excel lets no merges overlap; a file in which they do shall not fill a row twice
        first = max(merge.first_row + 1, done + 1)
        done = max(done, min(merge.last_row, len(texts)))
        for row in range(first, done + 1):
            if texts[row - 1] is None and texts[merge.first_row - 1] is not None:
                texts[row - 1] = texts[merge.first_row - 1]
                filled.append(row)
    return pa.array(texts, pa.string()), filled


def _notes(changed: list[_Changed], rows: pa.Int32Array, header: Header) -> Iterator[pa.Table]:
    for each in changed:
        numbers = rows.take(each.changes["position"].combine_chunks())
        cells = pc.binary_join_element_wise(
            column_letters(each.position), numbers.cast(pa.string()), ""
        )
        fields = pa.repeat(each.field, len(numbers))
        texts = (
            each.changes[name].cast(pa.string()) for name in ("how", "delivered", "normalised")
        )
        yield pa.table([numbers, cells, fields, *texts], schema=NOTES)
        yield each.of_merges
    yield _ignored_columns(header)


def _fill_notes(
    filled: list[int], rows: pa.Int32Array, values: pa.StringArray, position: int, name: str
) -> pa.Table:
    if not filled:
        return NOTES.empty_table()
    landed = dict(zip(rows.to_pylist(), values.to_pylist(), strict=True))
    lines = [
        (row, cell_name(row, position), name, "merged", None, landed[row])
        for row in filled
        if row in landed
    ]
    return _table(lines)


def _ignored_columns(header: Header) -> pa.Table:
    """Return one note for each numbering column, at its header cell."""
    return _table(
        (header.last_row, cell_name(header.last_row, position), "", "ignored_column", text, None)
        for position, text in header.serial_columns.items()
    )


def _table(lines: Iterable[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*lines, strict=True)) or [()] * len(NOTES)
    return pa.table(
        [pa.array(list(c), f.type) for c, f in zip(columns, NOTES, strict=True)], schema=NOTES
    )
