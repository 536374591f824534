"""Codes and plates in, one outcome for every code out; all of it in one DuckDB connection.

The statements are in ``sql``, the weights in ``evidence``. Where rows come from and where
results are kept is ``month``'s; nothing here reads the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.matching.cache import load_parsed
from orchestration.matching.evidence import ACCEPT, EVIDENCE, MARGIN_BITS, PRIOR_BITS, REVIEW
from orchestration.matching.gazetteer import gazetteer, moved_towns
from orchestration.matching.variants import load_variants

_SQL = Path(__file__).parent / "sql"
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


def load_reference(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables place_name, moved_town and evidence."""
    names = [
        (place.kind, spelling, district_id, place.value)
        for spelling, place in gazetteer().items()
        for district_id in place.districts
    ]
    _table(connection, "place_name", ("kind", "spelling", "district_id", "official_name"), names)
    moved = sorted(moved_towns())
    _table(connection, "moved_town", ("district_id", "town", "other_town"), moved)
    _table(connection, "evidence", ("part", "level", "bits", "reason"), EVIDENCE)


def _table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
) -> None:
    table = pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
    connection.register("reference_rows", table)
    connection.execute(f"create or replace temp table {name} as from reference_rows")
    connection.unregister("reference_rows")


def load_inputs(connection: duckdb.DuckDBPyConnection, cache: Path, as_at: date) -> int:
    """Create code, every_plate and plate from the views raw_code and raw_plate.

    ``cache`` is the folder of parsed addresses; returns how many had to be parsed.
    """
    load_reference(connection)
    run(connection, "delivered")
    texts = "select address from delivered_code union all select address from delivered_plate"
    parsed_count = load_parsed(connection, cache, texts)
    run(connection, "inputs", as_at=as_at)
    return parsed_count


def match_codes(
    connection: duckdb.DuckDBPyConnection, *, has_former: bool, can_build_on: bool
) -> int:
    """Create outcome (one row a code) and pair_to_keep; return how many codes were looked at.

    Reads the inputs, the table decision (building_code, doorplate_code, verdict), and with
    ``has_former`` the results of the month before, former_code, former_plate, former_pair. They
    are kept where nothing changed if one ``can_build_on`` them: the same matcher made them.
    """
    scope = "changed" if can_build_on else "all"
    run(connection, f"wanted_{scope}")
    run(connection, "exact")
    run(connection, "open_keys")
    for part in ("road", "estate"):
        load_variants(connection, part)
    run(connection, "scored", prior=PRIOR_BITS)
    run(connection, "outcomes", accept=ACCEPT, review=REVIEW, margin=MARGIN_BITS)
    run(connection, f"kept_{scope}")
    earlier = "from former_code where outcome in ('matched_exact', 'matched_fuzzy')"
    connection.execute(
        "create or replace temp view earlier_match as "
        + (f"select building_code {earlier}" if has_former else "select '' as building_code")
    )
    run(connection, "conflicts", has_former=has_former)
    return int(connection.execute("select count(*) from wanted").fetchall()[0][0])


def run(connection: duckdb.DuckDBPyConnection, name: str, **values: object) -> None:
    """Execute the statements of one file, giving each the parameters it names."""
    text = _COMMENT.sub("", (_SQL / f"{name}.sql").read_text(encoding="utf-8"))
    for statement in text.split(";\n"):
        if statement.strip():
            used = {key: value for key, value in values.items() if f"${key}" in statement}
            connection.execute(statement, used or None)
