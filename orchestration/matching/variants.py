"""Names of roads and estates that are one typing error apart.

Errors are looked for among the names, not among the addresses: a district has a few thousand
roads, so what is left is an equality of names that a database joins. Add here what makes two
names the same though they are written otherwise.
"""

from __future__ import annotations

from collections import defaultdict

import duckdb
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA

#: A shorter name has no room for an error: 南街 and 北街 are two streets.
_SHORTEST = 3
_COMPASS = frozenset("东南西北中前后上下一二三四五六七八九十")
_SCHEMA = pa.schema(
    [("district_id", pa.string()), ("code_name", pa.string()), ("plate_name", pa.string())]
)


def load_variants(
    connection: duckdb.DuckDBPyConnection, table: str, *, odd: str, known: str
) -> None:
    """Create ``table`` (district_id, code_name, plate_name): which names may be errors of which.

    ``odd`` and ``known`` are queries of (district_id, name): the names that no plate of the
    district has, and the plates' names to compare them with.
    """
    known_names: dict[str, list[str]] = defaultdict(list)
    odd_names = connection.execute(f"{odd} order by all").fetchall()
    if odd_names:
        for district_id, name in connection.execute(f"{known} order by all").fetchall():
            known_names[district_id].append(name)
    rows = [
        (district_id, name, other)
        for district_id, name in odd_names
        for other, _, _ in process.extract(
            name, known_names[district_id], scorer=OSA.distance, score_cutoff=1, limit=None
        )
        if is_variant(name, other)
    ]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    found = pa.table(dict(zip(_SCHEMA.names, map(list, columns), strict=True)), _SCHEMA)
    connection.register("variant_rows", found)
    connection.execute(f"create or replace temp table {table} as from variant_rows")
    connection.unregister("variant_rows")


def is_variant(name: str, other: str) -> bool:
    """Whether one of the names may be a typing error of the other.

    One sign is replaced, left out, added or swapped with its neighbour. A sign that distinguishes
    places, such as a point of the compass or a number, does not count.

    >>> is_variant("人民路", "人明路"), is_variant("东风路", "冬风路")
    (True, True)
    >>> is_variant("人民路", "人民南路"), is_variant("东环路", "西环路")
    (False, False)
    """
    if abs(len(name) - len(other)) > 1 or max(len(name), len(other)) < _SHORTEST:
        return False
    if OSA.distance(name, other, score_cutoff=1) > 1:
        return False
    differing = set(name) ^ set(other)
    return not differing or not differing <= _COMPASS
