"""Corrections: single cells replaced between landing and judgement, guarded by the old value.

Landing stays as delivered. The corrected rows are judged by the same rules, so that a correction
can mend a row and cannot smuggle one in; the file's own totals are held against the rows as
delivered. Add here what may not be corrected; exceptions to a rule whose value is right are
``waivers``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import model_validator

from orchestration.ingest.landing import write_tables
from orchestration.ingest.reading import Reading
from orchestration.judgement.decisions import Cell, Day, Decision, Filled, InMonth, read_decisions
from orchestration.judgement.frames import record_keys
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.months import Month
from orchestration.reference.seeds import CORRECTIONS_SEED
from orchestration.store.records import Arrival

Status = Literal["applied", "not_applied", "stale"]
#: The month of a delivery is read from its file as a whole, before any cell is corrected.
_MONTH_FIELD = "as_at"


class Correction(Decision):
    """One row of ``corrections.csv``; values are text as in landing, a blank cell empty."""

    month: InMonth
    field: Filled
    old_value: Cell
    new_value: Cell
    corrected_by: Filled
    corrected_on: Day

    @model_validator(mode="after")
    def _may_be_corrected(self) -> Correction:
        if self.field not in self.contract.fields:
            raise ValueError(f"{self.kind} has no field {self.field!r}")
        column = self.contract.column(self.field)
        if column.personal or column.type == "free_text":
            raise ValueError(
                f"{self.field} holds personal data or free text: the district mends it"
            )
        if self.field in (*self.contract.key, _MONTH_FIELD):
            raise ValueError(
                f"{self.field} says which record or month it is: the district mends it"
            )
        if self.old_value == self.new_value:
            raise ValueError("old_value and new_value are the same")
        return self

    @property
    def subject(self) -> tuple[str, ...]:
        """The cell."""
        return (str(self.month), self.district_id, self.kind, self.record_key, self.field)

    def meets(self, other: Correction) -> bool:
        """Whether the two hold in one month; those of one cell always do."""
        return self.month == other.month


@dataclass(frozen=True)
class Outcome:
    """What became of a correction: replaced, not replaced and why, or no longer needed."""

    correction: Correction
    status: Status
    detail: str | None = None
    file_name: str | None = None
    sheet: str | None = None
    row_number: int | None = None
    cell: str | None = None

    @property
    def row(self) -> dict[str, Any]:
        """The outcome as one row of ``rpt_correction``."""
        return self.correction.model_dump() | {
            name: value for name, value in vars(self).items() if name != "correction"
        }


def corrections_of(folder: Path, month: Month, district_id: str) -> tuple[Correction, ...]:
    """Return a district's corrections of a month; raise DecisionError for bad rows."""
    return tuple(
        correction
        for correction in read_decisions(folder / CORRECTIONS_SEED, Correction)
        if correction.district_id == district_id and correction.month == month
    )


def not_applied(corrections: Sequence[Correction], detail: str) -> tuple[Outcome, ...]:
    """Return outcomes that say why none of them could be applied."""
    return tuple(Outcome(correction, "not_applied", detail) for correction in corrections)


def correct(
    arrival: Arrival,
    reading: Reading,
    landing: Path,
    corrected: Path,
    corrections: Sequence[Correction],
) -> tuple[Path, tuple[Outcome, ...]]:
    """Write the landing with its corrections to ``corrected``; return it and what became of them.

    ``corrections`` are those of the arrival's kind. Returns ``landing`` itself, having written
    nothing, if no cell is to be replaced.
    """
    corrected.unlink(missing_ok=True)  # its corrections may have been taken back
    if not corrections or not reading.landed_rows:
        return landing, not_applied(corrections, "报送中没有读入的行")
    table = pq.read_table(landing)
    contract = load_contracts()[arrival.kind]
    keys = record_keys(table.select(list(contract.key)).to_pandas(), contract).to_numpy()
    outcomes = []
    for correction in corrections:
        places = np.flatnonzero(keys == correction.record_key)
        outcome = _outcome(correction, table, places, reading)
        if outcome.status == "applied":
            table = _replaced(table, int(places[0]), correction)
        outcomes.append(replace(outcome, file_name=arrival.file_name))
    if all(outcome.status != "applied" for outcome in outcomes):
        return landing, tuple(outcomes)
    write_tables([table], table.schema, corrected)
    return corrected, tuple(outcomes)


def all_flows_corrected(contract: Contract, rows: Path, outcomes: Sequence[Outcome]) -> bool:
    """Whether corrections say what every flow of every row is, so that no delivered one counts.

    A flow of 0 over several months is 0 in each of them and needs none.
    """
    corrected = {
        (outcome.row_number, outcome.correction.field)
        for outcome in outcomes
        if outcome.status in ("applied", "stale")
    }
    if not corrected:
        return False
    table = pq.read_table(rows, columns=["row_number", *contract.flows])
    return all(
        row[field] == "0" or (row["row_number"], field) in corrected
        for row in table.to_pylist()
        for field in contract.flows
    )


def _outcome(
    correction: Correction, table: pa.Table, places: np.ndarray, reading: Reading
) -> Outcome:
    if len(places) != 1:
        detail = f"有 {len(places)} 行同一编号" if len(places) else "报送中没有这条记录"
        return Outcome(correction, "not_applied", detail)
    place = int(places[0])
    number = table["row_number"][place].as_py()
    letter = reading.columns.get(correction.field)
    found = Outcome(
        correction,
        "applied",
        sheet=table["sheet"][place].as_py(),
        row_number=number,
        cell=f"{letter}{number}" if letter else None,
    )
    delivered = table[correction.field][place].as_py() or ""
    if delivered == correction.new_value:
        return replace(found, status="stale", detail="地区已改正，可删去这条更正")
    if delivered != correction.old_value:
        return replace(found, status="not_applied", detail="单元格的值既不是原值，也不是更正值")
    return found


def _replaced(table: pa.Table, place: int, correction: Correction) -> pa.Table:
    """Return the table with one cell replaced."""
    index = table.column_names.index(correction.field)
    column = table[correction.field]
    value = pa.array([correction.new_value or None], pa.string())
    parts = [*column.slice(0, place).chunks, value, *column.slice(place + 1).chunks]
    return table.set_column(index, table.schema.field(index), pa.chunked_array(parts, pa.string()))
