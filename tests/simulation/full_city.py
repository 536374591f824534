"""The simulated city at full size, of which districts are made once for all tests."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from orchestration.simulation.buildings import SURVEYED, District
from orchestration.simulation.candidates import candidates_of, joined
from orchestration.simulation.figures import AREA_STEP_CENTS, CALIBRATED, scaled
from orchestration.simulation.inspection import inspection_rows
from orchestration.store.locks import waiting_for


def full_city_inspection(shared: Path) -> list[dict[str, Any]]:
    """Return the inspection of October; making its buildings takes ten seconds.

    ``shared`` is the folder of that fixture. Raises AssertionError if the buildings do not add up
    to the published figures.
    """
    file = shared / "full_city_inspection"
    with waiting_for(shared, file.name):
        if not file.exists():
            file.write_bytes(pickle.dumps(_inspection()))
    rows: list[dict[str, Any]] = pickle.loads(file.read_bytes())
    return rows


def _inspection() -> list[dict[str, Any]]:
    candidates = []
    for order, (district_id, figures) in enumerate(scaled(1).items()):
        district = District(district_id, order, figures, 2022, CALIBRATED)
        assert_calibrated(district)
        candidates.append(candidates_of(district, 2022))
    return inspection_rows(joined(candidates), 2022, 1, CALIBRATED)


def assert_calibrated(district: District) -> None:
    """Fail if a district's buildings do not add up to its figures."""
    buildings = district.buildings(CALIBRATED)
    is_surveyed = buildings.status == SURVEYED
    assert is_surveyed.sum() == district.figures.buildings
    area = buildings.area_cents[is_surveyed]
    assert area.sum() == district.figures.area_steps * AREA_STEP_CENTS
    assert buildings.area_cents.min() > 0
