from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingest.deliveries import kind_of
from orchestration.ingest.reader.pipeline import read_file
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month
from orchestration.simulation.city import Simulated, simulate

SCALE = 0.002
OCTOBER, NOVEMBER = Month(2022, 10), Month(2022, 11)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[Month, Simulated]]:
    """Two clean months of a small city, and the folder they lie in."""
    out = tmp_path_factory.mktemp("city")
    return out, {month: simulate(month, out, scale=SCALE) for month in (OCTOBER, NOVEMBER)}


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], pa.Table]:
    """Read a simulated file as the platform does and return its landing rows."""
    folder = tmp_path_factory.mktemp("landing")

    def read(path: Path) -> pa.Table:
        kind = kind_of(path.name)
        assert kind is not None, path.name
        landing, notes = folder / "landing.parquet", folder / "notes.parquet"
        reading = read_file(path, load_contracts()[kind], landing, notes)
        assert not reading.is_refused, (path.name, reading.problems)
        return pq.read_table(landing)

    return read
