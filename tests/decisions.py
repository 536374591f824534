"""Ledgers of waivers and corrections from rows given by column, and a district judged by them."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from deliver import OCTOBER, Row, building, folder, workbook

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.corrections import Correction
from orchestration.judgement.district import DELIVERY, is_judged, judge_district_month
from orchestration.judgement.waivers import Waiver
from orchestration.reference.months import Month
from orchestration.reference.seeds import CORRECTIONS_SEED, WAIVERS_SEED
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement, Verdict

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


class Gusu:
    """A district's months, judged under the decisions last given."""

    def __init__(self, settings: Settings, ledger: Ledger, readers: ReaderPool) -> None:
        self.settings = replace(settings, decisions=settings.home.parent / "decisions")
        self.decide()
        self._ledger, self._readers = ledger, readers

    def decide(self, **decisions: Any) -> None:
        write_decisions(self.settings.decisions, **decisions)

    def survey(self, fifth: Row, *others: Row, month: Month = OCTOBER) -> Path:
        """Deliver 250 clean buildings but for the fifth, and others after them."""
        rows = [building(n) for n in range(1, 251) if n != 5]
        path = folder(self.settings.raw, "gusu", month) / "building_survey.xlsx"
        return workbook(path, "building_survey", [*rows, fifth, *others], month=month)

    def judge(self, month: Month = OCTOBER) -> dict[str, Judgement]:
        judged = judge_district_month(
            self.settings, self._ledger, self._readers.read, month, "gusu"
        )
        return {judgement.kind: judgement for judgement in judged.judgements}

    def is_judged(self, month: Month = OCTOBER, district_id: str = "gusu") -> bool:
        return is_judged(self.settings, self._ledger, month, district_id)

    def stored(self, judgement: Judgement, name: str) -> list[Row]:
        return pq.read_table(self.settings.home / judgement.files[name].path).to_pylist()

    def outcomes(self, judged: dict[str, Judgement], name: str) -> list[tuple[Any, ...]]:
        """Return (status, rows) of the waivers or (status, detail) of the corrections."""
        fact = "row_count" if name == "waivers" else "detail"
        return [(row["status"], row[fact]) for row in self.stored(judged[DELIVERY], name)]

    def found(self, judgement: Judgement, rule_id: str) -> list[str]:
        """Return the keys of the records that a rule complains of."""
        findings = self.stored(judgement, "findings")
        return [row["record_key"] for row in findings if row["rule_id"] == rule_id]


def verdict_of(judgement: Judgement, rule_id: str) -> Verdict:
    """Return what one rule said of a delivery."""
    return next(v for v in judgement.verdicts if v.rule_id == rule_id)
