"""Corrections: cells replaced before judgement, only where they hold the old value."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from decisions import Gusu, correction
from deliver import OCTOBER, building
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingest.landing import landing_schema
from orchestration.ingest.reading import Reading
from orchestration.judgement.corrections import Correction, correct
from orchestration.judgement.district import DELIVERY
from orchestration.reference.contracts import load_contracts
from orchestration.store.records import Arrival

ARRIVAL = Arrival(1, OCTOBER, "gusu", "building_survey", 1, "a.xlsx", "0" * 64, 1, (), "")


def test_a_correction_mends_a_quarantined_row(gusu: Gusu) -> None:
    gusu.survey(building(5, floor_area_m2=None))
    assert gusu.judge()["building_survey"].quarantined_count == 1
    gusu.decide(corrections=(correction(),))
    judged = gusu.judge()
    survey = judged["building_survey"]
    assert (survey.state, survey.quarantined_count) == ("accepted", 0)
    accepted = {r["building_id"]: r["floor_area_m2"] for r in gusu.stored(survey, "accepted")}
    assert accepted["32050800000005"] == "120.25"
    assert len(accepted) == 250
    [row] = gusu.stored(judged[DELIVERY], "corrections")
    assert (row["status"], row["detail"]) == ("applied", None)
    assert (row["file_name"], row["sheet"]) == ("building_survey.xlsx", "既有建筑排查台账")
    assert (row["row_number"], row["cell"]) == (252, "M252")


def test_landing_stays_as_delivered(gusu: Gusu) -> None:
    gusu.survey(building(5, floor_area_m2=None))
    gusu.decide(corrections=(correction(),))
    gusu.judge()
    [landing] = (gusu.settings.landing / "2022-10" / "gusu").glob("building_survey-?.parquet")
    rows = {r["building_id"]: r["floor_area_m2"] for r in pq.read_table(landing).to_pylist()}
    assert rows["32050800000005"] is None


def test_a_correction_cannot_smuggle_in_a_bad_row(gusu: Gusu) -> None:
    gusu.survey(building(5))
    gusu.decide(corrections=(correction(old_value="121.25", new_value="约120"),))
    judged = gusu.judge()
    survey = judged["building_survey"]
    [row] = gusu.stored(survey, "quarantine")
    assert (row["building_id"], row["rule_ids"]) == ("32050800000005", "BS-103")
    assert row["floor_area_m2"] == "约120"
    assert gusu.outcomes(judged, "corrections") == [("applied", None)]


@pytest.mark.parametrize(
    ("fifth", "changes", "status", "detail"),
    [
        ({"floor_area_m2": 130}, {}, "not_applied", "单元格的值既不是原值，也不是更正值"),
        ({"floor_area_m2": 120.25}, {}, "stale", "地区已改正，可删去这条更正"),
        ({}, {"record_key": "32050800009999"}, "not_applied", "报送中没有这条记录"),
        (
            {"building_id": "32050800000006"},
            {"record_key": "32050800000006"},
            "not_applied",
            "有 2",
        ),
        ({}, {"kind": "building_changes", "field": "change_type"}, "not_applied", "本月未报送"),
    ],
)
def test_a_correction_that_meets_another_value_changes_nothing(
    gusu: Gusu, fifth: dict[str, Any], changes: dict[str, Any], status: str, detail: str
) -> None:
    gusu.survey(building(5, **fifth))
    before = gusu.stored(gusu.judge()["building_survey"], "accepted")
    gusu.decide(corrections=(correction(**changes),))
    judged = gusu.judge()
    [(found, told)] = gusu.outcomes(judged, "corrections")
    assert found == status
    assert told.startswith(detail)
    assert gusu.stored(judged["building_survey"], "accepted") == before


def test_corrections_of_a_refused_delivery_are_not_applied(gusu: Gusu) -> None:
    path = gusu.survey(building(5, floor_area_m2=None))
    path.write_bytes(b"")
    gusu.decide(corrections=(correction(),))
    assert gusu.outcomes(gusu.judge(), "corrections") == [("not_applied", "报送已退回")]


def test_two_cells_of_one_record_are_corrected(gusu: Gusu) -> None:
    gusu.survey(building(5, floor_area_m2=None, use="住人"))
    use = correction(field="use", old_value="住人", new_value="居住")
    gusu.decide(corrections=(correction(), use))
    judged = gusu.judge()
    assert [status for status, _ in gusu.outcomes(judged, "corrections")] == ["applied"] * 2
    assert judged["building_survey"].quarantined_count == 0
    assert gusu.stored(judged["building_survey"], "findings") == []


CELLS = st.sampled_from([None, "1", "2"])
LEDGER_ROWS = st.lists(st.tuples(st.sampled_from("ABC"), CELLS, CELLS), max_size=6)
ASKED = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from(["floor_area_m2", "use"]),
        st.permutations(["", "1", "2"]),
    ),
    unique_by=lambda asked: asked[:2],
)


@settings(max_examples=40, deadline=None)
@given(rows=LEDGER_ROWS, asked=ASKED)
def test_corrections_touch_just_the_cells_that_hold_the_old_value(
    rows: list[tuple[str, str | None, str | None]], asked: list[tuple[str, str, list[str]]]
) -> None:
    fields = ("building_id", "floor_area_m2", "use")
    delivered = [dict(zip(fields, row, strict=True)) for row in rows]
    ledger = [
        Correction(
            **correction(record_key=key, field=field, old_value=values[0], new_value=values[1])
        )
        for key, field, values in asked
    ]
    expected, statuses = [dict(row) for row in delivered], []
    for key, field, (old, new, _) in asked:
        held = [row for row in expected if row["building_id"] == key]
        value = (held[0][field] or "") if len(held) == 1 else None
        statuses.append("applied" if value == old else "stale" if value == new else "not_applied")
        if value == old:
            held[0][field] = new or None
    with tempfile.TemporaryDirectory() as folder_name:
        landing = Path(folder_name) / "landing.parquet"
        numbered = [row | {"row_number": n} for n, row in enumerate(delivered, start=3)]
        schema = landing_schema(load_contracts()["building_survey"])
        pq.write_table(pa.Table.from_pylist(numbered, schema), landing)
        reading = Reading(kind="building_survey", file_rows=len(rows), landed_rows=len(rows))
        target = landing.with_name("corrected.parquet")
        path, outcomes = correct(ARRIVAL, reading, landing, target, ledger)
        found = pq.read_table(path)
    assert found.select(list(fields)).to_pylist() == expected
    assert found.column("row_number").to_pylist() == [row["row_number"] for row in numbered]
    assert [outcome.status for outcome in outcomes] == statuses
    assert (path == target) == ("applied" in statuses)
