from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deliver import building, delimited
from ingest.builders import FLAT_HEADER, GUSU, report, table

from orchestration.ingest import reader_pool
from orchestration.ingest.reader_pool import ReaderPool, read_delivery
from orchestration.ingest.reading import FATAL_CODES, NOTED_CODES, ReaderError
from orchestration.reference.contracts import load_contracts
from orchestration.settings import PROJECT_ROOT


def test_child_lands_what_the_file_holds(readers, monthly, tmp_path):
    landing, notes = tmp_path / "new" / "landing.parquet", tmp_path / "new" / "notes.parquet"
    reading = readers.read(report(tmp_path / "a.xlsx"), monthly, landing, notes)
    assert reading.landed_rows == 1
    assert pq.read_table(landing)["completed_count"].to_pylist() == [str(GUSU[-1])]
    assert pq.read_table(notes).num_rows == 0


def test_a_killer_file_costs_only_itself(monthly, tmp_path):
    killer = table(tmp_path / "b.xlsx", [FLAT_HEADER], extra=_far_column_of_numbers)
    landing, notes = tmp_path / "landing.parquet", tmp_path / "notes.parquet"
    with ReaderPool(memory_bytes=450 << 20) as pool:
        reading = pool.read(killer, monthly, landing, notes)
        assert [problem.code for problem in reading.problems] == ["reader_died"]
        assert pq.read_table(landing).num_rows == 0
        good = report(tmp_path / "a.xlsx")
        assert pool.read(good, monthly, landing, notes).landed_rows == 1


def _far_column_of_numbers(book, sheet):
    """As many empty cells as the pre-scan lets pass, which the fast reader will allocate.

    The texts make the workbook too large to be read element by element.
    """
    for row in range(600):
        sheet.write_number(row, 16_000, row)
        sheet.write_string(row, 15_999, f"{row}" * 400)


def test_a_child_that_does_not_answer_is_killed(monthly, tmp_path):
    good = report(tmp_path / "a.xlsx")
    with ReaderPool(timeout_seconds=0.001) as pool:
        reading = pool.read(good, monthly, tmp_path / "l.parquet", tmp_path / "n.parquet")
    assert [problem.code for problem in reading.problems] == ["reader_timeout"]
    assert reading.is_refused


def test_too_little_memory_is_a_death_with_a_reason(monthly, tmp_path):
    good = report(tmp_path / "a.xlsx")
    with ReaderPool(memory_bytes=50 << 20) as pool:
        reading = pool.read(good, monthly, tmp_path / "l.parquet", tmp_path / "n.parquet")
    assert [problem.code for problem in reading.problems] == ["reader_died"]


def test_too_many_rows_are_told_with_what_helps(monthly, tmp_path, monkeypatch):
    monkeypatch.setattr(reader_pool, "_MANY_ROWS", 600)
    killer = table(tmp_path / "b.xlsx", [FLAT_HEADER], extra=_far_column_of_numbers)
    with ReaderPool(memory_bytes=450 << 20) as pool:
        reading = pool.read(killer, monthly, tmp_path / "l.parquet", tmp_path / "n.parquet")
    [problem] = reading.problems
    assert problem.code == "reader_died"
    assert "表格有 600 行" in problem.message
    assert "700,000 行" in problem.message
    assert "CSV UTF-8" in problem.remedy
    assert "第1部分共2" in problem.remedy


def test_a_csv_of_too_many_rows_is_to_be_parted(tmp_path, monkeypatch):
    monkeypatch.setattr(reader_pool, "_MANY_ROWS", 600)
    rows = [building(n, address=f"{n}" * 30_000) for n in range(1, 1001)]
    path = delimited(tmp_path / "a.csv", "building_survey", rows)
    contract = load_contracts()["building_survey"]
    with ReaderPool(memory_bytes=300 << 20) as pool:
        reading = pool.read(path, contract, tmp_path / "l.parquet", tmp_path / "n.parquet")
    [problem] = reading.problems
    assert problem.code == "reader_died"
    assert "表格有 1,001 行" in problem.message
    assert "csv 一般只能读到约 2,000,000 行" in problem.message
    assert "CSV" not in problem.remedy
    assert "第1部分共2" in problem.remedy


def test_a_child_killed_while_idle_costs_no_file(monthly, tmp_path):
    good = report(tmp_path / "a.xlsx")
    places = (tmp_path / "l.parquet", tmp_path / "n.parquet")
    with ReaderPool() as pool:
        assert pool.read(good, monthly, *places).landed_rows == 1
        process = pool._children[0]._process
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert pool.read(good, monthly, *places).landed_rows == 1


def test_a_child_does_without_pandas(monthly, tmp_path):
    """Arrow would load it, which takes a third of a second."""
    good = report(tmp_path / "a.xlsx")
    with ReaderPool() as pool:
        assert pool.read(good, monthly, tmp_path / "l.parquet", tmp_path / "n.parquet").landed_rows
        mapped = Path(f"/proc/{pool._children[0]._process.pid}/maps").read_text()
    assert "/pyarrow/" in mapped
    assert "/pandas/" not in mapped


def test_our_own_fault_is_raised_with_its_place_and_no_value(readers, monthly, tmp_path):
    good = report(tmp_path / "a.xlsx")
    blocked = tmp_path / "a.xlsx" / "landing.parquet"
    with pytest.raises(ReaderError, match=r"a\.xlsx: \w+Error at .*files\.py:\d+"):
        readers.read(good, monthly, blocked, tmp_path / "n.parquet")
    assert readers.read(good, monthly, tmp_path / "l", tmp_path / "n").landed_rows == 1


def test_a_missing_file_is_no_delivery(readers, monthly, tmp_path):
    with pytest.raises(FileNotFoundError):
        readers.read(tmp_path / "none.xlsx", monthly, tmp_path / "l", tmp_path / "n")


def test_threads_share_one_child(readers, monthly, tmp_path):
    paths = [report(tmp_path / f"{n}.xlsx", [(*GUSU[:6], n)]) for n in range(4)]

    def completed(path):
        landing = path.with_suffix(".parquet")
        readers.read(path, monthly, landing, path.with_suffix(".notes"))
        return pq.read_table(landing)["completed_count"][0].as_py()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(completed, paths)) == ["0", "1", "2", "3"]


def test_a_single_file_needs_no_pool(monthly, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"")
    reading = read_delivery(path, monthly, tmp_path / "l.parquet", tmp_path / "n.parquet")
    assert [problem.code for problem in reading.problems] == ["empty_file"]


def test_the_child_imports_nothing_heavy():
    program = (
        "import sys, orchestration.ingest.reader.child;"
        "print(sorted({'dagster', 'great_expectations', 'pandas', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_fatal_and_noted_codes_do_not_overlap():
    assert not set(FATAL_CODES) & set(NOTED_CODES)
