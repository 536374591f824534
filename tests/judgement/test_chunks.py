"""A large delivery is judged a few rows at a time, and comes to what all at once come to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, building, delimited

from expectations.rule_files import load_rulebooks
from orchestration.ingest.deliveries import kind_of
from orchestration.ingest.reader.pipeline import read_file
from orchestration.ingest.reading import Reading
from orchestration.judgement.chunks import asking
from orchestration.judgement.reference import rule_context
from orchestration.judgement.storing import store_rows
from orchestration.judgement.waivers import Waiver
from orchestration.judgement.within_delivery import DeliveryJudgement, judge_delivery
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import find_district
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.simulation.city import simulate
from orchestration.store.records import Arrival, DeliveredFile

SURVEY = "building_survey"


def _read(path: Path, folder: Path, kind: str) -> tuple[Path, Reading]:
    landing = folder / f"{path.stem}.parquet"
    return landing, read_file(path, load_contracts()[kind], landing, folder / "notes.parquet")


def _judged(
    landing: Path, reading: Reading, place: tuple[Month, str], waivers: tuple[Waiver, ...] = ()
) -> DeliveryJudgement:
    contract = load_contracts()[reading.kind]
    context = rule_context(contract, *place, reading.as_at)
    book = load_rulebooks()[reading.kind]
    return judge_delivery(landing, reading, contract, book, context, waivers)


def _assert_same(one: DeliveryJudgement, other: DeliveryJudgement) -> None:
    assert one.state == other.state
    assert one.verdicts == other.verdicts
    assert list(one.quarantined_by) == list(other.quarantined_by)
    assert (one.passed, one.figures) == (other.passed, other.figures)
    marked = ({n: list(m) for n, m in judged.unreadable.items()} for judged in (one, other))
    assert next(marked) == next(marked)
    texts = (judged.findings.astype(object) for judged in (one, other))
    pd.testing.assert_frame_equal(next(texts), next(texts))


def _width(kind: str) -> int:
    return len(load_contracts()[kind].columns)


def _faulty() -> list[dict[str, object]]:
    rows = [building(n) for n in range(1, 25)]
    rows[3] |= {"floor_area_m2": "很大", "built_year": 1800}
    rows[9] |= {"use": "住人"}
    rows[10] |= {"building_id": rows[2]["building_id"]}
    rows[11] |= {"floor_area_m2": None, "height_m": 90}
    rows[22] |= {"surveyed_on": "2022-11-02", "building_id": rows[2]["building_id"]}
    rows[23] |= {"height_m": 90, "use": "住人"}
    return rows


@pytest.mark.parametrize("rows_at_once", [1, 7, 23])
def test_some_rows_at_a_time_come_to_what_all_come_to(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    path = delimited(tmp_path / "排查台账.csv", SURVEY, _faulty())
    landing, reading = _read(path, tmp_path, SURVEY)
    waiver = Waiver(
        district_id="gusu", kind=SURVEY, record_key="32050800000024", rule_id="BS-212",
        reason="剧院", waived_by="王科员", waived_on="2022-11-03",
        valid_from="2022-10", valid_until="2022-12",
    )  # fmt: skip
    whole = _judged(landing, reading, (OCTOBER, "gusu"), (waiver,))
    part = DeliveredFile(path.name, "0")
    sent = Arrival(1, OCTOBER, "gusu", SURVEY, 1, path.name, "0", 1, (part,), "")
    # as it would be if so many were not too many
    by = np.array([ids.removesuffix("ST-020").rstrip(",") for ids in whole.quarantined_by], object)
    unreadable = {"built_year": by != "", "height_m": by == ""}
    state = "accepted_with_quarantine"
    passing = replace(whole, state=state, quarantined_by=by, unreadable=unreadable)
    expected = store_rows(settings, sent, landing, passing)
    stored = {name: pq.read_table(settings.home / f.path) for name, f in expected.files.items()}
    monkeypatch.setattr(asking, "CELLS_AT_ONCE", rows_at_once * _width(SURVEY))
    _assert_same(_judged(landing, reading, (OCTOBER, "gusu"), (waiver,)), whole)
    found = store_rows(settings, sent, landing, passing)
    assert (found.accepted_count, found.quarantined_count) == (
        expected.accepted_count,
        expected.quarantined_count,
    )
    assert found.accepted_count
    assert found.quarantined_count
    for name, file in found.files.items():
        assert pq.read_table(settings.home / file.path).equals(stored[name]), name
    refused = store_rows(settings, sent, landing, whole)
    assert (whole.state, refused.quarantined_count) == ("refused", len(whole.quarantined_by))


def test_the_faulty_city_is_judged_alike_in_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = simulate(OCTOBER, tmp_path / "raw", scale=0.001, faults=True)
    compared = 0
    for path in made.paths:
        kind = kind_of(path.name)
        landing, reading = _read(path, tmp_path, kind or "")
        place_of = (OCTOBER, find_district(path.parent.name) or "")
        if reading.landed_rows < 9:
            continue
        with monkeypatch.context() as patch:
            whole = _judged(landing, reading, place_of)
            half = reading.landed_rows // 2
            patch.setattr(asking, "CELLS_AT_ONCE", half * _width(reading.kind))
            _assert_same(_judged(landing, reading, place_of), whole)
        compared += 1
    assert compared > 10
