"""Waivers and corrections of a month in published marts, bulletin and printed output."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from decisions import correction, waiver, write_decisions
from deliver import building, folder, workbook
from month_installation import Installation, deliver_all

REASON = "=1+1 <b>现场复核</b>"


DECISIONS = {
    "corrections": (
        correction(reason=REASON),
        correction(record_key="32050800000006", old_value="100", new_value="99"),
    ),
    "waivers": (waiver(record_key="32050800000009", reason=REASON), waiver()),
}
Run = tuple[Installation, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(installation) -> Run:
    """October with a ledger of 姑苏区, run under two corrections and two waivers."""
    bare: Installation = installation("decisions")
    decisions = write_decisions(bare.settings.home.parent / "decisions", **DECISIONS)
    made = Installation(replace(bare.settings, decisions=decisions))
    rows = [building(n) for n in range(1, 251)]
    rows[4] |= {"floor_area_m2": None}
    rows[8] |= {"floors_above": 1, "height_m": 30}
    deliver_all(made.settings.raw)
    path = folder(made.settings.raw, "gusu") / "building_survey.xlsx"
    workbook(path, "building_survey", rows)
    return made, made.fangan("month", "2022-10")


def test_decisions_reach_the_marts_the_bulletin_and_the_clerk(run: Run) -> None:
    made, done = run
    assert done.returncode == 1, done.stderr
    assert "更正 2 条：采用 1，未采用 1" in done.stdout
    assert "豁免 2 条：采用 1，未用到 1" in done.stdout
    assert "有更正未采用或已失效" in done.stdout
    gusu = made.table()["gusu"]
    assert (gusu["survey_basis"], gusu["surveyed_building_count"]) == ("ledger", 250)
    assert made.rows(
        "select district_id, record_key, status, cell, reason from marts.rpt_correction order by 2"
    ) == [
        {
            "district_id": "gusu",
            "record_key": "32050800000005",
            "status": "applied",
            "cell": "M7",
            "reason": REASON,
        },
        {
            "district_id": "gusu",
            "record_key": "32050800000006",
            "status": "not_applied",
            "cell": "M8",
            "reason": "现场复核",
        },
    ]
    waivers = made.rows(
        "select record_key, status, row_count, valid_until::varchar as until"
        " from marts.rpt_waiver order by 1"
    )
    assert waivers == [
        {"record_key": "32050800000005", "status": "unused", "row_count": 0, "until": "2022-12-31"},
        {
            "record_key": "32050800000009",
            "status": "applied",
            "row_count": 1,
            "until": "2022-12-31",
        },
    ]
    folder_of_month = made.settings.published / "2022-10"
    book = openpyxl.load_workbook(BytesIO((folder_of_month / "bulletin.xlsx").read_bytes()))
    told = [str(row[0]) for row in book["说明"].iter_rows(values_only=True)]
    assert sum(text.startswith(("更正：", "豁免：")) for text in told) == 4
    page = (folder_of_month / "bulletin.html").read_text(encoding="utf-8")
    assert "更正2处（采用1、未采用1、失效0），豁免2条（采用1、未用到1），逐条见说明。" in page
    assert "<b>现场复核</b>" not in page


def test_only_changed_decisions_publish_the_month_again(run: Run) -> None:
    made, _ = run
    decisions = write_decisions(made.settings.decisions, **DECISIONS)
    assert "没有新的报送" in made.fangan("month", "2022-10").stdout
    write_decisions(decisions, waivers=(waiver(valid_from="2022-11"),))
    assert "没有新的报送" not in made.fangan("month", "2022-10").stdout
    assert made.rows("from marts.rpt_waiver") == made.rows("from marts.rpt_correction") == []
    assert made.table()["gusu"]["surveyed_building_count"] == 249


def test_invalid_decisions_stop_the_month_with_file_and_line(run: Run) -> None:
    made, _ = run
    write_decisions(made.settings.decisions, waivers=(waiver(rule_id="BS-103"),))
    done = made.fangan("month", "2022-10")
    assert done.returncode == 4
    assert "waivers.csv line 2" in done.stderr
    assert "Traceback" not in done.stderr
