"""The rows of a report by place: towns, totals of them, and what is neither.

A reader sees labels only; here the rows are held against the official list and each other, for
kinds whose contract says ``rows_by``. ``sort_out`` takes totals out of a landing, whatever they
are called; ``report_problems`` say what is left that nobody could count without asking. The
arithmetic is in ``report_sums``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingest.landing import write_tables
from orchestration.ingest.reader.privacy import excerpt
from orchestration.ingest.reader.table.rows import is_subtotal
from orchestration.ingest.reading import ControlTotal, Itemised, Reading
from orchestration.judgement.reports.report_places import Place, ReportPlaces
from orchestration.judgement.reports.report_sums import (
    PLACES,
    Line,
    Lines,
    Sum,
    find_totals,
    millionths,
    plain,
)
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.store.records import Arrival

#: A district has some twenty towns; a report of more rows than this is none.
MAX_ROWS = 500


@dataclass(frozen=True)
class Report:
    """A report's landed rows: their places, and their figures among the labelled totals."""

    reading: Reading
    contract: Contract
    table: pa.Table
    places: dict[int, Place]
    lines: Lines

    @property
    def listed(self) -> list[int]:
        """The rows whose place is an official town."""
        return [row for row, place in self.places.items() if place.is_listed]

    @property
    def unlisted(self) -> list[int]:
        """The rows that may be a total under some name."""
        return [row for row, p in self.places.items() if not p.is_listed and not p.is_foreign]

    def cell(self, row: int) -> str | None:
        """Return the cell that names a row's place."""
        names = (self.contract.rows_by or "", "district")
        part, _ = self.reading.place_of(row)
        letters = map((part.reading if part else self.reading).columns.get, names)
        return next((f"{letter}{row}" for letter in letters if letter), None)


def sort_out(arrival: Arrival, reading: Reading, landing: Path) -> Reading:
    """Put towns and totals of a report in their places; return the receipt of what is left.

    Towns that stand in the column of the district move to their own; rows that are no town and
    are the sum of others are itemised as totals. ``landing`` is written anew where that changes
    it. Other kinds, and reports that cannot be told apart, stay as they are.
    """
    contract = load_contracts()[arrival.kind]
    if contract.rows_by is None or not reading.landed_rows or report_size(reading) > MAX_ROWS:
        return reading
    places = ReportPlaces(arrival.district_id, arrival.month)
    delivered = pq.read_table(landing)
    table = places.resolved(delivered)
    report = read_report(reading, contract, table, places)
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


def report_size(reading: Reading) -> int:
    """Return the number of rows that are held against each other."""
    return reading.landed_rows + reading.itemised_by_role.get("total", 0)


def read_report(
    reading: Reading, contract: Contract, table: pa.Table, places: ReportPlaces
) -> Report:
    """Return the rows of ``table`` with their places and figures, among the labelled totals."""
    measures = measures_of(contract)
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
    return Report(
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


def measures_of(contract: Contract) -> tuple[str, ...]:
    """Return the fields of a kind that are numbers, in canonical order."""
    return tuple(c.name for c in contract.columns if c.type in ("integer", "decimal"))


def _figure(contract: Contract, name: str, text: str | None) -> int | None:
    figure = millionths(text)
    is_broken = contract.column(name).type == "integer" and figure and figure % 10**PLACES
    return None if is_broken else figure


def _itemised(reading: Reading, place: Place) -> Itemised:
    return Itemised(reading.sheet, place.row, "total", excerpt(place.text))


def _labelled(report: Report) -> Iterator[ControlTotal]:
    """Yield the labelled totals beside the sums they are held against.

    A 小计 is held against the rows beside it, any other against all rows, unless it is the sum of
    those beside it and another total is the sum of all.
    """
    lines = report.lines
    whole = lines.sum_of(lines.counted)
    # a total of one part is that of the rows beside it
    is_covered = bool(report.reading.parts) or any(
        lines.equals(lines.line(row), whole) for row in lines.totals
    )
    sums: dict[int, Sum] = {}
    for total in report.reading.totals:
        if total.row not in sums:
            line = lines.line(total.row)
            explained = lines.explained(line, fewest=1)
            if is_subtotal(total.label):
                sums[total.row] = explained or lines.sum_of(_since_last_total(lines, line))
            else:
                sums[total.row] = explained if explained and is_covered else whole
        yield _against(total, sums[total.row], measures_of(report.contract))


def _since_last_total(lines: Lines, line: Line) -> list[Line]:
    first = max((row for row in lines.totals if row < line.row), default=0)
    return [other for other in lines.counted if first < other.row < line.row]


def _against(total: ControlTotal, added: Sum, measures: Sequence[str]) -> ControlTotal:
    figure = added.figures[measures.index(total.field)]
    return replace(total, sum=plain(figure), rows_added=len(added.rows))


def _found(report: Report, lines: Lines, found: Iterable[int]) -> Iterator[ControlTotal]:
    """Yield what was found to be a total as one, with the sum that it is."""
    measures = measures_of(report.contract)
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
