"""The marts beside the table, made as their contracts say, and rows of them by column name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.reference.districts import reporting_districts
from orchestration.reference.months import Month

_MARTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"
TOPIC_MARTS = (
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
_OCTOBER = date(2022, 10, 1)


def create_topic_marts(
    connection: duckdb.DuckDBPyConnection, rows: dict[str, list[dict[str, Any]]]
) -> None:
    """Create each mart with the columns of its yml and fill in ``rows``; a column left out is null.

    ``district_id`` gives the place; its code, name and order come from the register.
    """
    for mart in TOPIC_MARTS:
        (contract,) = _MARTS.glob(f"*/{mart}.yml")
        columns = {
            column["name"]: column["data_type"]
            for column in yaml.safe_load(contract.read_text(encoding="utf-8"))["models"][0][
                "columns"
            ]
        }
        declared = ", ".join(f"{name} {data_type}" for name, data_type in columns.items())
        connection.execute(f"create table marts.{mart} ({declared})")
        for row in rows.get(mart, []):
            is_total = row["district_id"] == "city" or row.get("grade_code") == "all"
            values = {"month": _OCTOBER, "is_total": is_total} | _place(row["district_id"]) | row
            given = {name: value for name, value in values.items() if name in columns}
            assert row.keys() <= columns.keys(), f"{mart} has no {row.keys() - columns.keys()}"
            connection.execute(
                f"insert into marts.{mart} ({', '.join(given)}) "
                f"values ({', '.join('?' * len(given))})",
                list(given.values()),
            )


def _place(district_id: str) -> dict[str, Any]:
    for district in reporting_districts(Month(2022, 10)):
        if district.district_id == district_id:
            return {
                "district_code": district.district_code,
                "district_name": district.district_name,
                "sort_order": district.sort_order,
            }
    return {"district_code": "320500", "district_name": "苏州市", "sort_order": 11}
