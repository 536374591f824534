"""The history of a month's figures: its releases, their revisions, and its table in each vintage.

It is read from the published file, where ``database.vintage_tables`` builds the tables. Add here
what the page and the explanations show of releases; they write their own sentences.
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
    """One row of ``rpt_release``: a numbered release of the month; times are local to Suzhou."""

    month: date
    vintage: int
    status: str
    released_at: datetime
    note: str
    reason_code: str | None
    is_current: bool


@dataclass(frozen=True)
class Revision:
    """One row of ``rpt_revision``: a figure that differs from the previous vintage.

    ``difference`` is None if either value is missing, ``delivery`` if no delivery changed.
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
    """A month's releases and revisions in order; ``vintages`` has its table in each vintage.

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
