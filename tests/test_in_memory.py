"""DuckDB in memory writes rows only to the folder given to it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from orchestration.formats.sql import in_memory
from orchestration.settings import PROJECT_ROOT

#: More than the memory that the test allows, and a table that DuckDB would have to put aside.
_TOO_MUCH = (
    "set memory_limit = '20MB'; set threads = 1;"
    "create table filled as select range as n, md5(range::varchar) as text from range(1000000)"
)


def test_rows_without_memory_are_an_error_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with in_memory() as connection, pytest.raises(duckdb.OutOfMemoryException):
        connection.execute(_TOO_MUCH)
    assert list(here.iterdir()) == []


def test_rows_without_memory_go_to_the_given_folder(tmp_path: Path) -> None:
    with in_memory(tmp_path / "spill") as connection:
        connection.execute(_TOO_MUCH)
        assert list((tmp_path / "spill").iterdir())


def test_no_module_opens_a_database_in_memory_otherwise() -> None:
    opens = re.compile(r"duckdb\.connect\(\s*(?:\)|\":memory:\")")
    found = {
        str(path.relative_to(PROJECT_ROOT))
        for path in (PROJECT_ROOT / "orchestration").rglob("*.py")
        if opens.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"orchestration/formats/sql.py"}
