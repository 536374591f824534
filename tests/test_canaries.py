"""The search for canaries sees into everything that the platform writes."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from canaries import Canaries, hits


def _sqlite(path: Path, text: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table runs (body blob)")
        connection.execute("insert into runs values (?)", [zlib.compress(text.encode())])
        connection.commit()


def _duckdb(path: Path, text: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table marts as select ? as note", [text])


def _parquet(path: Path, text: str) -> None:
    pq.write_table(pa.table({"address": [text]}), path, compression="zstd")


def _workbook(path: Path, text: str) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        package.writestr("xl/sharedStrings.xml", text)


_CONTAINERS = [_sqlite, _duckdb, _parquet, _workbook]


@pytest.mark.parametrize("write", _CONTAINERS)
def test_the_search_finds_a_person_in(write: Callable[[Path, str], None], tmp_path: Path) -> None:
    text = Canaries().plant("here")
    write(tmp_path / "file", text)
    assert text in {hit.text for hit in hits(tmp_path)}
    assert all(hit.file == "file" and hit.place for hit in hits(tmp_path))
