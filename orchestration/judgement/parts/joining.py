"""The parts of a delivery, each read by itself, joined to one landing and one receipt.

Rows are numbered through all parts, so that a number is one row; beside it stands the file and
the row it has there. A total may be that of its own part or of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.ingest.landing import NOTES, landing_schema, write_nothing, write_tables
from orchestration.ingest.reader.table.rows import is_subtotal
from orchestration.ingest.reader.table.totals import exact_sum
from orchestration.ingest.reading import PART_ROWS, ControlTotal, PartRead, Problem, Reading
from orchestration.judgement.frames import total_excess
from orchestration.reference.contracts import Contract

#: Where a row of a part stands: beside the number that runs through all parts.
FILE_NAME, FILE_ROW = "file_name", "file_row"
_PLACE = [(FILE_NAME, pa.string()), (FILE_ROW, pa.int32())]


@dataclass(frozen=True)
class Part:
    """One file of a delivery, its receipt, and where its landing and notes lie."""

    file_name: str
    reading: Reading
    landing: Path
    notes: Path


def join_parts(parts: Sequence[Part], contract: Contract, landing: Path, notes: Path) -> Reading:
    """Write the landing and the notes of all parts as one; return their receipt.

    If one part cannot be read, none counts. A row group is in memory at a time.
    """
    read = [
        PartRead(part.file_name, number * PART_ROWS, part.reading)
        for number, part in enumerate(parts)
    ]
    problems = [in_whole(problem, part) for part in read for problem in part.reading.problems]
    if any(part.reading.is_refused for part in read):
        write_nothing(contract, landing, notes)
        return Reading(kind=contract.kind, problems=problems, parts=read)
    for target, name, schema in (
        (landing, "landing", landing_schema(contract)),
        (notes, "notes", NOTES),
    ):
        placed = pa.schema([*schema, *_PLACE])
        tables = _numbered([getattr(part, name) for part in parts], read, placed)
        write_tables(tables, placed, target)
    return _joint(read, contract, landing, problems)


def _numbered(
    files: Sequence[Path], parts: Sequence[PartRead], schema: pa.Schema
) -> Iterator[pa.Table]:
    for path, part in zip(files, parts, strict=True):
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                yield _placed(file.read_row_group(group), part).select(schema.names).cast(schema)


def _placed(rows: pa.Table, part: PartRead) -> pa.Table:
    own = rows["row_number"]
    index = rows.column_names.index("row_number")
    through = pc.add(own, pa.scalar(part.rows_before, pa.int32()))
    rows = rows.set_column(index, "row_number", through)
    names = pa.repeat(pa.scalar(part.file_name), rows.num_rows)
    return rows.append_column(FILE_NAME, names).append_column(FILE_ROW, own)


def in_whole(problem: Problem, part: PartRead) -> Problem:
    """Return a problem of a part as one of the whole: with its file, its row numbered through."""
    row = None if problem.row is None else problem.row + part.rows_before
    return replace(problem, row=row, file_name=part.file_name)


def _joint(
    parts: Sequence[PartRead], contract: Contract, landing: Path, problems: list[Problem]
) -> Reading:
    readings = [part.reading for part in parts]
    formats = {reading.file_format for reading in readings}
    headers: dict[str, set[str]] = {}
    for reading in readings:
        for field, header in reading.headers.items():
            headers.setdefault(field, set()).add(header)
    return Reading(
        kind=contract.kind,
        sheet=readings[0].sheet,
        file_format=formats.pop() if len(formats) == 1 else "",
        as_at=max((r.as_at for r in readings if r.as_at), default=None),
        as_at_source=readings[0].as_at_source,
        districts_named=sorted({name for r in readings for name in r.districts_named}),
        file_rows=sum(reading.file_rows for reading in readings),
        landed_rows=sum(reading.landed_rows for reading in readings),
        itemised=[
            replace(item, row=item.row + part.rows_before)
            for part in parts
            for item in part.reading.itemised
        ],
        totals=list(_totals(parts, contract, landing)),
        columns={f: c for reading in reversed(readings) for f, c in reading.columns.items()},
        # parts that call a column by different names are told of the contract's
        headers={
            field: said.pop() if len(said) == 1 else contract.column(field).header
            for field, said in headers.items()
        },
        normalised_count=sum(reading.normalised_count for reading in readings),
        problems=problems,
        parts=list(parts),
    )


def _totals(parts: Sequence[PartRead], contract: Contract, landing: Path) -> Iterator[ControlTotal]:
    """Yield the totals of all parts, each beside the sum that it is, of its part or of the whole.

    One that is neither is held against its part if every part has one, else against the whole.
    """
    of_part = [
        (total.field, number)
        for number, part in enumerate(parts)
        for total in part.reading.totals
        if not is_subtotal(total.label)
    ]
    parts_with_total = {
        field: len({number for other, number in of_part if other == field}) for field, _ in of_part
    }
    rows = sum(part.reading.landed_rows for part in parts)
    sums: dict[str, str] = {}
    for part in parts:
        for total in part.reading.totals:
            own = replace(total, row=total.row + part.rows_before)
            # the rows of a report are sorted out later
            if contract.rows_by or is_subtotal(total.label) or _fits(own, contract):
                yield own
                continue
            if total.field not in sums:
                sums[total.field] = _sum_of(landing, total.field)
            whole = replace(own, sum=sums[total.field], rows_added=rows)
            is_of_whole = _fits(whole, contract) or parts_with_total[total.field] < len(parts)
            yield whole if is_of_whole else own


def _fits(total: ControlTotal, contract: Contract) -> bool:
    return total_excess(total, contract) <= 0


def _sum_of(landing: Path, field: str) -> str:
    """Return the exact sum of a field of all parts, as the reader adds it up."""
    added = Decimal(0)
    with pq.ParquetFile(landing) as file:
        for batch in file.iter_batches(columns=[field]):
            added += Decimal(exact_sum(batch.column(0).to_pylist()))
    return f"{added:f}"
