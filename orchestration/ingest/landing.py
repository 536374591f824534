"""The two Parquet files a reading writes: landing rows and notes on normalised cells.

Their schemas are an interface to judgement and returns: change them only together with
those. Text only; nothing is typed before it is judged.
"""

from __future__ import annotations

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


def write_table(table: pa.Table, path: Path) -> None:
    """Write a Parquet file whole or not at all."""
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def write_nothing(contract: Contract, landing: Path, notes: Path) -> None:
    """Write both files without rows, for a delivery that was refused."""
    write_table(landing_schema(contract).empty_table(), landing)
    write_table(NOTES.empty_table(), notes)
