"""The two Parquet files a reading writes: landing rows and notes on normalised cells.

Their schemas are an interface to judgement and returns: change them only together with
those. Text only; nothing is typed before it is judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.contracts import Contract
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


def landing_schema(contract: Contract) -> pa.Schema:
    """Return sheet, row_number, then every field of the contract as string, in its order."""
    return pa.schema(
        [
            ("sheet", pa.string()),
            ("row_number", pa.int32()),
            *((name, pa.string()) for name in contract.fields),
        ]
    )


def read_landing(path: Path, contract: Contract) -> pa.Table:
    """Return the landing rows; text that is no part of the key comes as dictionaries.

    Most of it repeats: value by value it costs half as much again to read, and more to ask.
    """
    repeating = [name for name in contract.fields if name not in contract.key]
    return pq.read_table(path, read_dictionary=["sheet", *repeating])


def write_tables(tables: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    """Write the rows of the tables, in order, as one Parquet file, whole or not at all."""
    with (
        replacing(path) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd") as writer,
    ):
        for table in tables:
            writer.write_table(table)


def write_nothing(contract: Contract, landing: Path, notes: Path) -> None:
    """Write both files without rows, for a delivery that was refused."""
    write_tables([], landing_schema(contract), landing)
    write_tables([], NOTES, notes)
