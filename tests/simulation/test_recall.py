"""Every planted fault is found at its cell by its rules, and nothing else is reported.

The rules are asked about a month with faults after a clean one.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq
import pytest
from planted_faults import CONSEQUENCES, FOUND_BY

from expectations.rule_files import load_rulebooks
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.simulation.city import LARGE_KINDS, simulate
from orchestration.simulation.faults.fault_files import load_faults
from orchestration.store.ledger import Ledger

BEFORE, MONTH = Month(2022, 10), Month(2022, 11)


@dataclass(frozen=True)
class Place:
    """Where something is wrong; the key tells records apart that stand in no row."""

    district_id: str
    kind: str
    row: int | None
    field: str | None
    record_key: str | None


Findings = set[tuple[str, Place]]


def _judge(settings: Settings, readers: ReaderPool) -> tuple[list[dict[str, Any]], Findings]:
    """Judge both months; return the answer key and what was found in the second."""
    ledger = Ledger(settings.ledger)
    found: Findings = set()
    for month in (BEFORE, MONTH):
        for district_id in district_ids():
            # the city comes last: it looks at the districts' buildings
            judged = judge_district_month(settings, ledger, readers.read, month, district_id)
            for judgement in judged.judgements:
                assert "error" not in {verdict.outcome for verdict in judgement.verdicts}
                file = judgement.files.get("findings")
                rows = pq.read_table(settings.home / file.path).to_pylist() if file else []
                assert month == MONTH or not rows
                found |= {(row["rule_id"], _place_of(row)) for row in rows}
    key = json.loads((settings.raw / "answer_key.json").read_text("utf-8"))
    return key, found


def _place_of(row: dict[str, Any]) -> Place:
    if row["rule_id"] in _WHOLE_FILE:
        return Place(row["district_id"], row["kind"], None, None, None)
    key = row["record_key"] if row["row_number"] is None else None
    return Place(row["district_id"], row["kind"], row["row_number"], row["field"], key)


def _expected(entry: dict[str, Any]) -> Findings:
    """Return what must be found of an entry of the answer key."""
    rules = FOUND_BY[entry["fault"]]
    return {(rule, _place(entry, entry)) for rule in rules}


def _place(entry: dict[str, Any], at: dict[str, Any]) -> Place:
    area = at.get("district_id", entry["district_id"])
    if at.get("scope") == "file":
        return Place(area, at["kind"], None, None, None)
    key = at["record_key"] if at["row"] is None else None
    return Place(area, at["kind"], at["row"], at["field"], key)


_REFUSING = {
    rule.id
    for book in load_rulebooks().values()
    for rule in book.rules
    if rule.severity == "refuse"
}
#: These report a file as a whole, whatever cell they name.
_WHOLE_FILE = {
    rule for fault in load_faults() if fault.scope == "file" for rule in FOUND_BY[fault.id]
}


def _compare(key: list[dict[str, Any]], found: Findings) -> None:
    """Hold findings against the answer key, rule by rule."""
    expected = set().union(*(_expected(entry) for entry in key))
    following = {_place(entry, place) for entry in key for place in entry["consequences"]}
    missed, extra = expected - found, found - expected
    extra -= {(rule, place) for rule, place in extra if place in following}
    table = _table(expected, missed, extra)
    assert not missed, f"missed {missed}\n{table}"
    assert not extra, f"not planted {extra}\n{table}"
    # what is refused is compared with nothing
    refused = {(p.district_id, p.kind) for rule, p in expected if rule in _REFUSING}
    following = {p for p in following if (p.district_id, p.kind) not in refused}
    silent = following - {place for rule, place in found if rule in CONSEQUENCES}
    assert not silent, f"consequences that were not found: {silent}\n{table}"


def _table(expected: Findings, missed: Findings, extra: Findings) -> str:
    planted, lost, wrong = (
        Counter(rule for rule, _ in findings) for findings in (expected, missed, extra)
    )
    lines = [
        f"{rule}  found {planted[rule] - lost[rule]} of {planted[rule]}, not planted {wrong[rule]}"
        for rule in sorted(planted | wrong)
    ]
    return "\n".join(lines)


def test_the_table_names_every_fault_of_the_catalogue() -> None:
    assert set(FOUND_BY) == {fault.id for fault in load_faults()}


def test_recall_and_precision_in_a_small_city(settings: Settings, readers: ReaderPool) -> None:
    simulate(BEFORE, settings.raw, scale=0.02, codes=4000)
    simulate(MONTH, settings.raw, scale=0.02, codes=4000, faults=True)
    key, found = _judge(settings, readers)
    assert len(key) >= 80
    _compare(key, found)


@pytest.mark.slow
def test_recall_and_precision_in_the_whole_city(settings: Settings, readers: ReaderPool) -> None:
    """All kinds but the two registers that are made on request: the small city has them."""
    simulate(BEFORE, settings.raw)
    simulate(MONTH, settings.raw, faults=True)
    key, found = _judge(settings, readers)
    ledgers = {fault.id for fault in load_faults() if fault.kind not in LARGE_KINDS}
    assert {entry["fault"] for entry in key} == ledgers
    _compare(key, found)
