"""The city's figures of the last months, with the range that a month's vintages spanned.

The page draws them as lines once two months can be joined. Two months are joined only if the same
districts are behind both. A release that is made again has the same months: those before it are
kept with it (``release_files.CONTEXT_MONTHS``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from orchestration.publication.bulletin.quality_trend import failing_rates, rate_coverage
from orchestration.publication.database.reading import MARTS
from orchestration.publication.database.vintage_tables import VINTAGES
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month

#: A year and the same month of the year before.
MONTHS = 13
_SURVEY, _CASES = "survey_basis", "case_basis"
#: Figures of the table, as SQL, and the basis that says whether a district is behind them.
_OF_TABLE = {
    "surveyed_building_count": ("surveyed_building_count", _SURVEY),
    "surveyed_floor_area_10k_m2": ("surveyed_floor_area_10k_m2", _SURVEY),
    "suspected_count": ("suspected_complaint_count + suspected_patrol_count", _CASES),
    "verified_count": ("verified_count", _CASES),
    "completed_count": ("completed_count", _CASES),
}
_BACKLOG, _QUALITY = "alteration_closing_count", "failing_per_10k_checks"


@dataclass(frozen=True)
class TrendPoint:
    """A month's figure, the lowest and highest of its vintages, and the districts behind it."""

    month: Month
    value: float
    low: float
    high: float
    places: frozenset[str]


@dataclass(frozen=True)
class Trend:
    """One figure of the city over the months that have it, the oldest first."""

    metric_id: str
    points: tuple[TrendPoint, ...]


def load_trends(connection: duckdb.DuckDBPyConnection, month: Month) -> tuple[Trend, ...]:
    """Return the figures with a value in ``month`` and in an earlier one, in the page's order."""
    months = tuple(month.shift(-n) for n in reversed(range(MONTHS)))
    trends = (
        *(_of_table(connection, name, *of, months) for name, of in _OF_TABLE.items()),
        _backlog(connection, months),
        _quality(connection, months),
    )
    return tuple(t for t in trends if len(t.points) > 1 and t.points[-1].month == month)


def _of_table(
    connection: duckdb.DuckDBPyConnection,
    metric_id: str,
    figure: str,
    basis: str,
    months: tuple[Month, ...],
) -> Trend:
    """Return a figure of the table, with what its vintages said."""
    between = [months[0].first_day, months[-1].first_day]
    values = connection.execute(
        f"from {MARTS}.rpt_district_monthly select month, {figure}"
        " where month between ? and ? and district_id = ?",
        [*between, CITY_ID],
    ).fetchall()
    ranges = connection.execute(
        f"from {MARTS}.{VINTAGES} select month, min({figure}), max({figure})"
        " where month between ? and ? and district_id = ? group by month",
        [*between, CITY_ID],
    ).fetchall()
    places = connection.execute(
        f"from {MARTS}.rpt_district_monthly select month, district_id"
        f" where month between ? and ? and district_id <> ? and {basis} <> 'missing'",
        [*between, CITY_ID],
    ).fetchall()
    return _trend(metric_id, values, {day: (low, high) for day, low, high in ranges}, places)


def _backlog(connection: duckdb.DuckDBPyConnection, months: tuple[Month, ...]) -> Trend:
    rows = connection.execute(
        f"from {MARTS}.rpt_alteration_flow_monthly select month, district_id, closing_count"
        " where month between ? and ? and closing_count is not null",
        [months[0].first_day, months[-1].first_day],
    ).fetchall()
    values = [(day, count) for day, place, count in rows if place == CITY_ID]
    return _trend(_BACKLOG, values, {}, [(day, place) for day, place, _ in rows])


def _quality(connection: duckdb.DuckDBPyConnection, months: tuple[Month, ...]) -> Trend:
    rates = failing_rates(connection, months).get(CITY_ID, (None,) * len(months))
    points = zip(months, rates, rate_coverage(connection, months), strict=True)
    return Trend(
        _QUALITY,
        tuple(
            TrendPoint(month, rate, rate, rate, places)
            for month, rate, places in points
            if rate is not None
        ),
    )


def _trend(
    metric_id: str,
    values: Iterable[tuple[date, int | Decimal | None]],
    ranges: dict[date, tuple[int | Decimal | None, int | Decimal | None]],
    places: Iterable[tuple[date, str]],
) -> Trend:
    behind: dict[date, set[str]] = {}
    for day, place in places:
        behind.setdefault(day, set()).add(place)
    points = []
    for day, value in sorted(values):
        if value is not None:
            ends = [float(end) for end in (*ranges.get(day, ()), value) if end is not None]
            districts = frozenset(behind.get(day, ())) - {CITY_ID}
            points.append(TrendPoint(Month.of(day), float(value), min(ends), max(ends), districts))
    return Trend(metric_id, tuple(points))
