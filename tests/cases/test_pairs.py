"""Two addresses are joined if they are one place, and never if they are two.

``pairs.tsv``: a code's address, a plate's, whether they are one place. A pair that a person would
join is matched or lies before a clerk.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from matching_registers import code, match, plate

from orchestration.addresses.composing import parts_of
from orchestration.addresses.parsing import parse
from orchestration.reference.districts import load_districts

FILE = Path(__file__).parent / "pairs.tsv"
OPEN = ("pending_review", "multi_candidate")


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


@pytest.fixture(scope="module")
def outcomes(pairs, tmp_path_factory):
    """The outcome of each pair's code, with its plate's code."""
    cache = tmp_path_factory.mktemp("parsed")
    found = {}
    for batch in _batches(pairs):
        codes = [
            code(f"C{n}", pairs[n]["code_address"], district=_district(pairs[n])) for n in batch
        ]
        plates = {pairs[n]["plate_address"]: n for n in batch}
        listed = [
            plate(f"P{n}", address, district=_district(pairs[n])) for address, n in plates.items()
        ]
        rows = match(codes, listed, cache)
        found |= {n: (rows[f"C{n}"], f"P{plates[pairs[n]['plate_address']]}") for n in batch}
    return [found[n] for n in range(len(pairs))]


def _district(row: dict[str, str]) -> str:
    names = {district.district_id: district.district_name for district in load_districts()}
    (district,) = parse(row["plate_address"]).districts
    return names[district]


def _batches(pairs: list[dict[str, str]]) -> list[list[int]]:
    """Return the pairs' numbers so that no two plates of a batch share a door or a building."""
    taken: list[dict[tuple[str, str], str]] = []
    numbers: list[list[int]] = []
    for n, row in enumerate(pairs):
        address = row["plate_address"]
        parts = parts_of(parse(address))
        keys = {(parts.road, parts.door.rstrip("甲乙AB")), (parts.estate, parts.building)}
        keys = {key for key in keys if all(key)} or {(address, "")}
        fits = [all(known.get(key, address) == address for key in keys) for known in taken]
        if True not in fits:
            fits.append(True)
            taken.append({})
            numbers.append([])
        taken[fits.index(True)].update(dict.fromkeys(keys, address))
        numbers[fits.index(True)].append(n)
    return numbers


def test_two_places_are_never_joined(pairs, outcomes):
    joined = [
        (row["code_address"], row["plate_address"], outcome["reason"])
        for row, (outcome, own) in zip(pairs, outcomes, strict=True)
        if row["same_place"] == "0"
        and outcome["outcome"].startswith("matched")
        and outcome["doorplate_code"] == own
    ]
    assert joined == []


def test_one_place_is_joined_or_lies_before_a_clerk(pairs, outcomes):
    same = [
        (row, outcome, own)
        for row, (outcome, own) in zip(pairs, outcomes, strict=True)
        if row["same_place"] == "1"
    ]
    lost = [
        (row["code_address"], row["plate_address"], outcome["outcome"], outcome["reason"])
        for row, outcome, own in same
        if outcome["doorplate_code"] != own or not outcome["outcome"].startswith(("matched", *OPEN))
    ]
    matched = sum(outcome["outcome"].startswith("matched") for _, outcome, _ in same)
    assert lost == []
    assert matched >= 0.9 * len(same), f"{matched} of {len(same)} are matched"
