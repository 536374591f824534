"""Compares two vintages of a month: every figure of the table, and the rows of every other mart.

Vintage 0 is the result of the last run, published or not: comparing with it shows what a release
would change. It reads the rows that releases kept, and the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.formats.sql import in_memory, literal, quoted, records
from orchestration.publication.database.former_columns import names_by_todays, todays_columns
from orchestration.publication.database.reading import MARTS, is_monthly, marts_of
from orchestration.publication.database.released_cache import VINTAGE_COLUMN
from orchestration.publication.database.released_rows import load_release_set
from orchestration.publication.database.totals import IS_TOTAL
from orchestration.publication.database.vintage_tables import FIGURES
from orchestration.reference.measures import MEASURED, is_count
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import spill_folder
from orchestration.store.ledger import Ledger

#: Columns that identify vintages and therefore always differ.
_LABELS = ("status", "vintage")
_VALUES = ("old_value", "new_value", "difference")
#: Columns that are not compared: the origin of a row, and what follows from other columns.
_DERIVED = (VINTAGE_COLUMN, IS_TOTAL)


class NoSuchVintageError(LookupError):
    """The month has no such vintage; the message lists those it has."""


@dataclass(frozen=True)
class Comparison:
    """The differences: ``figures`` by district and measure, ``marts`` by mart.

    The values of a count are whole numbers, those of an area have two decimals.
    """

    figures: list[dict[str, Any]]
    marts: list[dict[str, Any]]


def compare(settings: Settings, ledger: Ledger, month: Month, a: int, b: int) -> Comparison:
    """Compare vintages ``a`` and ``b``; raise NoSuchVintageError if one does not exist."""
    state = ledger.release_state(month)
    known = [0, *(vintage.number for vintage in state.vintages)]
    for number in (a, b):
        if number not in known:
            listed = "、".join(map(str, known))
            raise NoSuchVintageError(
                f"{month}没有第{number}版，现有：{listed}。There is no vintage {number}."
            )
    releases = load_release_set(settings, ledger)
    with in_memory(spill_folder(settings.scratch)) as connection:
        connection.execute(f"attach {literal(settings.warehouse)} as warehouse (read_only)")
        if releases.rows:
            connection.execute(f"attach {literal(releases.rows)} as released (read_only)")
        if a == 0 or b == 0:
            _refuse_never_run(connection, month)
        return Comparison(_figures(connection, month, a, b), _marts(connection, month, a, b))


def _refuse_never_run(connection: duckdb.DuckDBPyConnection, month: Month) -> None:
    if not connection.execute(_rows(FIGURES, month, 0)).fetchall():
        raise NoSuchVintageError(f"{month}还没有统计过。Run it first: fangan month {month}")


def _rows(table: str, month: Month, vintage: int) -> str:
    """Return a query over a mart's rows of the month in one vintage."""
    name = f"{MARTS}.{quoted(table)}"
    place = f"month = {literal(month.first_day)}"
    if vintage == 0:
        return f"from warehouse.{name} where {place}"
    return f"from released.{name} where {place} and {VINTAGE_COLUMN} = {vintage}"


def _figures(
    connection: duckdb.DuckDBPyConnection, month: Month, a: int, b: int
) -> list[dict[str, Any]]:
    names = ", ".join(MEASURED)
    values = ", ".join(f"cast({name} as decimal(18, 2)) as {name}" for name in MEASURED)
    sides = [
        f"from (select district_id, district_code, district_name, sort_order, {values}"  # noqa: S608 - our names, quoted
        f" from ({_rows(FIGURES, month, number)}))"
        f" unpivot include nulls (value for measure in ({names}))"
        for number in (a, b)
    ]
    found = records(
        connection,
        f"with a as ({sides[0]}), b as ({sides[1]})"  # noqa: S608 - our names, quoted
        " select b.district_id, b.district_code, b.district_name, measure,"
        " a.value as old_value, b.value as new_value, b.value - a.value as difference"
        " from b inner join a using (district_id, measure)"
        " where a.value is distinct from b.value order by b.sort_order, measure",
    )
    return [row | _whole_counts(row) for row in found]


def _whole_counts(row: dict[str, Any]) -> dict[str, int | None]:
    """Return a count's values as the whole numbers they are; of an area nothing."""
    if not is_count(row["measure"]):
        return {}
    values = {name: row[name] for name in _VALUES}
    return {name: None if value is None else int(value) for name, value in values.items()}


def _marts(
    connection: duckdb.DuckDBPyConnection, month: Month, a: int, b: int
) -> list[dict[str, Any]]:
    """Return how many rows only one side has, for each mart with such rows."""
    sides = {n: marts_of(connection, "released" if n else "warehouse") for n in (a, b)}
    found = []
    for table in sorted(sides[a].keys() & sides[b].keys()):
        if not is_monthly(sides[a][table]):
            continue
        labels = _LABELS if "vintage" in sides[a][table] else ()
        known = {n: names_by_todays(table, sides[n][table]) for n in (a, b)}
        columns = [c for c in known[a] if c in known[b] and c not in labels]
        columns = [c for c in columns if c not in _DERIVED]
        names = ", ".join(map(quoted, columns))
        queries = {
            n: f"select {names} from (select {todays_columns(table, sides[n][table])}"  # noqa: S608 - our names, quoted
            f" from ({_rows(table, month, n)}))"
            for n in (a, b)
        }
        only = {
            n: connection.execute(
                f"select count(*) from ({queries[n]} except all {queries[other]})"  # noqa: S608 - our names, quoted
            ).fetchall()[0][0]
            for n, other in ((a, b), (b, a))
        }
        if any(only.values()):
            found.append({"mart": table, "only_old_count": only[a], "only_new_count": only[b]})
    return found
