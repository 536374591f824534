"""Planted faults: the catalogue, and an answer key that points at cells that indeed differ."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import orchestration.simulation
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month
from orchestration.simulation.city import Simulated, simulate
from orchestration.simulation.faults.fault_files import load_faults

SCALE = 0.02
MONTH = Month(2022, 11)
Read = Callable[[Path], pa.Table]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same month without and with faults."""
    clean, faulty = (tmp_path_factory.mktemp(name) for name in ("clean", "faulty"))
    simulate(MONTH, clean, scale=SCALE)
    simulate(MONTH, faulty, scale=SCALE, faults=True)
    return clean, faulty


@pytest.fixture(scope="module")
def key(folders: tuple[Path, Path]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((folders[1] / "answer_key.json").read_text("utf-8"))
    return entries


def test_the_catalogue_is_large_and_has_every_scope() -> None:
    assert len(load_faults()) >= 100
    assert {fault.scope for fault in load_faults()} == {
        "field",
        "record",
        "cross_record",
        "cross_export",
        "cross_month",
        "file",
    }


def test_most_of_the_catalogue_finds_a_place(key: list[dict[str, Any]]) -> None:
    known = {fault.id for fault in load_faults() if fault.kind in load_contracts()}
    planted = {entry["fault"] for entry in key}
    assert planted <= known
    assert len(planted) >= 0.9 * len(known), known - planted


def test_overwritten_cells_differ_and_no_others(
    folders: tuple[Path, Path], key: list[dict[str, Any]], landed: Read
) -> None:
    clean, faulty = folders
    expected: dict[str, set[tuple[int, str]]] = {}
    moved = {entry["file"] for entry in key if entry["row"] is None or not entry["changed"]}
    for entry in key:
        if entry["file"] not in moved and entry["record_key"] != "合计":
            cells = {(entry["row"], name) for name in entry["changed"]}
            expected.setdefault(entry["file"], set()).update(cells)
    assert len(expected) >= 10
    for file, cells in expected.items():
        assert _differences(landed(clean / file), landed(faulty / file)) == cells, file


def _differences(first: pa.Table, second: pa.Table) -> set[tuple[int, str]]:
    assert first.num_rows == second.num_rows
    return {
        (before["row_number"], name)
        for before, after in zip(first.to_pylist(), second.to_pylist(), strict=True)
        for name in first.column_names
        if before[name] != after[name]
    }


def test_no_two_faults_share_a_row(key: list[dict[str, Any]]) -> None:
    rows = Counter((e["file"], e["row"]) for e in key if e["row"] is not None)
    assert [place for place, count in rows.items() if count > 1] == []


def test_files_without_a_fault_are_the_same(
    folders: tuple[Path, Path], key: list[dict[str, Any]]
) -> None:
    clean, faulty = folders
    touched = {entry["file"] for entry in key}
    for path in sorted(clean.rglob("*.*")):
        name = str(path.relative_to(clean))
        if path.is_file() and name not in touched:
            assert path.read_bytes() == (faulty / name).read_bytes(), name


def test_the_key_keeps_the_entries_of_other_months(
    tmp_path: Path,
) -> None:
    def planted() -> Simulated:
        return simulate(MONTH, tmp_path, scale=0.002, faults=True, kinds=("alteration_cases",))

    simulate(MONTH.previous, tmp_path, scale=0.002, faults=True, kinds=("alteration_cases",))
    first = planted().answer_key
    assert first is not None
    months = Counter(entry["month"] for entry in json.loads(first.read_text("utf-8")))
    again = planted().answer_key
    assert again is not None
    assert set(months) == {"2022-10", "2022-11"}
    assert Counter(e["month"] for e in json.loads(again.read_text("utf-8"))) == months


def test_faults_know_no_rules() -> None:
    folder = Path(orchestration.simulation.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith(("expectations", "orchestration.judgement")), path.name
