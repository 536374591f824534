"""The cache of parsed addresses: a text is parsed once, whatever month it comes in.

Each run with new texts adds one Parquet file. The folder is named after the version of the parser
and its lists, so a change of either starts a new one. What the parts mean is ``composing``'s.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.addresses.composing import Parts, parts_of
from orchestration.addresses.parsing import parse
from orchestration.formats.sql import literal, literals
from orchestration.reference.code_version import code_version
from orchestration.store.files import replacing

_SCHEMA = pa.schema([("text", pa.string()), *((name, pa.string()) for name in Parts._fields)])
_CHUNK = 20_000
#: Below this many texts a second process costs more than it saves.
_ALONE = 10_000
_WORKERS = 2


def parser_version() -> str:
    """Return the version of everything that decides how an address is read."""
    return code_version("orchestration.addresses")[:12]


def load_parsed(
    connection: duckdb.DuckDBPyConnection, folder: Path, texts: str, *, only_these: bool
) -> int:
    """Create ``parsed`` with every text of the query ``texts``; return how many were new.

    ``texts`` selects one column of texts without nulls; ``parsed`` has ``text`` and the fields
    of ``Parts``. It is a view over all that were ever parsed or, with ``only_these``, a table:
    worth it where they are few, since each look into the view reads every file.
    """
    version = folder / parser_version()
    distinct = f"select distinct text from ({texts}) as wanted(text)"  # noqa: S608 - our own query
    connection.execute(f"create or replace temp table wanted_text as {distinct}")
    _view(connection, version)
    connection.execute(
        "create or replace temp table parsed as"
        " from every_parsed semi join wanted_text using (text)"
        if only_these
        else "create or replace temp view parsed as from every_parsed"
    )
    new = connection.sql(
        "select text from wanted_text anti join parsed using (text) order by text"
    ).to_arrow_table()["text"]
    if len(new):
        number = len(list(version.glob("*.parquet"))) if version.is_dir() else 0
        written = version / f"{number:06d}.parquet"
        with replacing(written) as temporary:
            _write(temporary, new)
        if only_these:
            connection.execute(f"insert into parsed by name from read_parquet({literal(written)})")
        else:
            _view(connection, version)
    connection.execute("drop table wanted_text")
    return len(new)


def _view(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    if files:
        query = f"from read_parquet({literals(files)})"
    else:
        columns = ", ".join(f"null::varchar as {name}" for name in _SCHEMA.names)
        query = f"select {columns} where false"
    connection.execute(f"create or replace temp view every_parsed as {query}")


def _write(path: Path, texts: pa.ChunkedArray) -> None:
    # one chunk at a time becomes Python objects: a city has millions of texts
    chunks = (texts[n : n + _CHUNK].to_pylist() for n in range(0, len(texts), _CHUNK))
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        for table in _parsed(chunks, len(texts)):
            writer.write_table(table)


def _parsed(chunks: Iterable[list[str]], count: int) -> Iterable[pa.Table]:
    if count < _ALONE:
        yield from map(parse_texts, chunks)
        return
    with multiprocessing.get_context("spawn").Pool(_WORKERS) as pool:
        yield from pool.imap(parse_texts, chunks)


def parse_texts(texts: list[str]) -> pa.Table:
    """Return the parts of each text, with the text."""
    rows = [(text, *parts_of(parse(text))) for text in texts]
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(_SCHEMA.names, map(list, columns), strict=True)), _SCHEMA)
