"""Files that once gave a wrong figure now give the correct one, or are held back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from deliver import MEASURES, report_row

from orchestration.cli import cli
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.reference.contracts import load_contracts

FILES = Path(__file__).parent / "files"
TRUE = {name: report_row("gusu")[name] for name in MEASURES}
#: What the file counts, and must be read.
COUNTED = ("b05", "f09", "b11", "b12", "b24", "b27", "d12", "d14", "b69", "d38", "e07.csv", "f01")
#: A district total among the towns: counted once, or refused.
TOTALS = ("b57c", "b59", "b60", "d01b", "d01c", "d01g", "d02", "f08")
#: What is held back, and words of the reason.
HELD_BACK = {
    "b16": "30〔上标：1〕",
    "f07": "〔删除线：28〕30",
    "b18": "30²",
    "d03_00": "30①",
    "d03_02": "30²",
    "d03_12": "30₁",
    "d04": "2022年9月",
    "d06": "2022年9月",
    "b32": "累计",
    "d43": "夹有注释",
    "e25.csv": "第 1 行有无法识别的字节",
    "unit_slip": "7,658.27",
}

#: Of those with a month in an unusual spelling, the only rule that fails.
OTHER_MONTHS = {"d04": "ST-007", "d06": "ST-007", "b32": "MR-120"}

Check = Callable[..., dict[str, Any]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], lent_readers: None) -> Check:
    """Check a file as 姑苏区's of October; return its record."""

    def run(name: str, kind: str = "monthly_report") -> dict[str, Any]:
        path = FILES / (name if "." in name else f"{name}.xlsx")
        place = ("--kind", kind, "--month", "2022-10", "--district", "姑苏区")
        cli.main(["check", str(path), *place, "--json"], standalone_mode=False)
        record: dict[str, Any] = json.loads(capsys.readouterr().out)[0]
        return record

    return run


@pytest.mark.parametrize("name", COUNTED)
def test_a_correct_file_gives_its_figures_without_findings(name: str, check: Check) -> None:
    record = check(name)
    assert (record["state"], record["figures"]) == ("accepted", TRUE)
    assert record["accepted_count"] == 1
    assert record["as_at"] == "2022-10-31"
    assert record["failed_rules"] == []


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_among_the_towns_never_doubles_the_district(name: str, check: Check) -> None:
    record = check(name)
    if record["state"] == "refused":
        assert record["figures"] == {}
        assert record["failed_rules"]
    else:
        assert record["figures"] == TRUE


@pytest.mark.parametrize(("name", "words"), HELD_BACK.items())
def test_doubtful_rows_are_held_back_with_a_reason(name: str, words: str, check: Check) -> None:
    record = check(name)
    assert (record["state"], record["figures"]) == ("refused", {})
    assert words in "".join(finding["message"] for finding in record["findings"])
    if name in OTHER_MONTHS:
        assert (record["failed_rules"], record["accepted_count"]) == ([OTHER_MONTHS[name]], 0)


@pytest.mark.parametrize(("name", "count"), [("m16", 30), ("w09", 12)])
def test_footer_rows_of_a_ledger_are_not_buildings(name: str, count: int, check: Check) -> None:
    record = check(name, "building_survey")
    assert (record["state"], record["accepted_count"]) == ("accepted", count)
    assert record["figures"]["surveyed_building_count"] == count


@pytest.mark.parametrize("name", ["m09", "m10.csv"])
def test_only_valid_building_ids_are_accepted(name: str, check: Check) -> None:
    record = check(name, "building_survey")
    assert (record["state"], record["figures"]) == ("refused", {})
    repeated = [f["cell"] for f in record["findings"] if f["rule_id"] == "BS-107"]
    assert len(repeated) == 2
    others = [f for f in record["findings"] if f["rule_id"] != "BS-107"]
    assert all("删除重复" not in f["remedy"] for f in others)
    assert len({f["row_number"] for f in record["findings"]}) == 28


@pytest.mark.parametrize(
    ("name", "reason", "remedy"),
    [("l08.csv", "丢失了中文", "UTF-8"), ("l10.xls", "97—2003", "xlsx")],
)
def test_an_unreadable_file_gets_a_reason_and_a_remedy(
    name: str, reason: str, remedy: str, check: Check
) -> None:
    record = check(name, "building_survey")
    assert (record["state"], record["figures"]) == ("refused", {})
    [finding] = record["findings"]
    assert reason in finding["message"]
    assert remedy in finding["remedy"]


@pytest.mark.parametrize(
    ("name", "kind", "days"),
    [
        ("f15", "building_survey", {"surveyed_on": "2022-09-15"}),
        ("f17", "danger_cases", {"found_on": "2022-09-05", "due_on": "2022-12-31"}),
        ("w18", "building_survey", {"surveyed_on": "2022-09-15"}),
    ],
)
def test_dates_are_read_as_excel_shows_them(
    name: str, kind: str, days: dict[str, str], readers: ReaderPool, tmp_path: Path
) -> None:
    landing, notes = tmp_path / "landing", tmp_path / "notes"
    reading = readers.read(FILES / f"{name}.xlsx", load_contracts()[kind], landing, notes)
    assert reading.as_at == "2022-10-31"
    rows = pq.read_table(landing).to_pylist()
    assert rows
    assert all({field: row[field] for field in days} == days for row in rows)
