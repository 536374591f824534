"""The only writer of Parquet files whose bytes are promised: equal rows give equal bytes.

What DuckDB writes depends on where its source holds nulls, even in rows that are not written.
Callers pass tables in a total order.
"""

from __future__ import annotations

from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq


def parquet_bytes(rows: pa.Table) -> bytes:
    """Return a table as Parquet; its chunks and its origin make no difference."""
    buffer = BytesIO()
    # one chunk a column: where chunks end, pages end; the schema of Arrow would tell its maker
    pq.write_table(rows.combine_chunks(), buffer, compression="zstd", store_schema=False)
    return buffer.getvalue()
