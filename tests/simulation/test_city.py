"""A simulated month: what is written, that it is marked, and that months continue one another."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest.deliveries import kind_of
from orchestration.reference.districts import reporting_districts
from orchestration.reference.months import Month
from orchestration.sampling.draw import FrameRow, draw
from orchestration.simulation import candidates
from orchestration.simulation.buildings import District
from orchestration.simulation.candidates import FIRST_INSPECTION, candidates_of, joined
from orchestration.simulation.city import Simulated, simulate
from orchestration.simulation.figures import scaled
from orchestration.simulation.files import layouts
from orchestration.simulation.inspection import _closest, inspection_rows

SCALE = 0.002
OCTOBER, NOVEMBER = Month(2022, 10), Month(2022, 11)
Read = Callable[[Path], pa.Table]
City = tuple[Path, dict[Month, Simulated]]


def _rows(city: City, landed: Read, month: Month, code: str, kind: str) -> list[dict[str, str]]:
    [path] = [p for p in (city[0] / str(month) / code).iterdir() if kind_of(p.name) == kind]
    return landed(path).to_pylist()


def test_the_calibrated_month_reports_the_scaled_figures(city: City) -> None:
    assert city[1][OCTOBER].figures == scaled(SCALE)


def test_every_file_has_a_known_kind_and_says_that_it_is_simulated(city: City) -> None:
    for path in city[1][OCTOBER].paths:
        assert kind_of(path.name), path.name
        assert "模拟" in path.name
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                assert "模拟数据 simulated" in archive.read("docProps/core.xml").decode()
        else:
            encoding = "gb18030" if "姑苏" in path.name else "utf-8-sig"
            assert "模拟数据 simulated" in path.read_text(encoding).splitlines()[-1]


def test_every_district_delivers_its_ledgers(city: City) -> None:
    for district in reporting_districts(OCTOBER):
        folder = city[0] / str(OCTOBER) / district.district_code
        kinds = {kind_of(path.name) for path in folder.iterdir()}
        assert {"monthly_report", "building_survey", "alteration_cases"} <= kinds


def test_the_same_city_has_the_same_bytes(tmp_path: Path, city: City) -> None:
    again = simulate(NOVEMBER, tmp_path, scale=SCALE)
    for path in again.paths:
        assert path.read_bytes() == (city[0] / path.relative_to(tmp_path)).read_bytes(), path.name


def test_another_seed_is_another_city(tmp_path: Path, city: City) -> None:
    other = simulate(OCTOBER, tmp_path, scale=SCALE, seed=1, kinds=("building_survey",))
    path = other.paths[0]
    assert path.read_bytes() != (city[0] / path.relative_to(tmp_path)).read_bytes()
    assert other.figures == city[1][OCTOBER].figures


def test_buildings_come_and_go_only_with_a_change(city: City, landed: Read) -> None:
    types = set()
    for district in reporting_districts(OCTOBER):
        code = district.district_code
        before, after = (
            {row["building_id"]: row for row in _rows(city, landed, m, code, "building_survey")}
            for m in (OCTOBER, NOVEMBER)
        )
        changes = _rows(city, landed, NOVEMBER, code, "building_changes")
        types |= {change["change_type"] for change in changes}
        olds = {change["old_building_id"] for change in changes} - {None}
        news = {change["new_building_id"] for change in changes} - {None}
        assert before.keys() - after.keys() == olds
        assert after.keys() - before.keys() <= news <= after.keys()
        for building_id in before.keys() & after.keys():
            earlier, later = before[building_id], after[building_id]
            if earlier["survey_status"] == "已排查":
                assert later["floor_area_m2"] == earlier["floor_area_m2"]
                assert later["address"] == earlier["address"]
    assert {"新增", "拆除", "合并", "拆分"} <= types


def test_the_backlog_is_handed_over_case_by_case(city: City, landed: Read) -> None:
    for district in reporting_districts(OCTOBER):
        code = district.district_code
        before, after = (
            {row["case_id"]: row for row in _rows(city, landed, m, code, "alteration_cases")}
            for m in (OCTOBER, NOVEMBER)
        )
        left = {key for key, row in before.items() if _is_backlog(row)}
        opening = {
            key
            for key, row in after.items()
            if row["verification_result"] == "属实"
            and row["verified_on"] < "2022-11-01"
            and (row["completed_on"] or "9") >= "2022-11-01"
        }
        assert left == opening | {key for key in left if after[key]["reopened_on"]}
        assert all(row["received_on"] < "2022-11-01" for row in before.values())


def _is_backlog(row: dict[str, str]) -> bool:
    ended = max(row["completed_on"] or "", row["withdrawn_on"] or "")
    return row["verification_result"] == "属实" and (
        not ended or (row["reopened_on"] or "") >= ended
    )


def test_the_inspected_buildings_are_the_sample_that_the_platform_draws(
    tmp_path: Path, city: City, landed: Read
) -> None:
    made = simulate(FIRST_INSPECTION, tmp_path, scale=SCALE, kinds=("building_survey",))
    ledgers = {
        district.district_name: district.district_id
        for district in reporting_districts(FIRST_INSPECTION)
    }
    frame = [
        FrameRow(
            ledgers[row["district"]],
            row["building_category"],
            row["initial_risk"],
            row["building_id"],
        )
        for path in made.paths
        for row in landed(path).to_pylist()
        if row["survey_status"] == "已排查" and row["building_category"].startswith("城镇")
    ]
    rows = _rows(city, landed, OCTOBER, "320500", "quality_inspection")
    first = [row for row in rows if row["round"] == "初检"]
    drawn = draw(frame, len(first), seed=2022)
    assert {row["replaces_building_id"] or row["building_id"] for row in first} == {
        row.building_id for row in drawn.rows
    }
    assert sum(row["replaces_building_id"] is not None for row in first) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 0.0}, "greater than 0"),
        ({"kinds": ("budget",)}, "no contract for budget"),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate(OCTOBER, tmp_path, **arguments)  # type: ignore[arg-type]


def test_there_is_no_month_before_the_first(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="begins in 2022-01"):
        simulate(Month(2021, 12), tmp_path, scale=SCALE)


def test_extra_codes_belong_to_flats_and_name_no_building(tmp_path: Path, landed: Read) -> None:
    """However many codes are asked for, a building has one in force, as rule ID-1 wants it."""
    kinds = ("building_codes", "doorplates")
    made = simulate(OCTOBER, tmp_path, scale=SCALE, kinds=kinds, codes=5000)
    codes, plates = (
        landed(next(path for path in made.paths if kind_of(path.name) == kind)).to_pylist()
        for kind in kinds
    )
    assert len(codes) > 3 * len(plates)
    last_day = OCTOBER.last_day.isoformat()
    valid = [row for row in codes if not row["valid_to"] or row["valid_to"] > last_day]
    buildings = [row["building_id"] for row in valid if row["building_id"]]
    assert len(set(buildings)) == len(buildings) > 0.7 * len(plates)
    flats = [row for row in codes if row["address"].endswith("室")]
    assert len(flats) > len(codes) / 2
    assert not any(row["building_id"] for row in flats)


def test_a_ledger_too_large_for_a_workbook_is_a_csv_of_the_same_rows(
    tmp_path: Path, city: City, landed: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layouts, "SHEET_ROWS", 150)
    made = simulate(OCTOBER, tmp_path, scale=SCALE, kinds=("building_survey",))
    assert {path.suffix for path, rows in made.rows.items() if rows > 150} == {".csv"}
    assert {path.suffix for path, rows in made.rows.items() if rows <= 150} == {".csv", ".xlsx"}
    [large] = [path for path in made.paths if "320583" in path.parts]
    usual = next(p for p in city[1][OCTOBER].paths if p.stem == large.stem)
    assert (usual.suffix, large.suffix) == (".xlsx", ".csv")
    rows = landed(large).drop_columns(["sheet", "row_number", "as_at"])
    assert rows.equals(landed(usual).select(rows.column_names))


def test_whom_the_inspection_chooses_is_the_same_of_a_few_and_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = []
    for kept in (10_000, 20):
        monkeypatch.setattr(candidates, "_KEPT_WHOLE", kept)
        found = joined(
            candidates_of(District(district_id, order, figures, 2022, OCTOBER), 2022)
            for order, (district_id, figures) in enumerate(scaled(0.01).items())
        )
        assert (len(found.kept) < sum(found.counts.values())) == (kept == 20)
        chosen.append(inspection_rows(found, 2022, 0.01, OCTOBER))
    assert chosen[0] == chosen[1]


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=9),
    st.lists(st.integers(0, 30), min_size=1, max_size=9),
    st.integers(-40, 40),
)
def test_the_closest_exchange_is_the_first_of_the_best(
    own: list[int], others: list[int], lacking: int
) -> None:
    gains = np.array(others)[None, :] - np.array(own)[:, None]
    best = np.unravel_index(np.abs(gains - lacking).argmin(), gains.shape)
    assert _closest(np.array(own), np.array(others), lacking) == best
