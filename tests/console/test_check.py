"""``fangan check`` gives the same results as a run, with all decisions, and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from decisions import correction, waiver, write_decisions
from deliver import MEASURES, building, case, change, report, report_row, workbook

from orchestration.cli import cli
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.reference.contracts import STAMP_PROPERTY
from orchestration.settings import Settings

PLACE = ("--month", "2022-10", "--district", "姑苏区")
pytestmark = pytest.mark.usefixtures("lent_readers")


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]):
    """Check files of 姑苏区 in this process; return the exit code and a record a file."""

    def run(*paths: Path) -> tuple[int, list[dict[str, Any]]]:
        arguments = ["check", *map(str, paths), *PLACE, "--json"]
        code = cli.main(arguments, standalone_mode=False)
        return code, json.loads(capsys.readouterr().out)

    return run


def _survey(folder: Path) -> Path:
    rows = [building(n) for n in range(1, 251)]
    rows[4] |= {"floor_area_m2": None}
    rows[8] |= {"floors_above": 1, "height_m": 30}
    return workbook(folder / "building_survey.xlsx", "building_survey", rows)


def test_waivers_and_corrections_are_applied_and_reported(
    check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _survey(tmp_path)
    code, [record] = check(path)
    assert (code, record["failed_rules"]) == (FINDINGS, ["BS-102", "BS-212"])
    decisions = write_decisions(
        tmp_path / "decisions",
        waivers=(waiver(record_key="32050800000009"),),
        corrections=(correction(),),
    )
    monkeypatch.setenv("FANGAN_DECISIONS", str(decisions))
    code, [record] = check(path)
    assert (code, record["failed_rules"], record["findings"]) == (FINE, [], [])
    assert (record["waived_count"], record["corrections"]["applied"]) == (1, 1)
    cli.main(["check", str(path), *PLACE], standalone_mode=False)
    shown = capsys.readouterr().out
    assert "更正：采用 1" in shown
    assert "豁免：1 行按豁免放行" in shown


def test_files_given_together_are_compared_and_nothing_is_written(
    check, tmp_path: Path, settings: Settings
) -> None:
    survey = workbook(tmp_path / "building_survey.xlsx", "building_survey", [building(1)])
    cases = workbook(
        tmp_path / "alteration_cases.xlsx",
        "alteration_cases",
        [case(1, building_id="32050800000002")],
    )
    code, [alone] = check(cases)
    assert (code, alone["failed_rules"]) == (FINE, [])
    before = sorted(settings.home.rglob("*"))
    code, records = check(survey, cases)
    assert code == FINDINGS
    assert {r["kind"]: r["failed_rules"] for r in records} == {
        "building_survey": [],
        "alteration_cases": ["AC-401"],
    }
    assert alone["not_applicable_count"] > records[1]["not_applicable_count"]
    assert sorted(settings.home.rglob("*")) == before


def test_two_files_of_one_kind_are_judged_separately(check, tmp_path: Path) -> None:
    paths = [
        workbook(tmp_path / f"building_changes{n}.xlsx", "building_changes", [change(n)])
        for n in (1, 2)
    ]
    code, records = check(*paths)
    assert code == FINE
    assert [r["file"] for r in records] == [path.name for path in paths]


def test_an_informational_rule_is_listed_and_does_not_fail_the_check(
    check, settings: Settings, tmp_path: Path
) -> None:
    path = report(settings.raw, "gusu")
    book = openpyxl.load_workbook(path)
    book.custom_doc_props.append(
        openpyxl.packaging.custom.StringProperty(
            name=STAMP_PROPERTY, value=f"monthly_report {'0' * 12}"
        )
    )
    book.save(path)
    code, [record] = check(path)
    assert code == FINE
    assert record["failed_rules"] == []
    assert [finding["rule_id"] for finding in record["findings"]] == ["ST-013"]


def test_a_reports_figures_are_shown_unless_it_is_refused(
    check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = report(tmp_path, "gusu")
    _, [record] = check(path)
    assert record["as_at"] == "2022-10-31"
    assert record["figures"] == {name: report_row("gusu")[name] for name in MEASURES}
    cli.main(["check", str(path), *PLACE], standalone_mode=False)
    shown = capsys.readouterr().out
    assert "本文件将计入（截至2022-10-31）" in shown
    assert "7,658.27" in shown
    _, [refused] = check(report(tmp_path, "gusu", surveyed_floor_area_10k_m2=76582700))
    assert (refused["state"], refused["figures"]) == ("refused", {})


def test_ledgers_show_the_figures_of_their_accepted_rows(check, tmp_path: Path) -> None:
    rows = [building(1), building(2), building(3, survey_status="待排查", surveyed_on=None)]
    survey = workbook(tmp_path / "building_survey.xlsx", "building_survey", rows)
    received = [case(1), case(2, source_channel="巡查发现"), case(3, received_on="2022-09-30")]
    cases = workbook(tmp_path / "alteration_cases.xlsx", "alteration_cases", received)
    changes = workbook(tmp_path / "building_changes.xlsx", "building_changes", [change(1)])
    _, records = check(survey, cases, changes)
    assert {record["kind"]: record["figures"] for record in records} == {
        "building_survey": {
            "surveyed_building_count": 2,
            "surveyed_floor_area_10k_m2": 0.02,
            "surveyed_floor_area_m2": 242.5,
        },
        "alteration_cases": {
            "suspected_complaint_count": 1,
            "suspected_patrol_count": 1,
            "verified_count": 0,
            "completed_count": 0,
        },
        "building_changes": {},
    }


def test_parts_are_checked_as_one_delivery_and_a_missing_one_is_named(
    check, tmp_path: Path
) -> None:
    paths = []
    for part, town in ((1, "平江街道"), (2, "沧浪街道")):
        rows = [building(100 * part + n, town=town, community=None) for n in range(3)]
        rows[0] |= {"use": "住人"} if part == 2 else {}
        path = tmp_path / f"排查台账_第{part}部分共2.xlsx"
        paths.append(workbook(path, "building_survey", rows))
    _, [whole] = check(*paths)
    assert (whole["accepted_count"], whole["is_conserved"]) == (6, True)
    assert whole["file"] == "、".join(path.name for path in paths)
    [finding] = [f for f in whole["findings"] if f["rule_id"] == "BS-113"]
    assert (finding["file_name"], finding["row_number"]) == (paths[1].name, 3)
    code, [alone] = check(paths[1])
    assert (code, alone["state"]) == (FINDINGS, "refused")
    assert "缺第 1 部分" in alone["findings"][0]["message"]
