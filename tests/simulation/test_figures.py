"""Scaling: counts add up to the scaled city, and at scale 1 are the published ones."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from deliver import published as golden
from hypothesis import given
from hypothesis import strategies as st
from simulation.full_city import assert_calibrated, full_city_inspection

from orchestration.reference.districts import district_in
from orchestration.reference.inspection_groups import groups_in
from orchestration.simulation.buildings import District
from orchestration.simulation.cases import cases_of_month
from orchestration.simulation.draws import Draws
from orchestration.simulation.figures import (
    CALIBRATED,
    INSPECTION,
    scaled,
)


def test_at_full_scale_the_figures_are_the_published_ones() -> None:
    expected = golden()
    for district_id, figures in scaled(1).items():
        row = expected[district_in(district_id, CALIBRATED).district_name]
        assert figures.buildings == int(row["surveyed_building_count"])
        assert figures.area_steps == int(Decimal(row["surveyed_floor_area_10k_m2"]) * 100)
        assert figures.complaints == int(row["suspected_complaint_count"])
        assert figures.patrols == int(row["suspected_patrol_count"])
        assert figures.verified == int(row["verified_count"])
        assert figures.completed == int(row["completed_count"])


def test_a_small_city_keeps_its_cases_and_a_large_one_has_more() -> None:
    assert sum(figures.complaints for figures in scaled(0.01).values()) == 141
    assert sum(figures.complaints for figures in scaled(2).values()) == 282
    assert sum(figures.buildings for figures in scaled(0.01).values()) == 7033


@given(
    st.integers(0, 10_000),
    st.sampled_from([0.0005, 0.001, 0.004, 0.02]),
    st.sampled_from(list(scaled(1))),
)
def test_every_seed_and_scale_meets_its_figures(seed: int, scale: float, district_id: str) -> None:
    figures = scaled(scale)[district_id]
    district = District(district_id, 3, figures, seed, CALIBRATED)
    assert_calibrated(district)


def test_the_full_city_meets_the_published_table_and_inspection(shared: Path) -> None:
    rows = full_city_inspection(shared)
    first = [row for row in rows if row["round"] == "初检"]
    inspected = [row for row in first if row.get("inspected_on")]
    area = sum(Decimal(row["floor_area_m2"]) for row in inspected)
    assert len(first) == INSPECTION.planned
    assert len(inspected) == INSPECTION.inspected
    assert round(area / 100) == INSPECTION.area_steps
    assert sum(row["conclusion"] == "通过" for row in inspected) == INSPECTION.passed
    assert {row["district"]: row["inspection_group"] for row in rows} == {
        district_in(district_id, CALIBRATED).district_name: group.inspection_group
        for district_id, group in groups_in(CALIBRATED).items()
    }
    replaced = [row for row in first if row["replaces_building_id"]]
    assert len(replaced) == 34
    assert all(row["replacement_reason"] for row in replaced)


@given(st.integers(0, 10_000), st.sampled_from(list(scaled(1))))
def test_every_seed_can_reach_the_published_month(seed: int, district_id: str) -> None:
    figures = scaled(1)[district_id]
    cases = cases_of_month(figures, district_id, seed, CALIBRATED)
    completed = [c for c in cases if c.completed_on and c.completed_on >= CALIBRATED.first_day]
    assert len(completed) == figures.completed


def test_a_draw_depends_on_its_index_alone() -> None:
    draws = Draws(7, "gusu")
    alone = draws.uniform("area", np.array([12345]))
    among = draws.uniform("area", np.arange(20_000))
    assert alone[0] == among[12345]
    assert 0 <= among.min() < 0.001
    assert 0.999 < among.max() < 1
    assert among.mean() == pytest.approx(0.5, abs=0.01)
    assert not np.array_equal(among, Draws(8, "gusu").uniform("area", np.arange(20_000)))
