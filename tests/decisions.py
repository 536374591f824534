"""Writing ledgers of waivers and corrections for a test, from rows given by column."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from orchestration.judgement.corrections import CORRECTIONS_SEED, Correction
from orchestration.judgement.waivers import WAIVERS_SEED, Waiver

BUILDING = {"district_id": "gusu", "kind": "building_survey", "record_key": "32050800000005"}


def waiver(**changes: Any) -> dict[str, Any]:
    """Return a waiver of the fifth building's storey height, October to December."""
    return {
        **BUILDING,
        "rule_id": "BS-212",
        "reason": "剧院，单层高",
        "waived_by": "王科员",
        "waived_on": "2022-11-03",
        "valid_from": "2022-10",
        "valid_until": "2022-12",
    } | changes


def correction(**changes: Any) -> dict[str, Any]:
    """Return a correction of the fifth building's floor area in October, blank to 120.25."""
    return {
        **BUILDING,
        "month": "2022-10",
        "field": "floor_area_m2",
        "old_value": "",
        "new_value": "120.25",
        "reason": "现场复核",
        "corrected_by": "王科员",
        "corrected_on": "2022-11-03",
    } | changes


def write_decisions(
    folder: Path,
    *,
    waivers: tuple[dict[str, Any], ...] = (),
    corrections: tuple[dict[str, Any], ...] = (),
) -> Path:
    """Write both seeds to ``folder``, which a test's settings name; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, model, rows in (
        (WAIVERS_SEED, Waiver, waivers),
        (CORRECTIONS_SEED, Correction, corrections),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(model.model_fields))
            writer.writeheader()
            writer.writerows(rows)
    return folder
