from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.builders import FLAT_HEADER, table

from orchestration.ingest.reader.pipeline import read_file
from orchestration.ingest.reading import ConservationError, Itemised, Reading
from orchestration.reference.contracts import load_contracts

MEASURE = st.one_of(
    st.integers(-9, 10**6), st.sampled_from(["１２", "1,234", "—", "约五", "", " "])
)
DATA = st.tuples(st.sampled_from(["姑苏区", "平江街道", "A"]), *[MEASURE] * 6)
OTHER = st.sampled_from(
    [
        (),
        ("\u3000",),
        ("合计", 1, 1, 1, 1, 1, 1),
        ("小 计", 1),
        ("填报人：张三",),
        ("注：说明",),
        ("2.续",),
        (None, None, None, 5),
    ]
)
TITLES = st.lists(st.sampled_from([(), ("2022年10月",), ("单位：万平方米",)]), max_size=3)


@settings(max_examples=60, deadline=None)
@given(titles=TITLES, body=st.lists(st.one_of(DATA, OTHER), max_size=12))
def test_every_row_has_one_place(titles, body):
    with TemporaryDirectory() as folder:
        path, landing = Path(folder) / "a.xlsx", Path(folder) / "l.parquet"
        table(path, [*titles, FLAT_HEADER, *body])
        reading = read_file(
            path, load_contracts()["monthly_report"], landing, Path(folder) / "n.parquet"
        )
        landed = pq.read_table(landing)
    places = landed["row_number"].to_pylist()
    for item in reading.itemised:
        places += range(item.row, item.row + item.count)
    assert sorted(places) == list(range(1, reading.file_rows + 1))
    assert reading.landed_rows == landed.num_rows
    for total in reading.totals:
        if total.label != "小计":
            numbers = [_number(text) for text in landed[total.field].to_pylist()]
            assert Decimal(total.sum) == sum(n for n in numbers if n is not None)


def _number(text):
    return Decimal(text) if text and text.lstrip("-").isascii() else None


def test_a_reading_that_loses_a_row_cannot_be_made():
    with pytest.raises(ConservationError, match="3 rows in the file, 1 landed and 1 itemised"):
        Reading(
            kind="monthly_report",
            file_rows=3,
            landed_rows=1,
            itemised=[Itemised("", 1, "header", "")],
        )
