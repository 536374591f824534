from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.ingest.reader.pipeline import read_file
from orchestration.ingest.reading import Reading
from orchestration.reference.contracts import Contract, load_contracts


@dataclass(frozen=True)
class Result:
    """A receipt with the rows of the two files written beside it."""

    reading: Reading
    rows: list[dict[str, Any]]
    notes: list[dict[str, Any]]

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.reading.problems]

    def hows(self, field: str) -> list[str]:
        return [note["how"] for note in self.notes if note["field"] == field]


@pytest.fixture
def monthly() -> Contract:
    return load_contracts()["monthly_report"]


@pytest.fixture
def survey() -> Contract:
    return load_contracts()["building_survey"]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Result]:
    """Read a benign file in this process; dangerous ones go through ``reader_pool``."""

    def read(path: Path, kind: str = "monthly_report") -> Result:
        landing, notes = tmp_path / "landing.parquet", tmp_path / "notes.parquet"
        reading = read_file(path, load_contracts()[kind], landing, notes)
        assert Reading.from_json(reading.to_json()) == reading
        return Result(reading, pq.read_table(landing).to_pylist(), pq.read_table(notes).to_pylist())

    return read
