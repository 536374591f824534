"""What is left in a report, once sorted out, that nobody could count without asking.

Each is a problem with the row's cell, the numbers that were compared, and a remedy. What rows
are is decided in ``report_rows``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from orchestration.ingest.reading import Problem, Reading
from orchestration.judgement.reports.report_places import ReportPlaces
from orchestration.judgement.reports.report_rows import (
    MAX_ROWS,
    Report,
    measures_of,
    read_report,
    report_size,
)
from orchestration.judgement.reports.report_sums import Line, find_totals, plain
from orchestration.reference.contracts import load_contracts
from orchestration.store.records import Arrival

#: So many rows are named one by one.
_LISTED_ROWS = 10
#: Fewer rows are no sum, but for the one row beside another that is all there is.
_RUN = 2


def row_problems(arrival: Arrival, reading: Reading, rows: Path) -> list[Problem]:
    """Return why a report's rows, sorted out and corrected, cannot be counted as they stand."""
    contract = load_contracts()[arrival.kind]
    if contract.rows_by is None or not reading.landed_rows:
        return []
    if report_size(reading) > MAX_ROWS:
        return [_too_many(reading)]
    places = ReportPlaces(arrival.district_id, arrival.month)
    report = read_report(reading, contract, pq.read_table(rows), places)
    lines = find_totals(report.lines, report.unlisted, report.listed)
    report = replace(report, lines=lines)
    return [*_towns_that_are_totals(report), *_rows_without_town(report)]


def _too_many(reading: Reading) -> Problem:
    return Problem(
        "too_many_report_rows",
        f"月报表有 {report_size(reading)} 行，一个地区的镇街不会超过 {MAX_ROWS} 个",
        "请按模板报送：全区一行，或一个镇街一行",
        reading.sheet,
    )


def _towns_that_are_totals(report: Report) -> Iterator[Problem]:
    """Yield each listed town whose figures are the sum of others, with both readings.

    A total that is the sum of all towns says that they are towns.
    """
    if _confirmed(report):
        return
    lines = report.lines
    for row in report.listed:
        line = lines.line(row)
        if not line.is_whole or not any(line.figures):
            continue
        added = lines.explained(line, fewest=min(_RUN, len(lines.counted) - 1) or _RUN)
        if added is None:
            continue
        yield Problem(
            "town_is_total",
            f"{report.reading.row_name(row)}写的是镇街，各项指标却等于"
            f"{_listing(report, added.rows)}之和："
            f"{_readings(report, line)}，无法判断它是镇街还是合计",
            "该行是合计的，把名称改为“合计”；确是镇街的，在表末加一行“合计”，填包括该行的各行之和",
            report.reading.sheet,
            row,
            report.cell(row),
        )


def _readings(report: Report, line: Line) -> str:
    whole = report.lines.sum_of(report.lines.counted)
    effects = []
    for name, total, figure in zip(
        measures_of(report.contract)[:2], whole.figures, line.figures, strict=False
    ):
        header = report.contract.column(name).header
        effects.append(f"{header}计入为 {plain(total)}，不计入为 {plain(total - (figure or 0))}")
    return "；".join(effects)


def _confirmed(report: Report) -> bool:
    """Whether a total is the sum of all rows, each of which is readable."""
    lines = report.lines
    whole = lines.sum_of(lines.counted)
    is_whole = all(line.is_whole for line in lines.counted)
    totals = (lines.line(row) for row in lines.totals)
    return is_whole and any(t.is_whole and lines.equals(t, whole) for t in totals)


def _rows_without_town(report: Report) -> Iterator[Problem]:
    """Yield the rows that are no listed town of the district and no sum, where rows are towns."""
    places = [place for place in report.places.values() if not place.is_other_district]
    loose = [place for place in places if not place.is_listed]
    strange = [place for place in loose if place.is_foreign]
    is_by_town = len(report.places) > 1
    if not report.listed and (not is_by_town or _confirmed(report)):
        loose = strange
    for place in loose:
        yield Problem(
            "row_without_town",
            f"{report.reading.row_name(place.row)}{place.why}，{_compared(report, place.row)}，"
            "无法判断应否计入",
            place.remedy,
            report.reading.sheet,
            place.row,
            report.cell(place.row),
        )


def _compared(report: Report, row: int) -> str:
    """Return how a row stands to the others, in numbers."""
    lines = report.lines
    unread = [line.row for line in lines.counted if not line.is_whole]
    if unread:
        return f"{_listing(report, unread)}有空白或不能读取的指标，不能核对它是否为其他各行之和"
    line, rest = lines.line(row), lines.rest(lines.line(row))
    if row in lines.totals:
        return "按更正后的数字是其他行之和"
    differing = [
        (name, figure or 0, total)
        for name, figure, total in zip(
            measures_of(report.contract), line.figures, rest.figures, strict=True
        )
        if figure != total
    ]
    if not differing:
        return f"与其余 {len(rest.rows)} 行相同"
    name, figure, total = differing[0]
    return (
        f"也不等于其他各行之和（{report.contract.column(name).header}：该行 {plain(figure)}，"
        f"其他 {len(rest.rows)} 行之和 {plain(total)}，相差 {plain(abs(figure - total))}）"
    )


def _listing(report: Report, rows: Sequence[int]) -> str:
    """Return rows as a sentence names them, with their files where there are several."""
    numbers = sorted(rows)
    more = f" 等 {len(numbers)}" if len(numbers) > _LISTED_ROWS else ""
    if report.reading.parts:
        shown = "、".join(map(report.reading.row_name, numbers[:_LISTED_ROWS]))
        return f"{shown}{more} 行" if more else shown
    shown = "、".join(map(str, numbers[:_LISTED_ROWS]))
    return f"第 {shown}{more} 行"
