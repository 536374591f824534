"""October run a second time, by the real command, with more than the ten reports.

One run serves all tests: six districts have delivered another figure, the city its sampling
inspection of the simulated city at full size, and a file of the home is lost.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from database_reader import reading
from deliver import MEASURES, OCTOBER, report, report_row
from month_installation import Installation
from publication.html_page import Page
from simulation.full_city import full_city_inspection

from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID, district_ids
from orchestration.reference.inspection_groups import groups_in
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR, Settings
from orchestration.simulation.drafts import draft
from orchestration.simulation.files.layouts import table_of

#: One measure changed in each of six districts; each must move its own figure and the city's.
CHANGED = dict(zip(district_ids(), MEASURES, strict=False))
#: A district that delivers nothing again; the file with its rows is lost.
UNCHANGED = "sip"
PUBLISHED = (
    "截至11月2日，全市已完成抽检核查的既有建筑1368幢、建筑面积306.64万平方米，"
    "按幢数统计总体进度为39.37%。其中初步通过核查的建筑数量为1131幢，整体合格率为82.68%。"
)


@dataclass(frozen=True)
class Again:
    """The installation, its table before, the run, and the lost file before and after."""

    made: Installation
    before: dict[str, dict[str, Any]]
    busy: subprocess.CompletedProcess[str]
    reader_pid: int
    done: subprocess.CompletedProcess[str]
    lost: tuple[bytes, bytes]


@pytest.fixture(scope="module")
def again(october: Installation, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Again:
    """Run October while somebody reads the warehouse, then deliver and run it."""
    made = october.copied(tmp_path_factory.mktemp("again"))
    before = made.table()
    [accepted] = (made.settings.accepted / "2022-10" / UNCHANGED).glob("*.parquet")
    rows = accepted.read_bytes()
    accepted.unlink()
    with reading(made.settings.warehouse) as reader:
        busy = made.fangan("month", "2022-10")
    # the busy run judged it again, but did not come to the marts
    accepted.unlink()
    for district_id, measure in CHANGED.items():
        figure = report_row(district_id)[measure]
        step = 0.25 if measure == "surveyed_floor_area_10k_m2" else 1
        report(made.settings.raw, district_id, **{measure: figure + step})
    _deliver_inspection(made.settings, full_city_inspection(shared))
    done = made.fangan("month", "2022-10", "--json")
    # the inspection has findings
    assert done.returncode == 1, done.stdout + done.stderr
    return Again(made, before, busy, reader.pid, done, (rows, accepted.read_bytes()))


def _deliver_inspection(settings: Settings, inspected: list[dict[str, Any]]) -> None:
    contract = load_contracts()["quality_inspection"]
    rows = table_of(inspected, contract)
    draft(CITY_ID, OCTOBER, contract, rows, "2022年11月2日").write(settings.raw)


def test_a_changed_cell_changes_only_its_figure_and_the_citys(again: Again) -> None:
    before, after = again.before, again.made.table()
    moved = {
        (district_id, measure): after[district_id][measure] - before[district_id][measure]
        for district_id in before
        for measure in MEASURES
        if after[district_id][measure] != before[district_id][measure]
    }
    steps = {
        measure: Decimal("0.25") if measure == "surveyed_floor_area_10k_m2" else 1
        for measure in MEASURES
    }
    assert moved == {
        **{(district_id, measure): steps[measure] for district_id, measure in CHANGED.items()},
        **{("city", measure): step for measure, step in steps.items()},
    }
    assert len(json.loads(again.done.stdout)["differences_from_published"]) == 12
    [delivery] = again.made.rows(
        "select version from marts.rpt_delivery"
        " where district_id = 'zhangjiagang' and kind = 'monthly_report'"
    )
    assert delivery == {"version": 2}


def test_a_reader_of_the_warehouse_is_named_and_a_missing_file_made_again(again: Again) -> None:
    assert again.busy.returncode == 3, again.busy.stderr
    assert f"warehouse.duckdb is open in process {again.reader_pid}" in again.busy.stderr
    lost, made_again = again.lost
    assert made_again == lost
    assert UNCHANGED not in CHANGED
    assert again.made.table()[UNCHANGED] == again.before[UNCHANGED]


def test_the_published_sentence_follows_from_the_inspected_buildings(again: Again) -> None:
    made = again.made
    page = Page((made.settings.published / str(OCTOBER) / "bulletin.html").read_text("utf-8"))
    assert PUBLISHED in page.text
    [city] = made.rows("from marts.rpt_inspection_progress where district_code = '320500'")
    assert str(city["as_at"]) == "2022-11-02"
    assert city["is_preliminary"]
    assert [city[name] for name in ("planned_count", "inspected_count", "passed_count")] == [
        3475,
        1368,
        1131,
    ]
    # none was drawn here: nothing is claimed of a sample, and that is not zero
    assert city["sampled_count"] is None
    assert city["replacement_count"] is None
    groups = made.rows("from marts.rpt_inspection_contractor order by inspection_group")
    contractors = {group.contractor for group in groups_in(OCTOBER).values()}
    assert {row["contractor"] for row in groups} == contractors
    assert sum(row["planned_count"] for row in groups) == 3475
    scores = made.rows(
        "from marts.rpt_data_quality_monthly where dimension = 'verification' and score is not null"
    )
    assert len(scores) == 11
    assert all(row["score"] < row["numerator"] / row["denominator"] for row in scores)


def test_every_district_has_one_group_and_every_group_one_contractor() -> None:
    rows = read_rows(SEEDS_DIR / "inspection_groups.csv")
    assert len({row["district_id"] for row in rows}) == len(rows) == 10
    pairs = {(row["inspection_group"], row["contractor"]) for row in rows}
    assert len(pairs) == len({group for group, _ in pairs}) == 4
    assert all("模拟" in contractor for _, contractor in pairs)
