"""Compares two sets of rows by names, types and content; order and layout make no difference.

Use it where content is promised and bytes are not. ``release.comparison`` lists which figures
differ between two releases.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory, literal, quoted


def file_difference(one: Path, other: Path) -> str | None:
    """Return how the rows of two Parquet files differ, or None."""
    with in_memory() as connection:
        return difference(
            connection,
            *(f"from read_parquet({literal(str(path))})" for path in (one, other)),
        )


def difference(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> str | None:
    """Return how the rows of two queries differ, or None; the order of columns does not matter."""
    types, other_types = (types_of(connection, query) for query in (one, other))
    if types != other_types:
        names = sorted(
            name
            for name in types.keys() | other_types.keys()
            if types.get(name) != other_types.get(name)
        )
        changes = (f"{n} {types.get(n, '—')} → {other_types.get(n, '—')}" for n in names)
        return f"columns: {', '.join(changes)}"
    columns = ", ".join(map(quoted, types))
    # usually they are equal, which a sum over the rows' hashes shows in half the time
    if len({_sum(connection, query, columns) for query in (one, other)}) == 1:
        return None
    counts = []
    for query, against in ((one, other), (other, one)):
        sides = (f"select {columns} from ({side})" for side in (query, against))  # noqa: S608 - our queries
        rows = " except all ".join(f"({side})" for side in sides)
        counts.append(connection.execute(f"select count(*) from ({rows})").fetchall()[0][0])  # noqa: S608 - our queries
    if not any(counts):
        return None
    return f"{counts[0]} rows are only in the first, {counts[1]} only in the second"


def types_of(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, str]:
    """Return the type of each column of a query, by name in their order."""
    relation = connection.sql(query)
    named = zip(relation.columns, map(str, relation.types), strict=True)
    return dict(sorted(named))


def _sum(connection: duckdb.DuckDBPyConnection, query: str, columns: str) -> object:
    hashes = f"select hash({columns})::hugeint as row_hash from ({query})"  # noqa: S608 - our queries
    [found] = connection.execute(f"select count(*), sum(row_hash) from ({hashes})").fetchall()  # noqa: S608 - our queries
    return found
