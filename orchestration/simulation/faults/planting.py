"""Planting the catalogue's faults in a month's drafts, and the answer key to them.

Chooses for each fault a row of its home district that suits, that no other fault has touched and
that no other ledger refers to. The key also lists what follows from a fault elsewhere, such as a
report that no longer agrees with a ledger of which a row cannot be counted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.reference.contracts import Contract
from orchestration.reference.kinds import (
    ALTERATION_CASES,
    BUILDING_CHANGES,
    BUILDING_SURVEY,
    DANGER_CASES,
    MONTHLY_REPORT,
)
from orchestration.reference.months import Month
from orchestration.simulation.drafts import Draft
from orchestration.simulation.draws import Draws
from orchestration.simulation.faults.cells import CHANGES
from orchestration.simulation.faults.fault_files import WRITERS, load_faults
from orchestration.simulation.faults.form import CellFault, DraftFault, Setting, Spot, last_row
from orchestration.simulation.lives import FIRST_MONTH

ANSWER_KEY = "answer_key.json"
#: A delivery of which more is unusable is refused whole; a small city gets fewer faults instead.
_MAX_UNUSABLE = 0.01
_REFERRING = (
    (ALTERATION_CASES, "building_id"),
    (DANGER_CASES, "building_id"),
    (BUILDING_CHANGES, "old_building_id"),
    (BUILDING_CHANGES, "new_building_id"),
)
_COUNTED = ("surveyed_building_count", "surveyed_floor_area_10k_m2")
Entry = dict[str, Any]


def plant(
    drafts: dict[str, Draft], draws: Draws, before: Callable[[], dict[str, Draft]]
) -> list[Entry]:
    """Plant the faults at home in one area's drafts; return their entries of the answer key.

    ``before`` gives the area's drafts of last month, without faults. A fault that finds no
    suiting row, or would make too large a share of a file unusable, is left out.
    """
    if not drafts:
        return []
    area_id = next(iter(drafts.values())).area_id
    setting = Setting(drafts, before)
    unusable: Counter[str] = Counter()
    used: dict[str, set[str]] = {}
    entries = []
    for fault in load_faults():
        if fault.district != area_id or fault.kind not in drafts:
            continue
        draft = drafts[fault.kind]
        if not _is_possible(fault, draft, unusable):
            continue
        spot = _plant(fault, draft, setting, draws, used)
        if spot is not None:
            unusable[fault.kind] += fault.unusable_rows
            entries.append(_entry(fault, spot, draft, setting))
    return entries


def _plant(
    fault: CellFault | DraftFault,
    draft: Draft,
    setting: Setting,
    draws: Draws,
    used: dict[str, set[str]],
) -> Spot | None:
    """Plant one fault; ``used`` has, by kind, the keys that no other may touch."""
    if isinstance(fault, DraftFault):
        return WRITERS[fault.plant](draft, setting, **fault.options)
    if fault.kind not in used:
        used[fault.kind] = _referred_to(fault.kind, setting)
    return _plant_cells(fault, draft, draws, used[fault.kind])


def _is_possible(fault: CellFault | DraftFault, draft: Draft, unusable: Counter[str]) -> bool:
    if fault.scope == "cross_month" and draft.month == FIRST_MONTH:
        return False
    rows = fault.unusable_rows
    return rows == 0 or unusable[fault.kind] + rows <= draft.row_count * _MAX_UNUSABLE


def _referred_to(kind: str, setting: Setting) -> set[str]:
    """Return the keys of a kind that other ledgers refer to."""
    if kind != BUILDING_SURVEY:
        return set()
    drafts = setting.drafts
    return {
        key
        for name, field in _REFERRING
        if name in drafts and field in drafts[name].table.column_names
        for key in drafts[name].table[field].to_pylist()
        if key is not None
    }


def _plant_cells(fault: CellFault, draft: Draft, draws: Draws, used: set[str]) -> Spot | None:
    """Overwrite the cells of the first row, in a shuffled order, that suits and is free."""
    suiting = fault.suiting(draft.table)
    change = CHANGES[fault.change] if fault.change else fault.new_cells
    for choice in draws.order(f"fault/{fault.id}/{draft.month}", len(suiting)):
        position = int(suiting[choice])
        row = draft.table.slice(position, 1).to_pylist()[0]
        key = record_key(row, draft.contract)
        changes = None if key in used else change(row, draft.month)
        if changes is None:
            continue
        used.add(key)
        draft.overrides |= {(position, name): value for name, value in changes.items()}
        return Spot(
            draft.first_row + position,
            fault.shows_in,
            key,
            tuple(changes),
            lost=(key,) if set(changes) & set(draft.contract.key) else (),
        )
    return None


def record_key(row: dict[str, Any], contract: Contract) -> str:
    """Return the key of a row as one text."""
    return " ".join(str(row.get(name) or "") for name in contract.key).strip()


def _entry(fault: CellFault | DraftFault, spot: Spot, draft: Draft, setting: Setting) -> Entry:
    return {
        "fault": fault.id,
        "scope": fault.scope,
        "what": fault.what,
        "month": str(draft.month),
        "district_id": draft.area_id,
        "kind": fault.kind,
        "file": str(draft.path(Path())),
        "row": spot.row,
        "field": spot.field,
        "record_key": spot.record_key,
        "changed": list(spot.changed),
        "lost": list(spot.lost),
        "consequences": _consequences(fault, spot, draft, setting),
    }


def _consequences(
    fault: CellFault | DraftFault, spot: Spot, draft: Draft, setting: Setting
) -> list[Entry]:
    """Return where else a fault shows: its own file, the report, the comparison with last month."""
    found = [_place(fault.kind, row, field, key) for row, field, key in spot.also]
    found += [_place(*place) for place in spot.elsewhere]
    if fault.kind != BUILDING_SURVEY:
        return found
    if spot.lost and draft.month > FIRST_MONTH:
        missed = set(spot.lost) & _known_before(setting)
        found += [_place(fault.kind, None, "building_id", key) for key in sorted(missed)]
    if fault.unusable_rows and _is_counted(spot, draft) and MONTHLY_REPORT in setting.drafts:
        row = last_row(setting.drafts[MONTHLY_REPORT])
        found += [_place(MONTHLY_REPORT, row, field, None) for field in _COUNTED]
    return found


def _known_before(setting: Setting) -> set[str]:
    """Return the building numbers of last month's ledger."""
    return set(setting.before()[BUILDING_SURVEY].table["building_id"].to_pylist())


def _is_counted(spot: Spot, draft: Draft) -> bool:
    """Whether the row was counted before it became unusable."""
    assert spot.row is not None
    return bool(draft.table["survey_status"][spot.row - draft.first_row].as_py() == "已排查")


def _place(kind: str, row: int | None, field: str, key: str | None) -> Entry:
    return {"kind": kind, "row": row, "field": field, "record_key": key}


def add_city_consequences(entries: list[Entry], of_city: Iterable[Draft]) -> None:
    """Add to the entries where the city names a building that a district's ledger lost."""
    for draft in of_city:
        if "building_id" not in draft.table.column_names:
            continue
        named = draft.table["building_id"]
        for entry in entries:
            if entry["kind"] != BUILDING_SURVEY or not entry["lost"]:
                continue
            is_named = pc.is_in(named, pa.array(entry["lost"], named.type))
            if "valid_to" in draft.table.column_names:
                is_named = pc.and_(is_named, pc.is_null(draft.table["valid_to"]))
            entry["consequences"] += [
                _place(draft.kind, draft.first_row + position, "building_id", None)
                | {"district_id": draft.area_id}
                for position in pc.indices_nonzero(is_named).to_pylist()
            ]


def write_answer_key(out: Path, month: Month, entries: list[Entry]) -> Path:
    """Write the answer key below ``out``, keeping the entries of other months; return its path."""
    path = out / ANSWER_KEY
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    others = [entry for entry in kept if entry["month"] != str(month)]
    content = json.dumps([*others, *entries], ensure_ascii=False, indent=1)
    path.write_text(content + "\n", encoding="utf-8")
    return path
