"""A small working warehouse with October 2022, as the marts' contract lays it down."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from deliver import MEASURES
from publication.inspected import INSPECTION_COLUMNS
from publication.topic_marts import create_topic_marts

from orchestration.reference.districts import reporting_districts
from orchestration.reference.months import Month

GOLDEN = Path(__file__).parents[1] / "golden" / "published_2022-10.csv"
OCTOBER = Month(2022, 10)
RELEASED_AT = datetime(2022, 11, 6, 6, 0)
TABLES = {
    "rpt_district_monthly": """
        month date not null, district_id varchar not null, district_code varchar,
        district_name varchar, sort_order integer, surveyed_building_count bigint,
        surveyed_floor_area_10k_m2 decimal(14, 2), surveyed_floor_area_m2 decimal(18, 2),
        suspected_complaint_count bigint, suspected_patrol_count bigint, verified_count bigint,
        completed_count bigint, survey_basis varchar, case_basis varchar, is_partial boolean,
        status varchar, vintage integer, is_total boolean""",
    "rpt_delivery": """
        month date, district_id varchar, district_code varchar, kind varchar, state varchar,
        due_at timestamp, version integer, sha256 varchar, file_name varchar, as_at date,
        arrived_at timestamp, first_arrived_at timestamp, days_late integer, is_late boolean,
        row_count bigint, accepted_count bigint, quarantined_count bigint,
        itemised_count bigint""",
    "rpt_verdict": """
        month date, district_id varchar, district_code varchar, kind varchar, rule_id varchar,
        dimension varchar, severity varchar, outcome varchar, failing_count bigint,
        checked_count bigint, reason varchar""",
    "rpt_finding": """
        month date, district_id varchar, district_code varchar, kind varchar, rule_id varchar,
        severity varchar, dimension varchar, file_name varchar, sheet varchar,
        row_number integer, cell varchar, field varchar, record_key varchar, message varchar,
        remedy varchar""",
    "rpt_reconciliation": """
        month date, district_id varchar, district_code varchar, measure varchar,
        ledger_value decimal(18, 2), reported_value decimal(18, 2), difference decimal(18, 2)""",
    "rpt_data_quality_monthly": """
        month date, district_id varchar, district_code varchar, dimension varchar,
        dimension_name varchar, dimension_order integer, score decimal(7, 6), numerator bigint,
        denominator bigint, previous_score decimal(7, 6), score_change decimal(7, 6),
        reason varchar, score_change_note varchar, is_total boolean""",
    "rpt_inspection_progress": INSPECTION_COLUMNS,
    "rpt_waiver": """
        month date, district_id varchar, district_code varchar, kind varchar, rule_id varchar,
        record_key varchar, reason varchar, waived_by varchar, waived_on date, valid_from date,
        valid_until date, status varchar, row_count bigint""",
    "rpt_correction": """
        month date, district_id varchar, district_code varchar, kind varchar,
        record_key varchar, field varchar, old_value varchar, new_value varchar, reason varchar,
        corrected_by varchar, corrected_on date, status varchar, detail varchar,
        file_name varchar, sheet varchar, row_number integer, cell varchar""",
    "dim_metric": """
        metric_id varchar, chinese_name varchar, definition varchar, formula varchar,
        unit varchar, kind varchar, numerator varchar, denominator varchar, since date,
        population varchar, population_name varchar""",
}
METRICS = [
    ("surveyed_building_count", "已排查幢数", "截至期末已完成排查的既有建筑幢数", "幢", "stock"),
    ("surveyed_floor_area_10k_m2", "已排查面积", "已排查建筑的建筑面积之和", "万平方米", "stock"),
    ("suspected_complaint_count", "投诉举报件数", "本月经投诉举报受理的疑似件", "起", "flow"),
    ("suspected_patrol_count", "巡查发现件数", "本月经巡查发现受理的疑似件", "起", "flow"),
    ("verified_count", "核实件数", "本月经现场核实属实的件数", "起", "flow"),
    ("completed_count", "处理完成件数", "本月处理完成的件数，含以前月份核实的", "起", "flow"),
    (
        "surveyed_floor_area_m2",
        "已排查面积（平方米）",
        "已排查建筑面积的精确合计",
        "平方米",
        "stock",
    ),
    ("suspected_count", "受理疑似件合计", "投诉举报与巡查发现之和", "起", "flow"),
    ("mean_floor_area_m2", "平均每幢面积", "已排查面积除以已排查幢数", "平方米/幢", "ratio"),
]
FORMULAS = {"suspected_count": "suspected_complaint_count + suspected_patrol_count"}


def golden_rows() -> list[list[str]]:
    """The published table of October 2022 without its header: ten districts and 合计."""
    with GOLDEN.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))[1:]


def build_warehouse(
    path: Path,
    *,
    absent: Iterable[str] = (),
    ledger: Iterable[str] = (),
    changes: dict[str, dict[str, Any]] | None = None,
    file_name: str = "monthly_report.xlsx",
    verdicts: Sequence[tuple[Any, ...]] = (),
    findings: Sequence[tuple[Any, ...]] = (),
    differences: Sequence[tuple[Any, ...]] = (),
    scores: Sequence[tuple[Any, ...]] = (),
    corrections: Sequence[tuple[Any, ...]] = (),
    waivers: Sequence[tuple[Any, ...]] = (),
    inspections: Sequence[tuple[Any, ...]] = (),
    topics: dict[str, list[dict[str, Any]]] | None = None,
) -> None:
    """Write October 2022 to ``path``.

    ``absent`` districts delivered nothing; ``ledger`` ones have that basis; ``changes`` set
    columns of a district's (or ``city``'s) row; ``topics`` are rows by column of the marts
    beside the table; the rest are whole rows of their marts.
    """
    figures = _figures(set(absent), set(ledger))
    for district_id, values in (changes or {}).items():
        figures[district_id] |= values
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema run")
        connection.execute("create table run.month as select date '2022-10-01' as month")
        for table, columns in TABLES.items():
            connection.execute(f"create table marts.{table} ({columns})")
        connection.execute(
            "create table run.description as from (values"
            " ('rpt_district_monthly', null, '各地区''月报表'),"
            " ('rpt_delivery', 'state', '状态 state'))"
            " as described (table_name, column_name, description)"
        )
        insert(connection, "rpt_district_monthly", [tuple(r.values()) for r in figures.values()])
        insert(connection, "rpt_delivery", _deliveries(set(absent), file_name))
        insert(connection, "rpt_verdict", verdicts)
        insert(connection, "rpt_finding", findings)
        insert(connection, "rpt_reconciliation", differences)
        insert(connection, "rpt_data_quality_monthly", scores)
        insert(connection, "rpt_correction", corrections)
        insert(connection, "rpt_waiver", waivers)
        insert(connection, "rpt_inspection_progress", inspections)
        create_topic_marts(connection, topics or {})
        rest = (None, None, date(2022, 10, 1), "surveyed_buildings", "已排查房屋")
        metrics = [(*m[:3], FORMULAS.get(m[0]), *m[3:], *rest) for m in METRICS]
        insert(connection, "dim_metric", metrics)


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into marts.{table} values ({marks})", rows)


def finding(**values: Any) -> tuple[Any, ...]:
    """One row of ``rpt_finding`` of 姑苏区, varied by column."""
    row: dict[str, Any] = {
        "month": date(2022, 10, 1),
        "district_id": "gusu",
        "district_code": "320508",
        "kind": "monthly_report",
        "rule_id": "monthly_report.count_not_negative",
        "severity": "warn",
        "dimension": "准确性",
        "file_name": "monthly_report.xlsx",
        "sheet": "月报",
        "row_number": 5,
        "cell": "C5",
        "field": "verified_count",
        "record_key": "姑苏区",
        "message": "核实件数为负",
        "remedy": "请核对后重报",
    }
    return tuple((row | values).values())


def verdict(**values: Any) -> tuple[Any, ...]:
    """One row of ``rpt_verdict`` of 姑苏区, varied by column."""
    row: dict[str, Any] = {
        "month": date(2022, 10, 1),
        "district_id": "gusu",
        "district_code": "320508",
        "kind": "monthly_report",
        "rule_id": "monthly_report.count_not_negative",
        "dimension": "准确性",
        "severity": "warn",
        "outcome": "fail",
        "failing_count": 1,
        "checked_count": 1,
        "reason": "有1处数值为负",
    }
    return tuple((row | values).values())


def score(
    numerator: int,
    denominator: int,
    *,
    district_id: str = "gusu",
    month: date = date(2022, 10, 1),
    dimension: tuple[str, str, int] = ("validity", "规范性", 2),
    change: str | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> tuple[Any, ...]:
    """One row of ``rpt_data_quality_monthly``."""
    share = Decimal(numerator) / denominator if denominator else None
    moved = None if change is None else Decimal(change)
    before = None if share is None or moved is None else share - moved
    counts = (share, numerator, denominator, before, moved, reason, note)
    return (month, district_id, "320508", *dimension, *counts, district_id == "city")


def correction(**values: Any) -> tuple[Any, ...]:
    """One row of ``rpt_correction`` of 姑苏区, varied by column."""
    row: dict[str, Any] = {
        "month": date(2022, 10, 1),
        "district_id": "gusu",
        "district_code": "320508",
        "kind": "building_survey",
        "record_key": "32050800000005",
        "field": "floor_area_m2",
        "old_value": "",
        "new_value": "120.25",
        "reason": "现场复核",
        "corrected_by": "王科员",
        "corrected_on": date(2022, 11, 3),
        "status": "applied",
        "detail": None,
        "file_name": "building_survey.xlsx",
        "sheet": "台账",
        "row_number": 7,
        "cell": "O7",
    }
    return tuple((row | values).values())


def waiver(**values: Any) -> tuple[Any, ...]:
    """One row of ``rpt_waiver`` of 姑苏区, varied by column."""
    row: dict[str, Any] = {
        "month": date(2022, 10, 1),
        "district_id": "gusu",
        "district_code": "320508",
        "kind": "building_survey",
        "rule_id": "BS-212",
        "record_key": "32050800000009",
        "reason": "剧院，单层高12米",
        "waived_by": "王科员",
        "waived_on": date(2022, 11, 3),
        "valid_from": date(2022, 10, 1),
        "valid_until": date(2022, 12, 31),
        "status": "applied",
        "row_count": 1,
    }
    return tuple((row | values).values())


def difference(measure: str, ledger: str, reported: str) -> tuple[Any, ...]:
    """One row of ``rpt_reconciliation`` of 姑苏区."""
    left, right = Decimal(ledger), Decimal(reported)
    return (date(2022, 10, 1), "gusu", "320508", measure, left, right, left - right)


def _figures(absent: set[str], ledger: set[str]) -> dict[str, dict[str, Any]]:
    figures = {}
    for district, golden in zip(reporting_districts(OCTOBER), golden_rows(), strict=False):
        missing = district.district_id in absent
        basis = "missing" if missing else "ledger" if district.district_id in ledger else "reported"
        figures[district.district_id] = _row(
            (district.district_id, district.district_code, district.district_name),
            district.sort_order,
            [None] * 6 if missing else [Decimal(text) for text in golden[1:]],
            basis,
            missing,
        )
    present = [row for row in figures.values() if row["survey_basis"] != "missing"]
    totals = [sum(row[name] for row in present) if present else None for name in MEASURES]
    bases = {row["survey_basis"] for row in present} or {"missing"}
    basis = bases.pop() if len(bases) == 1 else "mixed"
    figures["city"] = _row(("city", "320500", "苏州市"), 11, totals, basis, bool(absent))
    return figures


def _row(
    identity: tuple[str, str, str], order: int, values: Sequence[Any], basis: str, partial: bool
) -> dict[str, Any]:
    measures = dict(zip(MEASURES, values, strict=True))
    area = measures["surveyed_floor_area_10k_m2"]
    return {
        "month": date(2022, 10, 1),
        "district_id": identity[0],
        "district_code": identity[1],
        "district_name": identity[2],
        "sort_order": order,
        "surveyed_building_count": measures["surveyed_building_count"],
        "surveyed_floor_area_10k_m2": area,
        "surveyed_floor_area_m2": None if area is None else area * 10_000,
        **{name: measures[name] for name in MEASURES[2:]},
        "survey_basis": basis,
        "case_basis": basis,
        "is_partial": partial,
        "status": "provisional",
        "vintage": 0,
        "is_total": identity[0] == "city",
    }


def _deliveries(absent: set[str], file_name: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for district in reporting_districts(OCTOBER):
        key = (date(2022, 10, 1), district.district_id, district.district_code)
        due = datetime(2022, 11, 5, 18, 0)
        if district.district_id in absent:
            rows.append((*key, "monthly_report", "missing", due, *[None] * 12))
        else:
            arrived = datetime(2022, 11, 3, 9, 30)
            file = (1, "0" * 64, file_name, date(2022, 10, 31), arrived, arrived, 0, False)
            rows.append((*key, "monthly_report", "accepted", due, *file, 5, 1, 0, 4))
        rows.append((*key, "building_survey", "missing", due, *[None] * 12))
    return rows
