"""The fault catalogue is read strictly: what cannot be planted is refused by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.simulation.faults.fault_files import (
    CATALOGUE_DIR,
    FILES,
    WRITERS,
    FaultError,
    load_faults,
)
from orchestration.simulation.faults.form import CellFault, DraftFault

ENTRY = "plate_without_road"
PLATE = f"""
  - id: {ENTRY}
    what: 街路巷漏填
    kind: doorplates
    scope: field
    district: city
    cells: {{road: null}}
"""
LEFT_OUT = PLATE.replace("cells: {road: null}", "plant: leave_a_column_out")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (PLATE.replace("cells:", "cell:"), "cell: Extra inputs are not permitted"),
        (PLATE.replace("    scope: field\n", ""), "scope: Field required"),
        (PLATE.replace("field", "cell"), "scope: Input should be 'field'"),
        (PLATE.replace("doorplates", "door_plates"), "kind 'door_plates' has no contract"),
        (PLATE.replace("city", "shanghai"), "district 'shanghai' is not in the seed"),
        (PLATE.replace("road:", "lane:"), "doorplates has no field lane"),
        (PLATE.replace("null", "{same_as: lane}"), "doorplates has no field lane"),
        (PLATE.replace("null", "{day: lane}"), "doorplates has no field lane"),
        (PLATE.replace("null", "{multiple_of: lane, by: 2}"), "doorplates has no field lane"),
        (PLATE.replace("null", "{same_at: road}"), "same_at: Extra inputs are not permitted"),
        (PLATE + "    change: area_in_10k_m2\n", "give either 'cells' or 'change'"),
        (PLATE.replace("null}", "null, lane: null}"), "give 'shows_in'"),
        (
            PLATE.replace("cells: {road: null}", "change: lost\n    shows_in: road"),
            "change 'lost' is not a function of cells.py",
        ),
        (LEFT_OUT.replace("leave_a_column_out", "lose"), "plant 'lose' is not a function of"),
        (LEFT_OUT, "options do not suit leave_a_column_out: missing a required argument"),
        (LEFT_OUT + "    options: {field: road, why: x}\n", "unexpected keyword argument 'why'"),
        (LEFT_OUT + "    options: {field: lane}\n", "doorplates has no field lane"),
        (PLATE + PLATE, "the id is used twice"),
    ],
)
def test_an_unusable_entry_is_refused_by_file_and_name(
    tmp_path: Path, entry: str, said: str
) -> None:
    shutil.copytree(CATALOGUE_DIR, tmp_path / "catalogue")
    (tmp_path / "catalogue/registers.yml").write_text(f"faults:{entry}", "utf-8")
    with pytest.raises(FaultError) as refused:
        load_faults(tmp_path / "catalogue")
    assert str(refused.value).startswith(f"registers.yml: {ENTRY}: ")
    assert said in str(refused.value)


def test_a_key_beside_the_faults_is_refused(tmp_path: Path) -> None:
    shutil.copytree(CATALOGUE_DIR, tmp_path / "catalogue")
    (tmp_path / "catalogue/months.yml").write_text("faults: []\nkind: doorplates\n", "utf-8")
    with pytest.raises(FaultError, match=r"months\.yml: kind: Extra inputs"):
        load_faults(tmp_path / "catalogue")


def test_every_file_of_the_catalogue_is_read_and_every_function_used() -> None:
    assert {path.stem for path in CATALOGUE_DIR.iterdir()} == set(FILES)
    faults = load_faults()
    assert {fault.plant for fault in faults if isinstance(fault, DraftFault)} == set(WRITERS)
    assert any(isinstance(fault, CellFault) and fault.change for fault in faults)
