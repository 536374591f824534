"""The monthly report of one district, counted from its own simulated ledgers.

Written by xlsxwriter for its two-row merged header: a report has a handful of rows. Districts
that report by town give a 合计 row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

from orchestration.reference.contracts import Contract
from orchestration.reference.months import Month
from orchestration.sampling.draw import largest_remainder
from orchestration.simulation.buildings import SURVEYED, Buildings
from orchestration.simulation.cases import COMPLAINT, CONFIRMED, PATROL
from orchestration.simulation.figures import AREA_STEP_CENTS, Figures
from orchestration.simulation.files.layouts import FOOTER
from orchestration.simulation.files.workbook import MARK

#: A district whose towns differ more than this from its mean area reports as a whole.
_LIKE_THE_DISTRICT = (0.55, 1.8)
_CREATED = datetime(2022, 1, 1)
Row = dict[str, Any]


@dataclass(frozen=True)
class Report:
    """The rows of a report by contract field, and the district's own six figures."""

    rows: tuple[Row, ...]
    figures: Figures


def count_report(
    buildings: Buildings, cases: list[Row], name: str, month: Month, is_by_town: bool
) -> Report:
    """Count a month's report: one row, or one a town where towns are much alike."""
    is_surveyed = buildings.status == SURVEYED
    towns = buildings.towns[is_surveyed]
    counts = np.bincount(towns, minlength=len(buildings.places.town_names))
    cents = np.bincount(towns, buildings.area_cents[is_surveyed], len(counts)).astype(np.int64)
    area_steps = _half_up(int(buildings.area_cents[is_surveyed].sum()))
    figures = Figures(int(counts.sum()), area_steps, *_count_cases(cases, month))
    present = np.flatnonzero(counts)
    means = cents[present] * counts.sum() / (counts[present] * cents.sum())
    low, high = _LIKE_THE_DISTRICT
    if not is_by_town or means.min() < low or means.max() > high:
        return Report((_row(name, figures),), figures)
    steps = largest_remainder([int(cents[town]) for town in present], area_steps)
    rows = []
    for town, town_steps in zip(present, steps, strict=True):
        town_name = buildings.places.town_names[town]
        own = _count_cases((case for case in cases if case["town"] == town_name), month)
        town_figures = Figures(int(counts[town]), town_steps, *own)
        rows.append(_row(name, town_figures) | {"town": town_name})
    return Report(tuple(rows), figures)


def _half_up(cents: int) -> int:
    return (2 * cents + AREA_STEP_CENTS) // (2 * AREA_STEP_CENTS)


def _count_cases(cases: Iterable[Row], month: Month) -> tuple[int, int, int, int]:
    counts: Counter[str] = Counter()
    for case in cases:
        if _is_in(case["received_on"], month):
            counts[case["source_channel"]] += 1
        if case["verification_result"] == CONFIRMED and _is_in(case["verified_on"], month):
            counts["verified"] += 1
        counts["completed"] += _is_in(case["completed_on"], month)
    return counts[COMPLAINT], counts[PATROL], counts["verified"], counts["completed"]


def _is_in(day: date | None, month: Month) -> bool:
    return day is not None and Month.of(day) == month


def _row(name: str, figures: Figures) -> Row:
    return {
        "district": name,
        "surveyed_building_count": figures.buildings,
        "surveyed_floor_area_10k_m2": figures.area_steps / 100,
        "suspected_complaint_count": figures.complaints,
        "suspected_patrol_count": figures.patrols,
        "verified_count": figures.verified,
        "completed_count": figures.completed,
    }


def report_fields(report: Report, contract: Contract) -> list[str]:
    """Return the fields that a report has columns for, in contract order."""
    return [
        column.name
        for column in contract.columns
        if not column.optional or any(column.name in row for row in report.rows)
    ]


def write_report(path: Path, report: Report, contract: Contract, title: str) -> None:
    """Write a report as xlsx: title, merged header, rows, 合计 if there are several, footers."""
    fields = report_fields(report, contract)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        book.set_properties(
            {"title": title, "subject": MARK, "comments": MARK, "created": _CREATED}
        )
        sheet = book.add_worksheet(contract.title)
        sheet.merge_range(0, 0, 0, len(fields) - 1, title)
        _write_header(sheet, contract, fields)
        rows = [[row.get(field) for field in fields] for row in report.rows]
        if len(rows) > 1:
            rows.append(_total(report, fields))
        footers: list[list[Any]] = [["填报人：模拟填报员　审核人：模拟审核员"], [FOOTER]]
        for number, cells in enumerate([*rows, *footers], start=FIRST_ROW - 1):
            for column, value in enumerate(cells):
                if value is not None:
                    sheet.write(number, column, value)


#: The six measures of a report.
MEASURES = (
    "surveyed_building_count",
    "surveyed_floor_area_10k_m2",
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)
#: Source row number of a report's first row, below title and two-row header.
FIRST_ROW = 4


def _total(report: Report, fields: list[str]) -> list[Any]:
    """Return the 合计 row: the sums of the rows, areas rounded to what they are reported in."""
    sums = {name: round(sum(row[name] for row in report.rows), 2) for name in MEASURES}
    return [(sums | {"district": "合计"}).get(field) for field in fields]


def _write_header(sheet: Any, contract: Contract, fields: list[str]) -> None:
    paths = [contract.column(field).header.split("/") for field in fields]
    parents: dict[str, list[int]] = {}
    for column, path in enumerate(paths):
        if len(path) == 1:
            sheet.merge_range(1, column, 2, column, path[0])
        else:
            parents.setdefault(path[0], []).append(column)
            sheet.write_string(2, column, path[1])
    for parent, columns in parents.items():
        sheet.merge_range(1, columns[0], 1, columns[-1], parent)
