"""A city of a few buildings, written as accepted rows and published marts, and its look-up file.

No run is needed: the file is written from what a run would have left. Rows are given by the
fields that a test is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from publication.mart_tables import create_marts

from orchestration.lookup.file_writing import FILE_NAME, write_lookup
from orchestration.lookup.sources import Sources
from orchestration.reference.contracts import load_contracts
from orchestration.reference.kinds import BUILDING_CODES, BUILDING_SURVEY, DOORPLATES
from orchestration.reference.months import Month

OCTOBER = Month(2022, 10)
Rows = Sequence[dict[str, Any]]


def building(building_id: str, **fields: Any) -> dict[str, Any]:
    """Return a row of 姑苏区's ledger."""
    row = {
        "district_id": "gusu", "building_id": building_id, "town": "平江街道",
        "community": "历史街区社区", "address": f"平江路{building_id}号",
        "building_category": "城镇住宅", "use": "居住", "structure_type": "砌体",
        "floors_above": "3", "floor_area_m2": "420.50", "built_year": "1987",
        "survey_status": "已排查", "surveyed_on": "2022-09-08", "is_altered": "否",
        "visible_defect": "有", "initial_risk": "一般隐患",
    }  # fmt: skip
    return row | fields


def code(building_code: str, building_id: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return a row of the register of codes."""
    row = {
        "building_code": building_code, "building_id": building_id, "district": "姑苏区",
        "town": "平江街道", "address": f"平江路{building_code}号",
    }  # fmt: skip
    return row | fields


def match(
    building_code: str, doorplate_code: str, outcome: str = "matched_exact"
) -> dict[str, Any]:
    """Return what became of a code."""
    return {
        "building_code": building_code, "doorplate_code": doorplate_code, "outcome": outcome
    }  # fmt: skip


def change(change_type: str, old: str, new: str | None, on: str = "2022-10-12") -> dict[str, Any]:
    """Return a registered change of a building."""
    return {
        "change_type": change_type, "old_building_id": old, "new_building_id": new,
        "changed_on": on,
    }  # fmt: skip


def write_city(
    home: Path,
    *,
    buildings: Rows = (),
    codes: Rows = (),
    plates: Rows = (),
    matches: Rows | None = None,
    changes: Rows = (),
    dangers: Rows = (),
    alterations: Rows = (),
    internal_codes: Rows | None = None,
    reported: Sequence[str] = (BUILDING_SURVEY, "danger_cases", "alteration_cases"),
    status: str = "final",
    vintage: int = 1,
    file_name: str = "台账.xlsx",
    month: Month = OCTOBER,
) -> Path:
    """Write the month's look-up file under ``home/published``; return its path.

    ``reported`` are the kinds that 姑苏区 delivered.
    """
    work = home / "made"
    work.mkdir(parents=True, exist_ok=True)
    sources = Sources(
        {
            BUILDING_SURVEY: _accepted(work, BUILDING_SURVEY, buildings),
            BUILDING_CODES: _accepted(work, BUILDING_CODES, codes),
            DOORPLATES: _accepted(work, DOORPLATES, plates),
        },
        None if matches is None else _matched(work, matches),
        None if internal_codes is None else _identifiers(work, internal_codes),
    )
    delivered = [("gusu", kind) for kind in reported] + [("city", BUILDING_CODES)] * bool(codes)
    marts: dict[str, Rows] = {
        "rpt_district_monthly": [{"district_id": "city", "vintage": vintage, "status": status}],
        "rpt_delivery": [
            {
                "district_id": district_id, "kind": kind, "state": "accepted",
                "as_at": month.last_day, "file_name": file_name,
            }
            for district_id, kind in delivered
        ],
        "fct_building_change": changes,
        "rpt_danger_case_monthly": dangers,
        "fct_alteration_case_monthly": alterations,
    }  # fmt: skip
    published = work / "statistics.duckdb"
    published.unlink(missing_ok=True)
    with duckdb.connect(str(published)) as connection:
        connection.execute("create schema marts")
        create_marts(connection, marts)
        for table, rows in marts.items():
            for row in rows:
                values = {"month": month.first_day} | row
                connection.execute(
                    f"insert into marts.{table} ({', '.join(values)})"
                    f" values ({', '.join('?' * len(values))})",
                    list(values.values()),
                )
    path = home / "internal" / "lookup" / str(month) / FILE_NAME
    write_lookup(path, published, sources, month)
    return path


def _accepted(work: Path, kind: str, rows: Rows) -> list[Path]:
    """Write accepted rows as a judgement leaves them: every field as text."""
    fields = ("district_id", *load_contracts()[kind].fields)
    schema = pa.schema([(field, pa.string()) for field in fields])
    path = work / f"{kind}.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows), schema), path)
    return [path] if rows else []


def _matched(work: Path, rows: Rows) -> Path:
    schema = pa.schema([(n, pa.string()) for n in ("building_code", "outcome", "doorplate_code")])
    pq.write_table(pa.Table.from_pylist(list(rows), schema), work / "codes.parquet")
    return work / "codes.parquet"


def _identifiers(work: Path, rows: Rows) -> Path:
    """Write a history that has a district's number beside each internal code."""
    path = work / "building_identifiers.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create schema marts; create table marts.dim_building_identifier (building_id varchar,"
            " scheme varchar, value varchar, valid_from date, valid_to date, source varchar)"
        )
        for row in rows:
            for scheme, value in (
                ("internal_code", row["value"]),
                ("district_building_id", row["building_id"]),
            ):
                connection.execute(
                    "insert into marts.dim_building_identifier values (?, ?, ?, ?, ?, 'issued')",
                    [
                        row["building_id"], scheme, value, row.get("valid_from", "2022-09-01"),
                        row.get("valid_to"),
                    ],
                )  # fmt: skip
    return path


#: One of everything: what the tests of service and pages ask.
EVERYTHING: dict[str, Any] = {
    "buildings": [
        building("00001", floors_below="1", height_m="9.90"),
        building("00002", address="<script>alert(1)</script>'; drop table subject; --"),
        building("00003"),
        building("00009", district_id="wujiang"),
        building("00009"),
    ],
    "codes": [
        code("F1", "00001"),
        code("F2"),  # no building, at the plate of 00001
        code("F3", "00002"),
        code("F4", "00003"),
        code("F5"),  # no register says which building it is
        code("F6", "00001", valid_to="2022-01-31"),
        code("F7", "00001", previous_code="F6"),
        code("F8", "00001", valid_to="2021-12-31"),
    ],
    "plates": [
        {"doorplate_code": "M1"},
        {"doorplate_code": "M2"},
        {"doorplate_code": "M3"},
        {"doorplate_code": "M4", "valid_to": "2020-05-01"},
    ],
    "matches": [
        match("F1", "M1"),
        match("F2", "M1", "matched_fuzzy"),
        match("F3", "M2", "code_conflict"),
        match("F4", "M2", "code_conflict"),
        match("F5", "M3", "pending_review"),
    ],
    "changes": [
        change("拆除", "00010", None),
        change("合并", "00011", "00001"),
        change("拆分", "00012", "00001", "2022-10-03"),
        change("拆分", "00012", "00002", "2022-10-03"),
    ],
    "dangers": [
        {
            "district_id": "gusu", "building_id": "00001", "danger_case_id": "W1",
            "stage_name": "治理中", "stage_since_on": "2022-05-05", "last_grade": "D",
            "is_open": True, "is_overdue": False, "is_listed": True,
        }
    ],
    "alterations": [
        {
            "district_id": "gusu", "building_id": "00001", "case_id": "A1",
            "alteration_type_name": "违法加建扩建", "received_on": "2022-09-01",
            "is_awaiting_verification": True, "is_closing": False,
        },
        {
            "district_id": "gusu", "building_id": "00001", "case_id": "A2",
            "alteration_type_name": "下挖", "is_awaiting_verification": False,
            "is_closing": False,
        },
    ],
}  # fmt: skip
