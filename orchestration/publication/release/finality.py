"""Whether a month may be released as final: no district missing, no rule unasked, no open doubt.

A provisional release may have gaps and shows them; a final one has none. Add a reason here.
"""

from __future__ import annotations

import duckdb

from orchestration.formats.sql import records
from orchestration.modelling.audit import audit_faults
from orchestration.publication.bulletin.doubts import open_doubts
from orchestration.publication.database.reading import MARTS
from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month
from orchestration.store.ledger import Ledger


def open_differences(
    connection: duckdb.DuckDBPyConnection, month: Month, database: str
) -> tuple[dict[str, str], ...]:
    """Return the measures in which a district's ledger and report differ, in a fixed order."""
    found = records(
        connection,
        "select district_id, metric_id as measure, ledger_value::varchar as ledger_value,"  # noqa: S608 - our names, quoted
        " reported_value::varchar as reported_value, difference::varchar as difference"
        f" from {database}.{MARTS}.rpt_reconciliation where month = ? and difference <> 0"
        " order by district_id, measure",
        [month.first_day],
    )
    return tuple(found)


def reasons_against_final(
    connection: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    month: Month,
    database: str,
    released: str,
    *,
    accepts_differences: bool,
) -> list[str]:
    """Return why the warehouse's month may not be released as final, in Chinese and English.

    ``released`` is the database with the published figures of earlier months.
    """
    reasons = [
        f"{name}数据不全。Figures of {district_id} are missing."
        for district_id, name in connection.execute(
            f"select district_id, district_name from {database}.{MARTS}.rpt_district_monthly"  # noqa: S608 - our names, quoted
            " where month = ? and is_partial and district_id <> ? order by sort_order",
            [month.first_day, CITY_ID],
        ).fetchall()
    ]
    for district_id, kind in connection.execute(
        f"select district_id, kind from {database}.{MARTS}.rpt_delivery"  # noqa: S608 - our names, quoted
        " where month = ? and state = 'refused' order by district_code, kind",
        [month.first_day],
    ).fetchall():
        title = load_contracts()[kind].title
        state = vocabulary.STATES["refused"]
        reasons.append(f"{district_id} {title}{state}。{kind} of {district_id} is refused.")
    reasons += [
        f"有检查没有完成：{fault}。A check did not run." for fault in audit_faults(ledger, month)
    ]
    reasons += [doubt.reason(month) for doubt in open_doubts(connection, month, database, released)]
    if not accepts_differences:
        reasons += [
            f"{row['district_id']} {row['measure']}：台账 {row['ledger_value']}，"
            f"月报 {row['reported_value']}，相差 {row['difference']}。"
            "Ledger and report differ: have it corrected, or --accept-differences."
            for row in open_differences(connection, month, database)
        ]
    return reasons
