"""The open files of a month: every open table as Parquet and CSV, their descriptor, SDMX-CSV.

They are in ``data/`` beside the bulletin and are outputs of a release like it: kept, hashed and
made again by ``--verify``. Add a format here. ``open_tables`` decides on their content,
``public_marts`` on which marts are open. The same published file and release time give the same
bytes.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pyarrow as pa

from orchestration.formats.spreadsheet_text import looks_like_formula
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.status_markers import LEGEND, STATUS_MARKER, status_marker
from orchestration.publication.database.parquet_files import parquet_bytes
from orchestration.publication.open_data.data_package import descriptor
from orchestration.publication.open_data.open_tables import (
    OpenTable,
    load_open_tables,
    with_texts,
)

#: The folder of open files beside a bulletin, and the files that describe them.
FOLDER = "data"
DESCRIPTOR = "datapackage.json"
SDMX = "rpt_district_monthly.sdmx.csv"
DISTRICT_MONTHLY = "rpt_district_monthly"


def render_open_data(
    statistics: Path, bulletin: Bulletin, released_at: datetime
) -> dict[str, bytes]:
    """Return the open files of the bulletin's month by name, each below ``data/``.

    SDMX-CSV is for exchange between offices: only releases have it, so that not every run pays for
    its library (0.6 CPU seconds).
    """
    tables = [_marked(table, bulletin) for table in load_open_tables(statistics, bulletin.month)]
    files: dict[str, bytes] = {}
    for table in tables:
        files[f"{table.name}.csv"] = csv_bytes(table.rows)
        files[f"{table.name}.parquet"] = parquet_bytes(table.rows)
    if bulletin.vintage:
        from orchestration.publication.open_data.sdmx import sdmx_csv

        files[SDMX] = sdmx_csv(bulletin)
    files[DESCRIPTOR] = descriptor(bulletin, tables, files, released_at)
    return {f"{FOLDER}/{name}": content for name, content in sorted(files.items())}


def _marked(table: OpenTable, bulletin: Bulletin) -> OpenTable:
    """Return the bulletin's table with the markers of its rows; other tables as they are."""
    if table.name != DISTRICT_MONTHLY:
        return table
    marker = {r.district_id: status_marker(r, bulletin.history.revisions) for r in bulletin.rows}
    texts = [marker[place] for place in table.rows["district_id"].to_pylist()]
    return with_texts(table, STATUS_MARKER, texts, LEGEND)


def csv_bytes(rows: pa.Table) -> bytes:
    """Return rows as CSV for people: UTF-8 with the byte order mark that spreadsheets need.

    Missing figures are empty. Text that a spreadsheet would run gets an apostrophe in front.
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(rows.column_names)
    writer.writerows(zip(*map(_texts, rows.columns), strict=True))
    return text.getvalue().encode("utf-8-sig")


def _texts(column: pa.ChunkedArray) -> list[str]:
    """Return a column's values as CSV text; most values repeat, so each is formatted once."""
    values = column.to_pylist()
    texts = {value: _text(value) for value in set(values)}
    return [texts[value] for value in values]


def _text(value: object) -> str:
    """Return a value as CSV text; raise TypeError for a type that CSV cannot express."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if looks_like_formula(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no text for {type(value).__name__} in an open file")
