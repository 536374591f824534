"""What became of a month's figures: its releases, their revisions, and its table in each vintage.

Read from the published file, whose tables the ledger's decisions and the rows of releases make
(``database.vintage_tables``). Add here what page and explanation show of releases; sentences are
theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

import duckdb

from orchestration.formats.sql import literal
from orchestration.publication.bulletin.rows import DistrictFigures
from orchestration.publication.database.reading import MARTS, columns_of
from orchestration.publication.database.vintage_tables import VINTAGES
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Release:
    """One row of ``rpt_release``: a numbered release of the month; its time is Suzhou's clock."""

    month: date
    vintage: int
    status: str
    released_at: datetime
    note: str
    reason_code: str | None
    is_current: bool


@dataclass(frozen=True)
class Revision:
    """One row of ``rpt_revision``: a figure that differs from the vintage before.

    ``difference`` is None where either value is missing, ``delivery`` where none changed.
    """

    month: date
    vintage: int
    district_code: str
    metric_id: str
    old_value: Decimal | None
    new_value: Decimal | None
    difference: Decimal | None
    reason_code: str | None
    delivery: str | None


@dataclass(frozen=True)
class MeanRevision:
    """One row of ``rpt_mean_revision``: how a measure moved from first to last vintage."""

    district_code: str
    metric_id: str
    released_month_count: int
    revised_month_count: int
    mean_revision: float | None
    mean_absolute_revision: float | None


@dataclass(frozen=True)
class History:
    """A month's releases and revisions in order; ``vintages`` are its table's rows in each.

    ``mean_revisions`` are the city's, over all released months.
    """

    releases: tuple[Release, ...]
    revisions: tuple[Revision, ...]
    mean_revisions: tuple[MeanRevision, ...]
    vintages: tuple[DistrictFigures, ...]


def load_history(connection: duckdb.DuckDBPyConnection, month: Month) -> History:
    """Read a month's history from the published file."""
    of_month = f"month = {literal(month.first_day)}"
    return History(
        _rows(connection, Release, "rpt_release", of_month),
        _rows(connection, Revision, "rpt_revision", of_month),
        _rows(
            connection,
            MeanRevision,
            "rpt_mean_revision",
            f"district_id = {literal(CITY_ID)} and released_month_count > 0",
        ),
        _rows(connection, DistrictFigures, VINTAGES, of_month),
    )


def _rows(
    connection: duckdb.DuckDBPyConnection,
    row_class: Callable[..., _Row],
    table: str,
    condition: str,
) -> tuple[_Row, ...]:
    """Read rows in the order of their fields."""
    names = [field.name for field in fields(row_class)]  # type: ignore[arg-type]
    columns = ", ".join(columns_of(connection, table, names))
    found = connection.execute(
        f"from {MARTS}.{table} as rows select {columns} where {condition} order by all"
    )
    return tuple(row_class(*row) for row in found.fetchall())
