"""Addresses that nobody here wrote come apart into the right elements.

The table addresses.tsv holds public addresses of Suzhou, and of elsewhere (``OUT``); the README
says where they are from. The bars are the office's; a lower one is never the remedy.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from orchestration.addresses.elements import OUTSIDE
from orchestration.addresses.parsing import parse

FILE = Path(__file__).parent / "addresses.tsv"
ELEMENTS = (
    "district_id", "town", "zone", "road", "lane", "number", "estate", "building", "unit", "room"
)  # fmt: skip
WHOLE, EACH = 0.90, 0.95


def _rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


def _read(text: str) -> dict[str, str]:
    """Return the elements in the columns of the file."""
    address = parse(text)
    if address.problem == OUTSIDE:
        return dict.fromkeys(ELEMENTS, "") | {"district_id": "OUT"}
    read = dict.fromkeys(ELEMENTS, "") | {"district_id": "|".join(address.districts)}
    for element in address.elements:
        if element.kind in read and (not read[element.kind] or element.kind in ("estate", "zone")):
            read[element.kind] += element.value
    return read


def _bare(element: str, value: str) -> str:
    """Return a town without its ending: 松陵镇 is 松陵街道 today."""
    return value.removesuffix("街道").removesuffix("镇") if element == "town" else value


@pytest.fixture(scope="module")
def compared() -> list[tuple[str, dict[str, tuple[str, str]]]]:
    """Each address with, by element, what is right and what was read."""
    found = []
    for row in _rows():
        read = _read(row["address"])
        pairs = {e: (_bare(e, row[e]), _bare(e, read[e])) for e in ELEMENTS}
        found.append((row["address"], pairs))
    return found


def test_whole_addresses(compared):
    wrong = [
        f"{text}: {element} is {right!r}, read {read!r}"
        for text, pairs in compared
        for element, (right, read) in pairs.items()
        if right != read
    ]
    count = sum(all(a == b for a, b in pairs.values()) for _, pairs in compared)
    assert count / len(compared) >= WHOLE, "\n".join(wrong)


@pytest.mark.parametrize("element", ELEMENTS)
def test_each_element(compared, element):
    pairs = [pairs[element] for _, pairs in compared]
    counted = Counter(
        "right" if right == read else f"{bool(right)} {bool(read)}"
        for right, read in pairs
        if right or read
    )
    right = counted["right"]
    read = right + counted["False True"] + counted["True True"]
    there = right + counted["True False"] + counted["True True"]
    assert right >= EACH * max(read, there), counted
