"""Checks a new published file, row by row, against the releases and the marts it was made from.

It runs for every mart before the file is swapped in: a released month must have exactly the rows
that its vintage kept, any other month exactly the warehouse's rows. The queries are independent
of those that built the file. Add here what must hold for every published file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from orchestration.formats.sql import literal, quoted
from orchestration.publication.database.former_columns import todays_rows
from orchestration.publication.database.reading import MARTS, is_monthly
from orchestration.publication.database.released_cache import VINTAGE_COLUMN
from orchestration.publication.database.released_rows import ReleaseSet
from orchestration.publication.database.totals import IS_TOTAL
from orchestration.reference.months import Month
from orchestration.store.releases import Vintage

#: Columns that a released row takes from the ledger.
_LABELS = ("vintage", "status")
#: Columns that publishing fills in where rows were kept, or a warehouse made, without them.
_FILLED_IN = (IS_TOTAL,)
_FIGURES, _ALL_FIGURES = "rpt_district_monthly", "rpt_district_monthly_vintage"
Tables = Mapping[str, Mapping[str, str]]


def differing_marts(
    connection: duckdb.DuckDBPyConnection,
    of_warehouse: Tables,
    of_released: Tables,
    releases: ReleaseSet,
) -> list[str]:
    """Return one sentence for each mart that differs; empty if the file may be published.

    ``warehouse``, ``publication`` and, if anything was released, ``released`` are attached. It
    reads every row once more and costs a few milliseconds per mart.
    """
    shown = tuple(s.shown for s in releases.release_states.values() if s.shown)
    wrong: list[str] = []
    for table in sorted(of_warehouse.keys() | of_released.keys()):
        columns = of_warehouse.get(table, {})
        wanted = list(_of_warehouse(table, columns, shown))
        if table in of_released and shown:
            wanted.append(_of_released(table, of_released[table], shown))
        wrong += _difference(connection, f"from publication.{MARTS}.{quoted(table)}", wanted, table)
    if _FIGURES in of_released:
        every = tuple(v for s in releases.release_states.values() for v in s.vintages)
        kept = _of_released(_FIGURES, of_released[_FIGURES], every)
        published = f"from publication.{MARTS}.{_ALL_FIGURES} where vintage > 0"
        wrong += _difference(connection, published, [kept], _ALL_FIGURES)
    if releases.candidate:
        wrong += _of_candidate(connection, of_warehouse, releases.candidate)
    return wrong


def _of_warehouse(
    table: str, columns: Mapping[str, str], shown: tuple[Vintage, ...]
) -> Iterator[str]:
    if not columns:
        return
    released = ", ".join(literal(vintage.month.first_day) for vintage in shown)
    is_parted = is_monthly(columns) and released
    condition = f" where month not in ({released})" if is_parted else ""
    yield f"from {todays_rows(f'warehouse.{MARTS}', table, columns)}{condition}"


def _of_released(table: str, columns: Mapping[str, str], vintages: tuple[Vintage, ...]) -> str:
    """Return a query over a mart's rows of these vintages, labelled from the ledger."""
    listed = ", ".join(
        f"({literal(v.month.first_day)}, {v.number}, {literal(v.status)})" for v in vintages
    )
    labels = " replace (known.number as vintage, known.state as status)"
    return (
        f"select kept.* exclude ({VINTAGE_COLUMN}){labels if 'vintage' in columns else ''}"  # noqa: S608 - our names, quoted
        f" from {todays_rows(f'released.{MARTS}', table, columns)} as kept"
        f" inner join (values {listed}) as known (month, number, state)"
        f" on kept.month = known.month and kept.{VINTAGE_COLUMN} = known.number"
    )


def _of_candidate(
    connection: duckdb.DuckDBPyConnection, of_warehouse: Tables, month: Month
) -> Iterator[str]:
    """Yield how the month being released differs from the marts it was taken from."""
    for table, columns in of_warehouse.items():
        if is_monthly(columns):
            labels = [name for name in _LABELS if "vintage" in columns]
            rest = f"* exclude ({', '.join(labels)})" if labels else "*"
            warehouse = todays_rows(f"warehouse.{MARTS}", table, columns)
            published, made = (
                f"select {rest} from {rows} where month = {literal(month.first_day)}"  # noqa: S608 - our names, quoted
                for rows in (f"publication.{MARTS}.{quoted(table)}", warehouse)
            )
            yield from _difference(connection, published, [made], f"{table} of {month}")


def _difference(
    connection: duckdb.DuckDBPyConnection, published: str, wanted: list[str], name: str
) -> Iterator[str]:
    """Yield how many rows occur more or less often in ``published`` than in all of ``wanted``."""
    kept = f"columns(lambda name: name not in ({', '.join(map(literal, _FILLED_IN))}))"
    sides = [f"select {kept}, 1 as side from ({published})"]  # noqa: S608 - our names, quoted
    sides += [f"select {kept}, -1 as side from ({query})" for query in wanted]  # noqa: S608 - our names, quoted
    united = " union all by name ".join(sides)
    [(count,)] = connection.execute(
        f"select count(*) from (select * exclude (side), sum(side) as surplus from ({united})"  # noqa: S608 - our names, quoted
        " group by all having surplus <> 0)"
    ).fetchall()
    if count:
        yield f"{name} differs in {count} rows"
