"""The two Parquet files a reading writes: landing rows and notes on normalised cells.

Their schemas are an interface to judgement and returns: change them only together with
those. Text only; nothing is typed before it is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.reference.contracts import Contract
from orchestration.store.files import replacing

#: One row a changed cell. ``delivered`` is null for personal fields and masked text.
NOTES = pa.schema(
    [
        ("row_number", pa.int32()),
        ("cell", pa.string()),
        ("field", pa.string()),
        ("how", pa.string()),
        ("delivered", pa.string()),
        ("normalised", pa.string()),
    ]
)
#: What a dictionary's index takes in memory.
_INDEX_BYTES = 4


def landing_schema(contract: Contract) -> pa.Schema:
    """Return sheet, row_number, then every field of the contract as string, in its order."""
    return pa.schema(
        [
            ("sheet", pa.string()),
            ("row_number", pa.int32()),
            *((name, pa.string()) for name in contract.fields),
        ]
    )


def read_landing(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Return the landing rows, or some of their columns; text that repeats comes as dictionaries.

    It costs half as much again to read value by value, and more to ask. Text that takes more
    bytes a row than an index does hardly repeats, and its dictionary would be the longer way.
    """
    return pq.read_table(path, columns=columns, read_dictionary=_repeating(path))


def landing_chunks(path: Path, rows: int) -> Iterator[tuple[int, pa.Table]]:
    """Yield the landing rows, at most so many at a time, as ``read_landing`` has them.

    Each with the position of its first row.
    """
    first = 0
    with pq.ParquetFile(path, read_dictionary=_repeating(path)) as file:
        for batch in file.iter_batches(batch_size=rows):
            yield first, pa.Table.from_batches([batch])
            first += batch.num_rows


def _repeating(path: Path) -> list[str]:
    """Return the columns of text that repeats."""
    metadata = pq.read_metadata(path)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return [
        column.name
        for position, column in enumerate(metadata.schema)
        if column.physical_type == "BYTE_ARRAY"
        and sum(group.column(position).total_uncompressed_size for group in groups)
        < metadata.num_rows * _INDEX_BYTES
    ]


def write_tables(tables: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    """Write the rows of the tables, in order, as one Parquet file, whole or not at all."""
    with (
        replacing(path) as temporary,
        # smallest and largest values, which nobody asks for, are a quarter of what writing costs
        pq.ParquetWriter(temporary, schema, compression="zstd", write_statistics=False) as writer,
    ):
        for table in tables:
            # most columns have no notes, and each table is a row group, which costs as its own
            if table.num_rows:
                writer.write_table(table)


def write_nothing(contract: Contract, landing: Path, notes: Path) -> None:
    """Write both files without rows, for a delivery that was refused."""
    write_tables([], landing_schema(contract), landing)
    write_tables([], NOTES, notes)
