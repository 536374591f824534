"""The one writer of Parquet whose bytes are promised: equal rows of equal types, equal bytes.

DuckDB's own depends on where its source holds nulls, also in rows that are not written. A table
comes here in its total order.
"""

from __future__ import annotations

from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq


def parquet_bytes(rows: pa.Table) -> bytes:
    """Return a table as Parquet, whatever chunks it lies in and whoever made it."""
    buffer = BytesIO()
    # one chunk a column: where chunks end, pages end; the schema of Arrow would tell its maker
    pq.write_table(rows.combine_chunks(), buffer, compression="zstd", store_schema=False)
    return buffer.getvalue()
