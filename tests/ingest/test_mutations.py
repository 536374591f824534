"""Damaged files: the parent lives, every file gets an outcome, and nothing is lost in silence.

``FANGAN_MUTATIONS`` says how many (2,000 by default, ``make mutations`` 20,000),
``FANGAN_MUTATION_SEED`` which; a failure names class and number, which make it again.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from ingest.mutating import IN_PARTS, IN_TRANSIT, good_files, parts_of

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.ingest.reading import FATAL_CODES, Reading
from orchestration.reference.contracts import load_contracts

SEED = os.environ.get("FANGAN_MUTATION_SEED", "2022-10")
CLASSES = IN_TRANSIT | IN_PARTS
COUNT = max(1, int(os.environ.get("FANGAN_MUTATIONS", "2000")) // len(CLASSES))
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
#: Ends a child that hangs; many times what a file takes on a busy machine.
_SECONDS = 300.0


@dataclass(frozen=True)
class Good:
    """A good file: its bytes, its kind, and the rows that reading it lands."""

    name: str
    content: bytes
    kind: str
    rows: list[dict[str, Any]]

    @property
    def is_csv(self) -> bool:
        return self.name.endswith(".csv")


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(timeout_seconds=_SECONDS) as pool:
        yield pool


@pytest.fixture(scope="module")
def goods(pool: ReaderPool, tmp_path_factory: pytest.TempPathFactory) -> list[Good]:
    made = good_files(tmp_path_factory.mktemp("good"))
    return [
        Good(name, path.read_bytes(), kind, _read(pool, path, kind)[1])
        for name, (path, kind) in made.items()
    ]


def _read(pool: ReaderPool, path: Path, kind: str) -> tuple[Reading, list[dict[str, Any]]]:
    landing = path.with_suffix(".landing")
    reading = pool.read(path, load_contracts()[kind], landing, path.with_suffix(".notes"))
    # the sheet's name is no row's content, and may be damaged as well
    return reading, pq.read_table(landing).drop_columns(["sheet"]).to_pylist()


@pytest.mark.parametrize("name", CLASSES)
def test_damage_is_refused_reported_or_without_effect(
    name: str, pool: ReaderPool, goods: list[Good], tmp_path: Path
) -> None:
    hits: Counter[str] = Counter()
    for number in range(COUNT):
        draw = random.Random(f"{SEED} {name} {number}")
        good = draw.choice([good for good in goods if name in IN_TRANSIT or not good.is_csv])
        mutant = CLASSES[name](good.content, draw)
        path = tmp_path / "mutant"
        path.write_bytes(mutant)
        reading, rows = _read(pool, path, good.kind)
        try:
            hits[_outcome(reading, rows, good, mutant)] += 1
        except AssertionError as error:
            pytest.fail(f"{name} {number} of {good.name} (seed {SEED}): {error}")
    print(f"{name:<20} {COUNT:>6}  {dict(hits.most_common())}")
    assert hits.total() == COUNT


def _outcome(reading: Reading, rows: list[dict[str, Any]], good: Good, mutant: bytes) -> str:
    """Return what became of a mutant; raise AssertionError if it is not one of what may be."""
    assert all(problem.message and problem.remedy for problem in reading.problems)
    assert len(rows) == reading.landed_rows
    if reading.is_refused:
        assert rows == []
        fatal = [problem.code for problem in reading.problems if problem.code in FATAL_CODES]
        return f"refused: {fatal[0]}"
    if reading.problems:
        return "reported"
    lost = _lost_rows(rows, good, mutant)
    assert not lost, f"lost without a word: {lost}"
    return "as it was" if rows == good.rows else "changed where it was damaged"


def _lost_rows(rows: list[dict[str, Any]], good: Good, mutant: bytes) -> list[dict[str, Any]]:
    """Return the rows whose own bytes are whole in the mutant and that did not land as before."""
    if good.is_csv:
        landed = Counter(_values(row) for row in rows)
        whole = Counter(_values(row) for row in _whole_lines(good, mutant))
        return [dict(values) for values in whole - landed]
    landed_at = {row["row_number"]: row for row in rows}
    return [row for row in _whole_rows(good, mutant) if landed_at.get(row["row_number"]) != row]


def _values(row: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in row.items() if name != "row_number")


def _whole_lines(good: Good, mutant: bytes) -> list[dict[str, Any]]:
    """Return the rows of a csv whose lines, with their ends, stand in the mutant."""
    left = Counter(mutant.splitlines(keepends=True))
    lines = good.content.splitlines(keepends=True)
    whole = []
    for row in good.rows:
        line = lines[row["row_number"] - 1]
        if left[line]:
            left[line] -= 1
            whole.append(row)
    return whole


def _whole_rows(good: Good, mutant: bytes) -> list[dict[str, Any]]:
    """Return the rows whose XML and whose shared texts stand in the mutant.

    Damage to the zip itself leaves no part changed: all rows. Where the header was damaged,
    what its column means has changed with it, and no row is whole.
    """
    before = parts_of(good.content)
    try:
        after = parts_of(mutant)
    except Exception:
        return good.rows
    sheet, strings = (after.get(name, b"") for name in (_SHEET, _STRINGS))
    elements = _row_elements(before[_SHEET])
    header = [number for number in elements if number < good.rows[0]["row_number"]]
    texts = dict(enumerate(re.findall(rb"<si>.*?</si>", before[_STRINGS])))
    there = {
        number
        for number, text in texts.items()
        if b"</si>" + text in strings or b'">' + text in strings
    }
    whole = {
        number
        for number, element in elements.items()
        if sheet.count(element) == 1
        and {int(n) for n in re.findall(rb't="s"><v>(\d+)<', element)} <= there
    }
    return [row for row in good.rows if whole >= {row["row_number"], *header}]


def _row_elements(sheet: bytes) -> dict[int, bytes]:
    found = re.finditer(rb'<row r="(\d+)".*?</row>', sheet)
    return {int(match[1]): match[0] for match in found}
