"""Builds the tables of a look-up in DuckDB from published figures and accepted rows.

It selects only columns listed in ``columns``. The joins are in ``sql``; ``file_writing`` writes the
result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.formats.sql import literal, literals
from orchestration.lookup.columns import (
    ALTERATION_CASE,
    DANGER_CASE,
    basic_columns,
    code_columns,
    safety_columns,
    select_list,
)
from orchestration.lookup.sources import Sources
from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.deadlines import suzhou_now
from orchestration.reference.districts import find_district, load_districts
from orchestration.reference.kinds import BUILDING_CODES, BUILDING_SURVEY, DOORPLATES
from orchestration.reference.months import Month

_SQL = Path(__file__).parent / "sql"
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


class NothingToLookUpError(RuntimeError):
    """The month has neither a building ledger nor a register of codes, or is not published."""


def load_tables(
    connection: duckdb.DuckDBPyConnection, statistics: Path, sources: Sources, month: Month
) -> None:
    """Create the views file_about, file_subject, file_identifier and file_refusal.

    Raises NothingToLookUpError if the month is not in the published file.
    """
    connection.execute(f"attach {literal(statistics)} as statistics (read_only)")
    _load_about(connection, month)
    _load_registers(connection, sources)
    _load_internal_codes(connection, sources.identifiers, month)
    connection.execute(
        "create temp view change as from statistics.marts.fct_building_change"
        f" where month <= date {literal(str(month.first_day))}"
    )
    for name in ("subjects", "identifiers", "refusals", "cases", "file"):
        _run(
            connection,
            name,
            {"as_at": month.last_day, "month": month.first_day},
            danger_fields=_struct(DANGER_CASE),
            alteration_fields=_struct(ALTERATION_CASE),
            shown_columns=", ".join(c.name for c in (*basic_columns(), *safety_columns())),
        )


def _load_about(connection: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Create the one-row table with the month, vintage and status of the file."""
    connection.execute(
        "create temp table about as select strftime(month, '%Y-%m') as month, vintage, status,"
        " exists (from statistics.marts.rpt_delivery as d where d.month = city.month"
        " and contains(d.file_name, ?)) as is_simulated, cast(? as timestamp) as built_at"
        " from statistics.marts.rpt_district_monthly as city"
        " where city.month = ? and district_id = 'city'",
        [vocabulary.SIMULATED, suzhou_now(), month.first_day],
    )
    if connection.execute("from about").fetchone() is None:
        raise NothingToLookUpError(
            f"{month}尚未发布。It is not published yet: fangan month {month}"
        )


def _load_registers(connection: duckdb.DuckDBPyConnection, sources: Sources) -> None:
    """Create ledger_building, register_code, register_plate and match, with typed columns."""
    for kind, files in sources.accepted.items():
        _view(
            connection, f"accepted_{kind}", files, ("district_id", *load_contracts()[kind].fields)
        )
    _view(
        connection,
        "match",
        [sources.matched] if sources.matched else [],
        ("building_code", "outcome", "doorplate_code"),
    )
    spellings = connection.execute(
        f"select distinct district from accepted_{BUILDING_CODES} where district is not null"  # noqa: S608
    ).fetchall()
    _table(
        connection,
        "district_spelling",
        ("district", "found_district_id"),
        [(spelling, find_district(spelling)) for (spelling,) in spellings],
    )
    shown = f"{select_list(basic_columns())}, {select_list(safety_columns())}"
    valid_to = "try_cast(valid_to as date) as valid_to"
    connection.execute(
        f"create temp view ledger_building as select building_id, district_id, {shown}"  # noqa: S608
        f" from accepted_{BUILDING_SURVEY};"
        "create temp view register_code as select building_code,"
        " nullif(building_id, '') as building_id, nullif(previous_code, '') as previous_code,"
        f" found_district_id as district_id, {select_list(code_columns())}, {valid_to}"
        f" from accepted_{BUILDING_CODES} left join district_spelling using (district);"
        f"create temp view register_plate as select doorplate_code, {valid_to}"
        f" from accepted_{DOORPLATES}"
    )
    names = {district.district_id: district.district_name for district in load_districts()}
    _table(connection, "district", ("district_id", "district_name"), names.items())


def _load_internal_codes(
    connection: duckdb.DuckDBPyConnection, identifiers: Path | None, month: Month
) -> None:
    """Create issued_code: the city's internal codes known at the end of the month.

    ``is_valid`` says whether the code still belonged to its building then.
    """
    connection.execute(
        "create temp table issued_code (value varchar, building_id varchar, is_valid boolean)"
    )
    if identifiers is None:
        return
    connection.execute(f"attach {literal(identifiers)} as history (read_only)")
    connection.execute(
        "insert into issued_code select value, building_id, coalesce(valid_to > $as_at, true)"
        " from history.marts.dim_building_identifier"
        " where scheme = 'internal_code' and valid_from <= $as_at",
        {"as_at": month.last_day},
    )


def _view(
    connection: duckdb.DuckDBPyConnection, name: str, files: list[Path], columns: Sequence[str]
) -> None:
    """Create a view over files; without files an empty table with the same columns."""
    if files:
        connection.execute(f"create temp view {name} as from read_parquet({literals(files)})")
    else:
        _table(connection, name, columns, [])


def _table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[str],
    rows: Iterable[tuple[str | None, ...]],
) -> None:
    """Create a table of text columns."""
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    arrays = [pa.array(column, pa.string()) for column in values]
    connection.register("rows", pa.table(arrays, names=list(columns)))
    connection.execute(f"create temp table {name} as from rows")
    connection.unregister("rows")


def _struct(columns: Mapping[str, str]) -> str:
    """Return the columns of a mart as a SQL struct."""
    return "{" + ", ".join(f"{name}: {name}" for name in columns) + "}"


def _run(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, object], **parts: str
) -> None:
    """Execute the statements of one file, each with the parameters that it uses."""
    text = _COMMENT.sub("", (_SQL / f"{name}.sql").read_text(encoding="utf-8"))
    for part, sql in parts.items():
        text = text.replace(f"<{part}>", sql)
    for statement in text.split(";\n"):
        if statement.strip():
            used = {key: value for key, value in values.items() if f"${key}" in statement}
            connection.execute(statement, used or None)
