"""The marts that a bulletin reads, made as their contracts say, and rows of them by column name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

import duckdb
from mart_totals import contracts

from orchestration.reference.districts import reporting_districts
from orchestration.reference.months import Month

MARTS = (
    "rpt_district_monthly",
    "rpt_delivery",
    "rpt_verdict",
    "rpt_finding",
    "rpt_reconciliation",
    "rpt_data_quality_monthly",
    "rpt_inspection_progress",
    "rpt_waiver",
    "rpt_correction",
    "dim_metric",
    "rpt_code_matching_monthly",
    "rpt_alteration_flow_monthly",
    "rpt_alteration_ageing_monthly",
    "rpt_alteration_explanation_monthly",
    "rpt_danger_closure_monthly",
    "rpt_d_grade_supervision",
    "rpt_district_assessment_monthly",
    "rpt_ledger_change_monthly",
    "rpt_measure_change_monthly",
)
Row = Mapping[str, Any]


def create_marts(connection: duckdb.DuckDBPyConnection, marts: Iterable[str] = MARTS) -> None:
    """Create marts with the columns of their contracts; no column has to be filled in."""
    known = contracts()
    for mart in marts:
        columns = ", ".join(f"{c['name']} {c['data_type']}" for c in known[mart]["columns"])
        connection.execute(f"create table marts.{mart} ({columns})")


def insert(connection: duckdb.DuckDBPyConnection, mart: str, rows: Iterable[Row]) -> None:
    """Insert rows by column name; a column left out is null.

    ``district_id`` gives the place; its code, name and order come from the register.
    """
    columns = [column["name"] for column in contracts()[mart]["columns"]]
    for row in rows:
        assert row.keys() <= set(columns), f"{mart} has no {row.keys() - set(columns)}"
        place = _place(row["district_id"], row) if "district_id" in row else {}
        given = {name: value for name, value in {**place, **row}.items() if name in columns}
        connection.execute(
            f"insert into marts.{mart} ({', '.join(given)}) values ({', '.join('?' * len(given))})",
            list(given.values()),
        )


def _place(district_id: str, row: Row) -> dict[str, Any]:
    is_total = district_id == "city" or row.get("grade_code") == "all"
    code, name, order = _places().get(district_id, ("320500", "苏州市", 11))
    place = {"district_code": code, "district_name": name, "sort_order": order}
    return {"month": date(2022, 10, 1), "is_total": is_total, **place}


@cache
def _places() -> dict[str, tuple[str, str, int]]:
    return {
        district.district_id: (district.district_code, district.district_name, district.sort_order)
        for district in reporting_districts(Month(2022, 10))
    }
