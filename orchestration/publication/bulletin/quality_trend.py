"""The monthly rate of failed checks, and the districts that each month's rate covers.

They are a trend of the quality report and of the page. A line joins two months of the city only if
both cover the same districts. ``trends`` has the other figures of the page.
"""

from __future__ import annotations

import duckdb

from orchestration.publication.database.reading import MARTS
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month

#: The dimensions whose scores count checks of delivered rows.
_CHECKED = ["completeness", "validity", "consistency"]


def failing_rates(
    connection: duckdb.DuckDBPyConnection, months: tuple[Month, ...]
) -> dict[str, tuple[float | None, ...]]:
    """Return failed checks per ten thousand by district id and month, None without any check."""
    rows = connection.execute(
        f"from {MARTS}.rpt_data_quality_monthly select district_id, month, "
        "10000 * (sum(denominator) - sum(numerator)) / sum(denominator) "
        "where month between ? and ? and list_contains(?, dimension) "
        "group by all having sum(denominator) > 0",
        [months[0].first_day, months[-1].first_day, _CHECKED],
    ).fetchall()
    rates = {(district_id, Month.of(day)): rate for district_id, day, rate in rows}
    return {
        district_id: tuple(rates.get((district_id, month)) for month in months)
        for district_id, _ in rates
    }


def rate_coverage(
    connection: duckdb.DuckDBPyConnection, months: tuple[Month, ...]
) -> tuple[frozenset[str], ...]:
    """Return, for each month, the ids of the districts behind the city's rate."""
    rows = connection.execute(
        f"from {MARTS}.rpt_data_quality_monthly select month, district_id "
        "where month between ? and ? and list_contains(?, dimension) "
        "and denominator > 0 and district_id != ?",
        [months[0].first_day, months[-1].first_day, _CHECKED, CITY_ID],
    ).fetchall()
    return tuple(
        frozenset(district_id for day, district_id in rows if day == month.first_day)
        for month in months
    )
