"""What was found in a delivery in parts, put back into the file, sheet, row and cell it is in.

Rows are numbered through all parts while they are judged. Whoever stores or shows a finding or an
outcome of a correction passes it through here first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from orchestration.ingest.reading import PART_ROWS, Reading
from orchestration.judgement.corrections import Outcome
from orchestration.store.records import Arrival


def with_files(findings: pd.DataFrame, arrival: Arrival, reading: Reading) -> pd.DataFrame:
    """Return findings with ``file_name``; rows and cells are those of that file.

    A finding on the whole delivery names all its files.
    """
    if not reading.parts:
        return findings.assign(file_name=arrival.file_name)
    numbers = findings["row_number"].astype("Int64")
    is_placed = numbers.notna().to_numpy()
    through = numbers.fillna(1).to_numpy(dtype="int64") - 1
    part = np.where(is_placed, through // PART_ROWS, 0)
    own = pd.Series(through % PART_ROWS + 1, index=findings.index).where(is_placed)
    names = np.array([part.file_name for part in reading.parts], dtype=object)[part]
    sheets = np.array([part.reading.sheet for part in reading.parts], dtype=object)[part]
    told = findings.get("file_name", pd.Series(None, findings.index, dtype=object))
    whole = told.astype(object).where(told.notna(), arrival.file_name)
    return findings.assign(
        file_name=np.where(is_placed, names, whole),
        sheet=np.where(is_placed, sheets, findings["sheet"].astype(object)),
        cell=_cells(findings, reading, part, own),
        row_number=own.astype("Int64"),
    )


def _cells(findings: pd.DataFrame, reading: Reading, part: np.ndarray, own: pd.Series) -> pd.Series:
    """Return each cell with its letter and row in its own file; a part may order its columns."""
    cells = findings["cell"].astype(object)
    letters = cells.str.rstrip("0123456789").astype(object)
    fields = findings["field"].astype(object)
    for number, read in enumerate(reading.parts):
        is_here = (part == number) & fields.isin(list(reading.columns)).to_numpy()
        letters = letters.where(~is_here, fields.map(read.reading.columns))
    is_cell = cells.notna() & own.notna() & letters.notna()
    placed = letters.astype("string") + own.astype("Int64").astype("string")
    return placed.astype(object).where(is_cell, None)


def outcomes_in_files(outcomes: Sequence[Outcome], reading: Reading) -> tuple[Outcome, ...]:
    """Return what became of corrections with the file, the row and the cell of each."""
    return tuple(_in_file(outcome, reading) for outcome in outcomes)


def _in_file(outcome: Outcome, reading: Reading) -> Outcome:
    if outcome.row_number is None:
        return outcome
    part, row = reading.place_of(outcome.row_number)
    if part is None:
        return outcome
    letter = part.reading.columns.get(outcome.correction.field)
    cell = f"{letter}{row}" if letter else None
    return replace(outcome, file_name=part.file_name, row_number=row, cell=cell)
