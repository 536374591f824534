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
from publication.mart_tables import Row, create_marts, insert

from orchestration.modelling.stamp import begin_build
from orchestration.reference.districts import reporting_districts
from orchestration.reference.months import Month

GOLDEN = Path(__file__).parents[1] / "golden" / "published_2022-10.csv"
OCTOBER = Month(2022, 10)
RELEASED_AT = datetime(2022, 11, 6, 6, 0)
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
    verdicts: Sequence[Row] = (),
    findings: Sequence[Row] = (),
    differences: Sequence[Row] = (),
    scores: Sequence[Row] = (),
    corrections: Sequence[Row] = (),
    waivers: Sequence[Row] = (),
    inspections: Sequence[Row] = (),
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
        begin_build(connection, OCTOBER, "inputs", "code")
        connection.execute(
            "insert into run.stamp from (values ('2022-10-01', '', '', now(), true, true))"
        )
        create_marts(connection)
        connection.execute(
            "create table run.description as from (values"
            " ('rpt_district_monthly', null, '各地区''月报表'),"
            " ('rpt_delivery', 'state', '状态 state'))"
            " as described (table_name, column_name, description)"
        )
        for mart, rows in {
            "rpt_district_monthly": figures.values(),
            "rpt_delivery": _deliveries(set(absent), file_name),
            "rpt_verdict": verdicts,
            "rpt_finding": findings,
            "rpt_reconciliation": differences,
            "rpt_data_quality_monthly": scores,
            "rpt_correction": corrections,
            "rpt_waiver": waivers,
            "rpt_inspection_progress": inspections,
            "dim_metric": _metrics(),
            **(topics or {}),
        }.items():
            insert(connection, mart, rows)


def finding(**values: Any) -> Row:
    """One row of ``rpt_finding`` of 姑苏区, varied by column."""
    row: dict[str, Any] = {
        "district_id": "gusu",
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
    return row | values


def verdict(**values: Any) -> Row:
    """One row of ``rpt_verdict`` of 姑苏区, varied by column."""
    row: dict[str, Any] = {
        "district_id": "gusu",
        "kind": "monthly_report",
        "rule_id": "monthly_report.count_not_negative",
        "dimension": "准确性",
        "severity": "warn",
        "outcome": "fail",
        "failing_count": 1,
        "checked_count": 1,
        "reason": "有1处数值为负",
    }
    return row | values


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
) -> Row:
    """One row of ``rpt_data_quality_monthly``; ``dimension`` is its id, name and order."""
    share = Decimal(numerator) / denominator if denominator else None
    moved = None if change is None else Decimal(change)
    return {
        "month": month,
        "district_id": district_id,
        **dict(zip(("dimension", "dimension_name", "dimension_order"), dimension, strict=True)),
        "score": share,
        "numerator": numerator,
        "denominator": denominator,
        "previous_score": None if share is None or moved is None else share - moved,
        "score_change": moved,
        "reason": reason,
        "score_change_note": note,
    }


def correction(**values: Any) -> Row:
    """One row of ``rpt_correction`` of 姑苏区, varied by column."""
    row: dict[str, Any] = {
        "district_id": "gusu",
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
    return row | values


def waiver(**values: Any) -> Row:
    """One row of ``rpt_waiver`` of 姑苏区, varied by column."""
    row: dict[str, Any] = {
        "district_id": "gusu",
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
    return row | values


def difference(metric_id: str, ledger: str, reported: str) -> Row:
    """One row of ``rpt_reconciliation`` of 姑苏区."""
    left, right = Decimal(ledger), Decimal(reported)
    return {
        "district_id": "gusu",
        "metric_id": metric_id,
        "ledger_value": left,
        "reported_value": right,
        "difference": left - right,
    }


def _metrics() -> list[Row]:
    names = ("metric_id", "chinese_name", "definition", "unit", "kind")
    rest = {"since": date(2022, 10, 1), "population": "surveyed_buildings"}
    rest |= {"population_name": "已排查房屋"}
    return [
        {**dict(zip(names, metric, strict=True)), "formula": FORMULAS.get(metric[0]), **rest}
        for metric in METRICS
    ]


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


def _deliveries(absent: set[str], file_name: str) -> list[Row]:
    rows: list[Row] = []
    for district in reporting_districts(OCTOBER):
        row = {"district_id": district.district_id, "due_at": datetime(2022, 11, 5, 18, 0)}
        report: Row = {"kind": "monthly_report", "state": "missing"}
        if district.district_id not in absent:
            arrived = datetime(2022, 11, 3, 9, 30)
            report = report | {
                "state": "accepted",
                "version": 1,
                "sha256": "0" * 64,
                "file_name": file_name,
                "as_at": date(2022, 10, 31),
                "arrived_at": arrived,
                "first_arrived_at": arrived,
                "days_late": 0,
                "is_late": False,
                "row_count": 5,
                "accepted_count": 1,
                "quarantined_count": 0,
                "itemised_count": 4,
            }
        rows.append({**row, **report})
        rows.append({**row, "kind": "building_survey", "state": "missing"})
    return rows
