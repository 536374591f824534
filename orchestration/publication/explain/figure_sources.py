"""The sources of each figure of the table: by file and sheet, how many rows, and which.

It queries accepted and quarantined rows once per measure and basis for all districts together, so
that a city of 700,000 buildings takes a few scans and no list of buildings. ``explanation`` shows
single rows. Add here what the page shows of delivered rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.formats.sql import Record, in_memory
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.rows import DistrictFigures
from orchestration.publication.database.row_files import RowFiles
from orchestration.publication.explain.counted_rows import (
    counted_places,
    quarantined_places,
)
from orchestration.reference.contracts import load_contracts
from orchestration.reference.measures import MEASURED, REPORT


@dataclass(frozen=True)
class Place:
    """``row_count`` rows of one sheet (a csv has none), from ``first_row`` to ``last_row``.

    ``row_numbers`` lists the first LISTED_ROWS; ``total`` is the amount they add, in the figure's
    unit; ``rule_ids`` are the rules that quarantined them, empty if they count.
    """

    file: str
    sheet: str | None
    row_count: int
    first_row: int
    last_row: int
    row_numbers: tuple[int, ...]
    total: int | Decimal
    rule_ids: str = ""

    @property
    def rows_text(self) -> str:
        """Return the row numbers as text: runs if all are listed, else the span."""
        if self.row_count <= len(self.row_numbers):
            runs = (f"{a}" if a == b else f"{a}–{b}" for a, b in _runs(self.row_numbers))
            return f"第{'、'.join(runs)}行"
        if self.last_row - self.first_row + 1 == self.row_count:
            return f"第{self.first_row}–{self.last_row}行，连续"
        return f"第{self.first_row}至{self.last_row}行之间"


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of consecutive numbers.

    >>> list(_runs([4, 5, 6, 9]))
    [(4, 6), (9, 9)]
    """
    start = previous = numbers[0]
    for number in numbers[1:]:
        if number != previous + 1:
            yield start, previous
            start = number
        previous = number
    yield start, previous


@dataclass(frozen=True)
class Sources:
    """Sources of figures: counted rows by district and measure, quarantined ones by kind.

    If ``counted`` lacks a district and measure, no rows were kept; an empty tuple means that no
    row counted.
    """

    counted: dict[tuple[str, str], tuple[Place, ...]]
    quarantined: dict[tuple[str, str], tuple[Place, ...]]


def kind_behind(row: DistrictFigures, measure: str) -> str | None:
    """Return the kind of delivery behind a district's figure; None if it is missing."""
    basis = getattr(row, MEASURED[measure].basis)
    if basis == "missing":
        return None
    return MEASURED[measure].ledger if basis == "ledger" else REPORT


def load_sources(bulletin: Bulletin, files: RowFiles) -> Sources:
    """Find the month's delivered rows behind the figures of the bulletin's table."""
    counted: dict[tuple[str, str], tuple[Place, ...]] = {}
    quarantined: dict[tuple[str, str], tuple[Place, ...]] = {}
    with in_memory() as connection:
        for measure in MEASURED:
            for kind in (MEASURED[measure].ledger, REPORT):
                districts = [
                    row.district_id
                    for row in bulletin.districts
                    if kind_behind(row, measure) == kind
                    and "accepted" in files.get((row.district_id, kind), {})
                ]
                places = _by_district(
                    counted_places(
                        connection,
                        [files[district_id, kind]["accepted"] for district_id in districts],
                        load_contracts()[kind],
                        measure,
                        "reported" if kind == REPORT else "ledger",
                    )
                )
                counted |= {(d, measure): places.get(d, ()) for d in districts}
        for kind in {m.ledger for m in MEASURED.values()} | {REPORT}:
            kept = {
                district_id: named["quarantine"]
                for (district_id, of_kind), named in files.items()
                if of_kind == kind and "quarantine" in named
            }
            places = _by_district(quarantined_places(connection, list(kept.values())))
            quarantined |= {(d, kind): places.get(d, ()) for d in kept}
    return Sources(counted, quarantined)


def _by_district(found: Sequence[Record]) -> dict[str, tuple[Place, ...]]:
    places: dict[str, tuple[Place, ...]] = {}
    for record in found:
        place = Place(
            file=record["file"],
            sheet=record["sheet"],
            row_count=record["row_count"],
            first_row=record["first_row"],
            last_row=record["last_row"],
            row_numbers=tuple(record["row_numbers"]),
            total=record.get("total", 0),
            rule_ids=record.get("rule_ids", ""),
        )
        places[record["district_id"]] = (*places.get(record["district_id"], ()), place)
    return places
