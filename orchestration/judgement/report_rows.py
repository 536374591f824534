"""The rows of a report by place: towns, totals of them, and what is neither.

A reader sees labels only; here the rows are held against the official list and each other, for
kinds whose contract says ``rows_by``. ``sort_out`` takes totals out of a landing, whatever they
are called; ``row_problems`` says what is left that nobody could count without asking. The
arithmetic is in ``report_sums``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.contracts import Contract, load_contracts
from orchestration.ingest.landing import write_tables
from orchestration.ingest.privacy import excerpt
from orchestration.ingest.reading import ControlTotal, Itemised, Problem, Reading
from orchestration.ingest.rows import is_subtotal
from orchestration.judgement.report_places import Place, ReportPlaces
from orchestration.judgement.report_sums import (
    PLACES,
    Line,
    Lines,
    Sum,
    find_totals,
    millionths,
    plain,
)
from orchestration.store.records import Arrival

#: A district has some twenty towns; a report of more rows than this is none.
MOST_ROWS = 500
_LISTED_ROWS = 10
#: Fewer rows are no sum, but for the one row beside another that is all there is.
_RUN = 2


@dataclass(frozen=True)
class _Report:
    """A report's landed rows: their places, and their figures among the labelled totals."""

    reading: Reading
    contract: Contract
    table: pa.Table
    places: dict[int, Place]
    lines: Lines

    @property
    def listed(self) -> list[int]:
        return [row for row, place in self.places.items() if place.is_listed]

    @property
    def unlisted(self) -> list[int]:
        """The rows that may be a total under some name."""
        return [row for row, p in self.places.items() if not p.is_listed and not p.is_foreign]

    def cell(self, row: int) -> str | None:
        """Return the cell that names a row's place."""
        names = (self.contract.rows_by or "", "district")
        letters = map(self.reading.columns.get, names)
        return next((f"{letter}{row}" for letter in letters if letter), None)


def sort_out(arrival: Arrival, reading: Reading, landing: Path) -> Reading:
    """Put towns and totals of a report in their places; return the receipt of what is left.

    Towns that stand in the column of the district move to their own; rows that are no town and
    are the sum of others are itemised as totals. ``landing`` is written anew where that changes
    it. Other kinds, and reports that cannot be told apart, stay as they are.
    """
    contract = load_contracts()[arrival.kind]
    if contract.rows_by is None or not reading.landed_rows or _size(reading) > MOST_ROWS:
        return reading
    places = ReportPlaces(arrival.district_id, arrival.month)
    delivered = pq.read_table(landing)
    table = places.resolved(delivered)
    report = _report(reading, contract, table, places)
    lines = find_totals(report.lines, report.unlisted, report.listed)
    found = lines.totals - report.lines.totals
    kept = [row not in found for row in report.places]
    sorted_table = table.filter(pa.array(kept))
    if not sorted_table.equals(delivered):
        write_tables([sorted_table], table.schema, landing)
    itemised = [_itemised(reading, report.places[row]) for row in sorted(found)]
    return replace(
        reading,
        landed_rows=sorted_table.num_rows,
        itemised=sorted([*reading.itemised, *itemised], key=lambda item: item.row),
        totals=[*_labelled(replace(report, lines=lines)), *_found(report, lines, found)],
    )


def row_problems(arrival: Arrival, reading: Reading, rows: Path) -> list[Problem]:
    """Return why a report's rows, sorted out and corrected, cannot be counted as they stand."""
    contract = load_contracts()[arrival.kind]
    if contract.rows_by is None or not reading.landed_rows:
        return []
    if _size(reading) > MOST_ROWS:
        return [_too_many(reading)]
    places = ReportPlaces(arrival.district_id, arrival.month)
    report = _report(reading, contract, pq.read_table(rows), places)
    lines = find_totals(report.lines, report.unlisted, report.listed)
    report = replace(report, lines=lines)
    return [*_towns_that_are_totals(report), *_rows_without_town(report)]


def _size(reading: Reading) -> int:
    """Return the number of rows that are held against each other."""
    return reading.landed_rows + reading.itemised_by_role.get("total", 0)


def _report(reading: Reading, contract: Contract, table: pa.Table, places: ReportPlaces) -> _Report:
    measures = _measures(contract)
    columns = [
        [_figure(contract, name, text) for text in table[name].to_pylist()] for name in measures
    ]
    rows = table["row_number"].to_pylist()
    lines = [
        Line(row, figures) for row, figures in zip(rows, zip(*columns, strict=True), strict=True)
    ]
    labelled: dict[int, dict[str, int | None]] = defaultdict(dict)
    for total in reading.totals:
        labelled[total.row][total.field] = millionths(total.value)
    lines += [Line(row, tuple(map(known.get, measures))) for row, known in labelled.items()]
    return _Report(
        reading,
        contract,
        table,
        {place.row: place for place in places.of(table)},
        Lines(
            tuple(sorted(lines, key=lambda line: line.row)),
            tuple(millionths(contract.total_tolerance.get(name, "0")) or 0 for name in measures),
            frozenset(labelled),
        ),
    )


def _measures(contract: Contract) -> tuple[str, ...]:
    return tuple(c.name for c in contract.columns if c.type in ("integer", "decimal"))


def _figure(contract: Contract, name: str, text: str | None) -> int | None:
    figure = millionths(text)
    is_broken = contract.column(name).type == "integer" and figure and figure % 10**PLACES
    return None if is_broken else figure


def _itemised(reading: Reading, place: Place) -> Itemised:
    return Itemised(reading.sheet, place.row, "total", excerpt(place.text))


def _labelled(report: _Report) -> Iterator[ControlTotal]:
    """Yield the labelled totals beside the sums they are held against.

    A 小计 is held against the rows beside it, any other against all rows, unless it is the sum of
    those beside it and another total is the sum of all.
    """
    lines = report.lines
    whole = lines.sum_of(lines.counted)
    is_covered = any(lines.equals(lines.line(row), whole) for row in lines.totals)
    sums: dict[int, Sum] = {}
    for total in report.reading.totals:
        if total.row not in sums:
            line = lines.line(total.row)
            explained = lines.explained(line, fewest=1)
            if is_subtotal(total.label):
                sums[total.row] = explained or lines.sum_of(_since_last_total(lines, line))
            else:
                sums[total.row] = explained if explained and is_covered else whole
        yield _against(total, sums[total.row], _measures(report.contract))


def _since_last_total(lines: Lines, line: Line) -> list[Line]:
    first = max((row for row in lines.totals if row < line.row), default=0)
    return [other for other in lines.counted if first < other.row < line.row]


def _against(total: ControlTotal, added: Sum, measures: Sequence[str]) -> ControlTotal:
    figure = added.figures[measures.index(total.field)]
    return replace(total, sum=plain(figure), rows_added=len(added.rows))


def _found(report: _Report, lines: Lines, found: Iterable[int]) -> Iterator[ControlTotal]:
    """Yield what was found to be a total as one, with the sum that it is."""
    measures = _measures(report.contract)
    for row in sorted(found):
        line = lines.line(row)
        added = lines.explained(line, fewest=1) or lines.rest(line)
        for name, figure, total in zip(measures, line.figures, added.figures, strict=True):
            yield ControlTotal(
                sheet=report.reading.sheet,
                row=row,
                cell=f"{report.reading.columns[name]}{row}",
                label=report.places[row].text or "合计",
                field=name,
                value=plain(figure or 0),
                rows_added=len(added.rows),
                sum=plain(total),
            )


def _too_many(reading: Reading) -> Problem:
    return Problem(
        "too_many_report_rows",
        f"月报表有 {_size(reading)} 行，一个地区的镇街不会超过 {MOST_ROWS} 个",
        "请按模板报送：全区一行，或一个镇街一行",
        reading.sheet,
    )


def _towns_that_are_totals(report: _Report) -> Iterator[Problem]:
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
            f"第 {row} 行写的是镇街，各项指标却等于第 {_listing(added.rows)} 行之和："
            f"{_readings(report, line)}，无法判断它是镇街还是合计",
            "该行是合计的，把名称改为“合计”；确是镇街的，在表末加一行“合计”，填包括该行的各行之和",
            report.reading.sheet,
            row,
            report.cell(row),
        )


def _readings(report: _Report, line: Line) -> str:
    whole = report.lines.sum_of(report.lines.counted)
    told = []
    for name, total, figure in zip(
        _measures(report.contract)[:2], whole.figures, line.figures, strict=False
    ):
        header = report.contract.column(name).header
        told.append(f"{header}计入为 {plain(total)}，不计入为 {plain(total - (figure or 0))}")
    return "；".join(told)


def _confirmed(report: _Report) -> bool:
    """Whether a total is the sum of all rows, each of which is readable."""
    lines = report.lines
    whole = lines.sum_of(lines.counted)
    is_whole = all(line.is_whole for line in lines.counted)
    totals = (lines.line(row) for row in lines.totals)
    return is_whole and any(t.is_whole and lines.equals(t, whole) for t in totals)


def _rows_without_town(report: _Report) -> Iterator[Problem]:
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
            f"第 {place.row} 行{place.why}，{_compared(report, place.row)}，无法判断应否计入",
            place.remedy,
            report.reading.sheet,
            place.row,
            report.cell(place.row),
        )


def _compared(report: _Report, row: int) -> str:
    """Return how a row stands to the others, in numbers."""
    lines = report.lines
    unread = [line.row for line in lines.counted if not line.is_whole]
    if unread:
        return f"第 {_listing(unread)} 行有空白或不能读取的指标，不能核对它是否为其他各行之和"
    line, rest = lines.line(row), lines.rest(lines.line(row))
    if row in lines.totals:
        return "按更正后的数字是其他行之和"
    differing = [
        (name, figure or 0, total)
        for name, figure, total in zip(
            _measures(report.contract), line.figures, rest.figures, strict=True
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


def _listing(rows: Sequence[int]) -> str:
    numbers = sorted(rows)
    shown = "、".join(map(str, numbers[:_LISTED_ROWS]))
    return shown if len(numbers) <= _LISTED_ROWS else f"{shown} 等 {len(numbers)}"
