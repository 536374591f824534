"""What a redelivery changed, by value; every row of both versions is counted exactly once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, building, danger, delimited, folder, workbook
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from orchestration.ingest.landing import landing_schema
from orchestration.judgement.redelivery_diff import Difference, NotComparableError, compare
from orchestration.judgement.storing import place
from orchestration.reference.contracts import load_contracts
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival, Judgement, StoredFile, Version

SURVEY = load_contracts()["building_survey"]


@pytest.fixture
def redelivered(settings: Settings, ledger: Ledger, judge):
    """Deliver a kind twice, judged each time; return what the second version changed."""

    def run(kind: str, *deliveries: list[dict[str, Any]]) -> Difference:
        for rows in deliveries:
            workbook(folder(settings.raw, "gusu") / f"{kind}.xlsx", kind, rows)
            judge()
        former, present = ledger.versions(OCTOBER, "gusu", kind)
        return compare(settings, load_contracts()[kind], former, present)

    return run


def test_rows_and_fields_are_counted_by_key(redelivered) -> None:
    former = [building(n) for n in range(1, 301)]
    present = [dict(row) for row in reversed(former[2:])] + [building(n) for n in range(301, 306)]
    present[0] |= {"floor_area_m2": 99.5, "use": "商业"}
    present[1] |= {"floor_area_m2": 98.5}
    assert redelivered("building_survey", former, present) == Difference(
        added_count=5,
        removed_count=2,
        changed_count=2,
        unchanged_count=296,
        changed_by_field={"floor_area_m2": 2, "use": 1},
        released_count=0,
        kept_count=0,
        dropped_count=0,
        newly_quarantined_count=0,
    )


def test_rows_that_are_now_right_leave_quarantine(redelivered) -> None:
    former = [building(n) for n in range(1, 601)]
    for wrong in (3, 4, 5):
        former[wrong] |= {"floor_area_m2": None}
    present = [dict(row) for row in former]
    present[3] |= {"floor_area_m2": 120.25}
    present[9] |= {"floor_area_m2": -1}
    del present[5]
    found = redelivered("building_survey", former, present)
    assert (found.released_count, found.kept_count) == (1, 1)
    assert (found.dropped_count, found.newly_quarantined_count) == (1, 1)
    assert found.changed_by_field == {"floor_area_m2": 2}


def test_all_rows_of_a_refused_version_were_quarantined(redelivered) -> None:
    former = [building(1, floor_area_m2=None), *(building(n) for n in range(2, 11))]
    found = redelivered("building_survey", former, [building(n) for n in range(1, 11)])
    assert (found.released_count, found.kept_count) == (10, 0)
    assert found.changed_by_field == {"floor_area_m2": 1}


def test_a_key_of_two_columns_matches_on_both(redelivered) -> None:
    former = [danger(1), danger(1, appraisal_no=2, appraised_on="2022-10-12")]
    found = redelivered("danger_cases", former, [former[1], danger(2)])
    assert (found.added_count, found.removed_count, found.unchanged_count) == (1, 1, 1)


def test_personal_cells_are_compared_by_state_alone(redelivered) -> None:
    former = [building(n) for n in range(1, 4)]
    present = [
        building(1, owner_name="王某"),
        building(2, owner_name=None),
        building(3, owner_phone="不详"),
    ]
    found = redelivered("building_survey", former, present)
    assert found.changed_by_field == {"owner_name": 1, "owner_phone": 1}


def test_rows_that_share_a_key_are_matched_in_order(redelivered) -> None:
    former = [building(1), building(1, use="商业"), building(2)]
    found = redelivered("building_survey", former, [building(1), building(2)])
    assert (found.removed_count, found.unchanged_count, found.changed_count) == (1, 2, 0)


def test_a_version_without_rows_to_look_at_says_so(
    settings: Settings, ledger: Ledger, judge
) -> None:
    place_of = folder(settings.raw, "gusu")
    workbook(place_of / "building_survey.xlsx", "building_survey", [building(1)])
    delimited(place_of / "building_survey.csv", "building_survey", [building(1)])
    judge()
    (place_of / "building_survey.csv").unlink()
    judge()
    workbook(place_of / "building_survey.xlsx", "building_survey", [building(2)])
    judge()
    several, second, third = ledger.versions(OCTOBER, "gusu", "building_survey")
    with pytest.raises(NotComparableError, match="第 1 版没有读取结果"):
        compare(settings, SURVEY, several, second)
    assert compare(settings, SURVEY, second, third).added_count == 1
    landing = place(settings.landing, second.arrival, "")
    landing.write_bytes(landing.read_bytes()[:-1])
    with pytest.raises(NotComparableError, match="第 2 版保存的行"):
        compare(settings, SURVEY, second, third)


_KEYS = st.sampled_from([None, "a", "b", "c", "d"])
_ROW = st.tuples(_KEYS, st.sampled_from([None, "居住", "商业"]), st.booleans())
_ROWS = st.lists(_ROW, max_size=8)


def _stored(settings: Settings, number: int, rows: list[Any]) -> Version:
    """Write a landing and a quarantine as a judgement leaves them; rows are key, use, held."""
    arrival = Arrival(number, OCTOBER, "gusu", SURVEY.kind, number, "", "", 0, (), "")
    landed = [
        {"sheet": "", "row_number": n, "building_id": key, "use": use}
        for n, (key, use, _) in enumerate(rows, start=2)
    ]
    held = [row for row, (_, _, is_held) in zip(landed, rows, strict=True) if is_held]
    paths = place(settings.landing, arrival, ""), place(settings.quarantine, arrival, "")
    for path, table in zip(paths, (landed, held), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(table, landing_schema(SURVEY)), path)
    stored = StoredFile(str(paths[1].relative_to(settings.home)), sha256_of(paths[1]))
    judgement = Judgement(
        OCTOBER, "gusu", SURVEY.kind, number, "", "", None, None, None, None, None, {}, ()
    )
    judgement = replace(judgement, files={"quarantine": stored})
    return Version(arrival, None, None, sha256_of(paths[0]), judgement)


@effort(max_examples=25, deadline=None)
@given(former=_ROWS, present=_ROWS)
def test_every_row_of_both_versions_is_counted_once(former: list[Any], present: list[Any]) -> None:
    with TemporaryDirectory() as home:
        settings = Settings(raw=Path(home), home=Path(home))
        found = compare(
            settings, SURVEY, _stored(settings, 1, former), _stored(settings, 2, present)
        )
    both = found.changed_count + found.unchanged_count
    assert len(former) == found.removed_count + both
    assert len(present) == found.added_count + both
    held = [sum(is_held for *_, is_held in rows) for rows in (former, present)]
    assert held[0] == found.released_count + found.kept_count + found.dropped_count
    assert held[1] == found.kept_count + found.newly_quarantined_count
    assert found.changed_by_field.get("use", 0) == found.changed_count
    if former == present:
        assert (both, found.changed_count) == (len(former), 0)
