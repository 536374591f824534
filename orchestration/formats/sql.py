"""DuckDB helpers of several rooms: a database in memory, quoting, rows in and out.

Add here only what several rooms need. Queries belong in the rooms that use them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

Record = dict[str, Any]


def in_memory(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open an empty database in memory; rows that do not fit go to the folder ``spill``.

    Without it duckdb.OutOfMemoryException is raised: by default DuckDB would write rows of
    deliveries into the current folder. Pass ``spill_folder`` to sort or join whole registers.
    """
    return duckdb.connect(":memory:", config={"temp_directory": str(spill or "")})


def quoted(identifier: str) -> str:
    """Return ``identifier`` quoted for SQL, whatever characters it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: str | Path | date) -> str:
    """Return a text or path as a SQL string, a date as a SQL date."""
    text = "'" + str(value).replace("'", "''") + "'"
    return f"date {text}" if isinstance(value, date) else text


def literals(texts: Iterable[str | Path]) -> str:
    """Return ``texts`` as a SQL list of strings, for functions that read several files."""
    return f"[{', '.join(map(literal, texts))}]"


def records(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> list[Record]:
    """Return a query's rows by column name."""
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def insert_rows(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert all rows in one statement; single inserts take a millisecond each."""
    if rows:
        arrays = [pa.array(column) for column in zip(*rows, strict=True)]
        names = [f"column{number}" for number in range(len(arrays))]
        connection.register("inserted", pa.table(arrays, names=names))
        connection.execute(f"insert into {table} from inserted")
        connection.unregister("inserted")
