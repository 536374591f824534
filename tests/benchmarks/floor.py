"""The floor: the same files through the fastest reader to Parquet to DuckDB, five aggregates.

Nothing is checked, mended, kept or published: what any platform must at least spend.
Run as ``python floor.py RAW_MONTH_FOLDER WORK_FOLDER``.
"""

from __future__ import annotations

import csv
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb
import fastexcel
import pyarrow as pa
import pyarrow.parquet as pq

LEDGER = "既有建筑排查台账"
HEAD_ROWS = 3


def read(path: Path, target: Path) -> None:
    """Write one file as a Parquet of text columns named by position."""
    if path.suffix == ".xlsx":
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
        columns = sheet.to_arrow().columns
    else:
        text = path.read_bytes()
        decoded = text.decode("utf-8-sig" if text[:3] == b"\xef\xbb\xbf" else "gb18030")
        rows = list(csv.reader(decoded.splitlines()))
        width = max(map(len, rows))
        padded = [row + [None] * (width - len(row)) for row in rows]
        columns = [pa.array(column, pa.string()) for column in zip(*padded, strict=True)]
    names = [f"c{number}" for number in range(len(columns))]
    pq.write_table(pa.table(dict(zip(names, columns, strict=True))), target)


def main() -> None:
    """Read in two processes, load the ledgers into one table, aggregate five times."""
    raw, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True)
    paths = sorted(p for p in raw.rglob("*") if p.is_file())
    targets = [work / f"{n}-{LEDGER in p.name}.parquet" for n, p in enumerate(paths)]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(read, paths, targets))
    with duckdb.connect(str(work / "floor.duckdb")) as connection:
        connection.execute(
            f"create table ledger as from read_parquet('{work}/*-True.parquet', union_by_name=true)"
        )
        for query in (
            "select c1, count(*) from ledger group by all",
            "select c1, sum(try_cast(c12 as decimal(18, 2))) from ledger group by all",
            "select c1, c6, count(*) from ledger group by all",
            "select c1, c2, c6, c7, count(*) from ledger group by all",
            "select c0, count(*) from ledger group by all having count(*) > 1",
        ):
            connection.execute(query).fetchall()


if __name__ == "__main__":
    main()
