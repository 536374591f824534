"""From codes and plates to one outcome for every code, in one DuckDB connection.

The statements are in ``sql``, the weights in ``evidence``. ``month`` decides where
rows come from and where results are kept; nothing here reads the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.addresses.gazetteer import gazetteer, moved_towns
from orchestration.matching.cache import load_parsed
from orchestration.matching.evidence import ACCEPT, EVIDENCE, MARGIN_BITS, PRIOR_BITS, REVIEW
from orchestration.matching.variants import load_variants

_SQL = Path(__file__).parent / "sql"
#: The parts whose names may hold a typing error.
_NAMED_PARTS = ("road", "estate")
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


def load_inputs(
    connection: duckdb.DuckDBPyConnection, cache: Path, as_at: date, *, can_build_on: bool = False
) -> int:
    """Read the rows of the views raw_code and raw_plate into read_code and read_plate.

    With ``can_build_on`` only the rows that the month before's results (views former_code,
    former_plate, former_pair, former_variant) do not hold. ``cache`` is the folder of parsed
    addresses; returns how many had to be parsed.
    """
    load_reference(connection)
    connection.execute(f"set variable as_at = date '{as_at}'")
    run(connection, "delivered")
    run(connection, f"fresh_{_scope(can_build_on)}")
    texts = "select address from fresh_code union all select address from fresh_plate"
    parsed_count = load_parsed(connection, cache, texts, only_these=can_build_on)
    run(connection, "inputs")
    return parsed_count


def match_codes(
    connection: duckdb.DuckDBPyConnection, *, has_former: bool, can_build_on: bool = False
) -> int:
    """Match the codes that need it; return how many those are.

    Creates outcome and untouched, together one row a code, pair_to_keep and variant_to_keep.
    Reads what ``load_inputs`` made with the same ``can_build_on``, the table decision
    (building_code, doorplate_code, verdict), and with ``has_former`` the results of the month
    before. If one ``can_build_on`` these, because the same matcher made them, they are kept
    where nothing changed.
    """
    scope = _scope(can_build_on)
    run(connection, f"names_{scope}")
    if can_build_on:
        _load_appeared_variants(connection)
    run(connection, f"wanted_{scope}")
    run(connection, "exact")
    run(connection, "open_keys")
    _load_variants(connection)
    run(connection, "scored", prior=PRIOR_BITS)
    run(connection, "outcomes", accept=ACCEPT, review=REVIEW, margin=MARGIN_BITS)
    earlier = "from former_code where outcome in ('matched_exact', 'matched_fuzzy')"
    connection.execute(
        "create or replace temp view earlier_match as "
        + (f"select building_code {earlier}" if has_former else "select '' as building_code")
    )
    run(connection, f"still_valid_{scope}")
    run(connection, "conflicts", has_former=has_former)
    run(connection, f"kept_{scope}")
    return int(connection.execute("select count(*) from wanted").fetchall()[0][0])


def _load_variants(connection: duckdb.DuckDBPyConnection) -> None:
    """Compare the names of open_key that no plate has with the names of plates."""
    for part in _NAMED_PARTS:
        named = f"select distinct district_id, {part} from {{}} where {part} <> ''"  # noqa: S608
        odd = f"({named.format('open_key')} except select district_id, {part} from plate)"  # noqa: S608
        load_variants(connection, f"{part}_variant", odd=odd, known=named.format("plate"))


def _load_appeared_variants(connection: duckdb.DuckDBPyConnection) -> None:
    """Compare the odd names of kept codes with names that plates have since this month."""
    for part in _NAMED_PARTS:
        load_variants(
            connection,
            f"appeared_{part}_variant",
            odd=f"select district_id, name from odd_name where part = '{part}'",  # noqa: S608
            known="select district_id, name from changed_name"  # noqa: S608
            f" where is_now and part = '{part}'",
        )


def _scope(can_build_on: bool) -> str:
    return "changed" if can_build_on else "all"


def run(connection: duckdb.DuckDBPyConnection, name: str, **values: object) -> None:
    """Execute the statements of one file, giving each the parameters it names."""
    text = _COMMENT.sub("", (_SQL / f"{name}.sql").read_text(encoding="utf-8"))
    for statement in text.split(";\n"):
        if statement.strip():
            used = {key: value for key, value in values.items() if f"${key}" in statement}
            connection.execute(statement, used or None)
