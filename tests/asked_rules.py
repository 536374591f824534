"""Asking one SQL rule about accepted rows, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deliver import OCTOBER, Row

from expectations.rule_files import load_rulebooks
from expectations.rulebook import Sql
from expectations.sql_rules import ask
from orchestration.judgement.cross_delivery import (
    HISTORY,
    KNOWN_BUILDINGS,
    LISTED,
    PREVIOUS,
    delivered_views,
)
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month

#: The first row of a workbook that ``deliver`` makes of a ledger.
FIRST_ROW = 3
Found = tuple[tuple[str, int | None, str], ...]

#: The kind of every SQL rule by rule id.
KIND_OF = {
    rule.id: kind
    for kind, book in load_rulebooks().items()
    for rule in book.rules
    if isinstance(rule.test, Sql)
}


@dataclass(frozen=True)
class Asked:
    """What one SQL rule is asked about, and what it finds.

    ``now`` and ``before`` are rows of the rule's own kind, ``beside`` other deliveries of this
    month. ``unusable`` are rows of this month that were quarantined, by kind; ``known`` the
    buildings that districts know. A finding is a field, a row of the file (None if the record is
    not there), a record.
    """

    rule_id: str
    says: str
    now: list[Row]
    before: list[Row] = field(default_factory=list)
    beside: dict[str, list[Row]] = field(default_factory=dict)
    unusable: dict[str, list[Row]] = field(default_factory=dict)
    known: list[tuple[str, str]] = field(default_factory=list)
    findings: Found = ()


def answer(asked: Asked, folder: Path) -> Found:
    """Return what a rule finds in Gusu's rows, or the city's for the kinds it delivers."""
    kind = KIND_OF[asked.rule_id]
    [rule] = [rule for rule in load_rulebooks()[kind].rules if rule.id == asked.rule_id]
    district_id = CITY_ID if load_contracts()[kind].delivered_by == "city" else "gusu"
    accepted = {
        name: [_accepted(folder / f"{name}.parquet", name, OCTOBER, rows)]
        for name, rows in ({kind: asked.now} | asked.beside).items()
    }
    for name, rows in asked.unusable.items():
        path = folder / f"unusable_{name}.parquet"
        accepted[LISTED + name] = [_accepted(path, name, OCTOBER, rows)]
    for name in (kind, *asked.beside):
        accepted[LISTED + name] = [*accepted.get(LISTED + name, []), *accepted[name]]
    if asked.known:
        path = folder / "known.parquet"
        rows = [{"district_id": area, "building_id": number} for area, number in asked.known]
        pq.write_table(pa.Table.from_pylist(rows), path)
        accepted[KNOWN_BUILDINGS] = [path]
    if asked.before:
        before = _accepted(folder / "before.parquet", kind, OCTOBER.previous, asked.before)
        accepted[PREVIOUS + kind] = [before]
        if load_contracts()[kind].history_months:
            accepted[HISTORY + kind] = [before]
    assert isinstance(rule.test, Sql)
    assert set(rule.test.needs) <= set(accepted)
    with delivered_views(accepted, OCTOBER, district_id) as connection:
        _, failing = ask(connection, rule)
    found = failing.astype(object).where(failing.notna(), None)
    return tuple(zip(found["field"], found["row_number"], found["record_key"], strict=True))


def _accepted(path: Path, kind: str, month: Month, rows: list[Row]) -> Path:
    """Write rows as the judgement stores them: text, with their month and source row."""
    fields = load_contracts()[kind].fields
    columns = {
        name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in fields
    }
    numbers = pa.array(range(FIRST_ROW, FIRST_ROW + len(rows)), pa.int32())
    months = pa.array([month.first_day] * len(rows), pa.date32())
    pq.write_table(pa.table({"month": months, "row_number": numbers} | columns), path)
    return path


def _text(value: object) -> str | None:
    return None if value is None else str(value)
