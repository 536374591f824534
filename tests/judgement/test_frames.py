"""The frames that rules look at: a row reads the same however its text lies in the file."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.context import identifier_column, value_column
from expectations.rule_files import load_rulebooks
from expectations.rulebook import Rule, Unique
from orchestration.ingest.landing import landing_schema
from orchestration.judgement import frames
from orchestration.judgement.frames import rows_frame
from orchestration.reference.contracts import load_contracts

#: So many that columns of these few texts come as dictionaries, and so few that none does.
ROWS, FEW = 60, 5
TEXTS = [None, "1990", "-1.50", "2022-10-31", "2022-02-30", "90000000", "约", "居住", "1990"]


def _frame(path: Path, kind: str, rows: pa.Table) -> pd.DataFrame:
    pq.write_table(rows, path)
    return rows_frame(path, load_contracts()[kind], load_rulebooks()[kind])


def _unique_columns(rule: Rule) -> tuple[str, ...]:
    return rule.test.columns if isinstance(rule.test, Unique) else ()


def _categorical(frame: pd.DataFrame) -> set[str]:
    return set(frame.select_dtypes("category").columns)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)


@pytest.mark.parametrize("kind", load_contracts())
def test_a_row_reads_the_same_whether_its_text_repeats_or_not(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_MANY_ROWS", ROWS)
    contract, chance = load_contracts()[kind], random.Random(kind)
    texts = {name: [chance.choice(TEXTS) for _ in range(ROWS)] for name in contract.fields}
    place = {"sheet": ["表"] * ROWS, "row_number": list(range(2, ROWS + 2))}
    rows = pa.table(place | texts, landing_schema(contract))
    together = _frame(tmp_path / "together.parquet", kind, rows)
    apart = [
        _frame(tmp_path / f"{n}.parquet", kind, rows.slice(n, FEW)) for n in range(0, ROWS, FEW)
    ]
    unique = {name for rule in load_rulebooks()[kind].rules for name in _unique_columns(rule)}
    identifiers = {identifier_column(c.name) for c in contract.columns if c.pattern} & {
        identifier_column(name) for name in unique
    }
    assert _categorical(together) == {"sheet", *contract.fields, *identifiers}
    assert {name for frame in apart for name in _categorical(frame)} == set()
    whole = _plain(together)
    pd.testing.assert_frame_equal(whole, pd.concat(map(_plain, apart)))
    for name in contract.fields:
        assert whole[name].tolist() == texts[name]


@pytest.mark.parametrize(
    "beside", ["1", "", "12,5", "1_000", "0x10", " 5", "１２", "约100", "二〇〇一", "2022-10-31"]
)
def test_a_number_reads_the_same_whatever_stands_beside_it(beside: str, tmp_path: Path) -> None:
    spelt = ["0.1", "128303.44", "-0.5", "7183.70", None]
    unread = ["1e3", ".5", "123456789012345.67", "inf", "nan", " 12", "1\n", "١٢"]
    contract = load_contracts()["building_survey"]
    values = [*spelt, *unread, beside]
    rows = {name: pa.nulls(len(values), pa.string()) for name in contract.fields}
    rows |= {"sheet": pa.repeat("表", len(values)), "row_number": pa.array(range(len(values)))}
    rows |= {"floor_area_m2": pa.array(values)}
    schema = landing_schema(contract)
    table = pa.table([rows[name] for name in schema.names], schema.names).cast(schema)
    frame = _frame(tmp_path / "rows.parquet", "building_survey", table)
    read = frame[value_column("floor_area_m2")]
    assert read.dtype == "float64"
    wanted = [float(text) if text else float("nan") for text in spelt]
    wanted += [float("nan")] * len(unread)
    np.testing.assert_array_equal(read[: len(wanted)], wanted)
