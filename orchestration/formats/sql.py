"""DuckDB as several rooms use it: a database in memory, names and texts in SQL, rows into a table.

Add here only what several rooms write alike. Queries belong to those who ask them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa


def in_memory(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open an empty database in memory; ``spill`` is where rows may go that find no room there.

    Without it they go nowhere and duckdb.OutOfMemoryException is raised: DuckDB of its own would
    write rows of deliveries into the folder that somebody happens to be in. Give ``spill_folder``
    where whole registers are sorted or joined.
    """
    return duckdb.connect(":memory:", config={"temp_directory": str(spill or "")})


def quoted(identifier: str) -> str:
    """Return ``identifier`` as a SQL identifier, whatever characters it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: str | Path | date) -> str:
    """Return a text or path as a SQL string, a day as a SQL date."""
    text = "'" + str(value).replace("'", "''") + "'"
    return f"date {text}" if isinstance(value, date) else text


def literals(texts: Iterable[str | Path]) -> str:
    """Return ``texts`` as a SQL list of strings, for functions that read several files."""
    return f"[{', '.join(map(literal, texts))}]"


def insert_rows(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert in one statement by columns: one a row costs a millisecond each."""
    if rows:
        arrays = [pa.array(column) for column in zip(*rows, strict=True)]
        names = [f"column{number}" for number in range(len(arrays))]
        connection.register("inserted", pa.table(arrays, names=names))
        connection.execute(f"insert into {table} from inserted")
        connection.unregister("inserted")
