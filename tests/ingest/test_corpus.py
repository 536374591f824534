"""Every ugly or hostile file gives its one finding or its rows, from a child that lives on."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from ingest.corpus import tables, texts, workbooks
from ingest.corpus.case import Case

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.reference.contracts import load_contracts

CASES = {
    f"{room}: {name}": case
    for room, cases in (
        ("table", tables.CASES),
        ("text", texts.CASES),
        ("workbook", workbooks.CASES),
    )
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", CASES)
def test_every_file_has_its_outcome(name: str, readers: ReaderPool, tmp_path: Path) -> None:
    case: Case = CASES[name]
    path, landing, notes = (tmp_path / part for part in ("a.xlsx", "landing", "notes"))
    case.make(path)
    reading = readers.read(path, load_contracts()[case.kind], landing, notes)
    assert tuple(problem.code for problem in reading.problems) == case.codes
    if reading.problems:
        problem = reading.problems[0]
        assert case.words in problem.message
        assert problem.remedy
        assert case.at in (None, problem.cell, problem.row)
    landed = pq.read_table(landing).to_pylist()
    if case.rows is not None:
        assert len(landed) == len(case.rows)
        for row, expected in zip(landed, case.rows, strict=True):
            assert {field: row[field] for field in expected} == expected
    noted = {note["cell"]: note["how"] for note in pq.read_table(notes).to_pylist()}
    assert noted == case.notes
    roles = {item.row: item.role for item in reading.itemised}
    assert roles.items() >= case.roles.items()
