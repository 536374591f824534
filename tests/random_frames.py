"""Frames of every kind with random, often wrong, often blank text in every column."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd

from orchestration.judgement.delivery_suites import read_rows
from orchestration.reference.contracts import load_contracts

ROWS = 60
_VALUES = {
    "integer": ["0", "-3", "7", "1990", "2023", "三", "12345678901234567"],
    "decimal": ["0", "0.01", "-1.5", "120.25", "90000000", "1,2", "约"],
    "identifier": ["32050800000001", "03205080001", "GS202200001", "3.20508E+13", "同上", "12/"],
    "date": ["2022-10-31", "2022-11-01", "2020-02-29", "2022-02-29", "2021-13-01", "上旬"],
}


def random_frame(folder: Path, kind: str) -> pd.DataFrame:
    """Return the rows of a kind as rules see them; its row numbers begin at 3."""
    contract, chance = load_contracts()[kind], random.Random(kind)
    texts = {
        column.name: [
            chance.choice([None, *_VALUES.get(column.type, [*column.codes, "甲", "姑苏区"])])
            for _ in range(ROWS)
        ]
        for column in contract.columns
    }
    landing = folder / "landing.parquet"
    numbers = pd.DataFrame({"sheet": "表", "row_number": range(3, ROWS + 3)})
    pd.concat([numbers, pd.DataFrame(texts, dtype="str")], axis=1).to_parquet(landing)
    return read_rows(landing, kind)
