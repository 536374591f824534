"""The golden month: the ten deliveries of October 2022 give the published figures."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from deliver import MEASURES, published
from month_installation import Installation
from project_copy import ProjectCopy, forget_versions

from orchestration.modelling.up_to_date import is_current
from orchestration.reference.contracts import kinds_of
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month
from orchestration.settings import PROJECT_ROOT
from orchestration.store.ledger import Ledger

HEADLINE = "截至10月，苏州市既有建筑已排查70.33万幢、面积12.83亿平方米，具体数字如下："


def test_the_projects_raw_folder_gives_the_published_table(october: Installation) -> None:
    golden = published()
    for row in october.table().values():
        name = "合计" if row["district_id"] == "city" else row["district_name"]
        expected = {measure: Decimal(golden[name][measure]) for measure in MEASURES}
        assert {measure: row[measure] for measure in MEASURES} == expected
    assert len(october.table()) == len(golden) == 11


def test_every_row_states_its_basis(october: Installation) -> None:
    for row in october.table().values():
        assert row["month"] == date(2022, 10, 1)
        assert (row["survey_basis"], row["case_basis"]) == ("reported", "reported")
        assert not row["is_partial"]
        assert (row["status"], row["vintage"]) == ("provisional", 0)
        assert row["surveyed_floor_area_m2"] == row["surveyed_floor_area_10k_m2"] * 10000


def test_deliveries_account_for_every_row(october: Installation) -> None:
    rows = october.rows("from marts.rpt_delivery order by all")
    assert len(rows) == 10 * len(kinds_of("gusu")) + len(kinds_of(CITY_ID))
    reports = [row for row in rows if row["kind"] == "monthly_report"]
    assert {row["state"] for row in reports} == {"accepted"}
    assert all(
        row["row_count"] == row["accepted_count"] + row["quarantined_count"] + row["itemised_count"]
        for row in reports
    )
    assert {row["state"] for row in rows if row["kind"] != "monthly_report"} == {"missing"}


def test_rules_without_input_are_listed_as_not_applicable(october: Installation) -> None:
    verdicts = october.rows("from marts.rpt_verdict order by all")
    outcomes = {(v["kind"], v["rule_id"]): v for v in verdicts if v["district_id"] == "gusu"}
    assert outcomes["monthly_report", "MR-101"]["outcome"] == "pass"
    for key in (
        ("monthly_report", "MR-401"),
        ("monthly_report", "MR-501"),
        ("building_survey", "BS-101"),
    ):
        assert outcomes[key]["outcome"] == "not_applicable"
        assert outcomes[key]["reason"]
    assert october.rows("from marts.rpt_finding") == []


def test_the_workbook_prints_the_published_table(october: Installation) -> None:
    path = october.settings.published / "2022-10" / "bulletin.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:5] == ["公报表", "封面", "目录", "说明", "修订"]
    printed = [
        [cell for cell in row if cell is not None]
        for row in book["公报表"].iter_rows(values_only=True)
    ]
    names = [row[0] for row in printed if row and row[0] in published()]
    assert names == list(published())
    for name, figures in published().items():
        [row] = [row for row in printed if row and row[0] == name]
        assert [Decimal(str(cell)) for cell in row[1:]] == [Decimal(v) for v in figures.values()]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_opens_with_the_headline_of_the_seed(october: Installation) -> None:
    page = (october.settings.published / "2022-10" / "bulletin.html").read_text(encoding="utf-8")
    parser = _Text()
    parser.feed(page)
    text = "".join(parser.text.split())
    assert HEADLINE in text
    assert "合计70326012830344".replace("12830344", "128303.44") in text


def test_a_second_run_does_nothing_and_prints_the_same(october: Installation) -> None:
    before = october.settings.statistics.stat().st_mtime_ns
    done = october.fangan("month", "2022-10", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert not result["ran"]
    assert result["differences_from_published"] == []
    assert result["failed_verdicts"] == 0
    assert len(result["rows"]) == 11
    assert october.settings.statistics.stat().st_mtime_ns == before


@pytest.mark.parametrize("lost", ["published/2022-10/bulletin.xlsx", "accepted/2022-10/gusu/*"])
def test_a_month_with_a_missing_file_is_not_current(october: Installation, lost: str) -> None:
    [path] = october.settings.home.glob(lost)
    month, ledger = Month.parse("2022-10"), Ledger(october.settings.ledger)
    kept = path.with_name("kept")
    path.rename(kept)
    try:
        assert not is_current(october.settings, ledger, month)
    finally:
        kept.rename(path)
    assert is_current(october.settings, ledger, month)


@pytest.mark.parametrize(
    ("file", "stays"),
    [
        ("orchestration/reference/vocabulary.py", False),
        ("orchestration/publication/issue/bulletin.typ", False),
        ("orchestration/publication/html/templates/page.css", False),
        ("dbt_project/seeds/metrics.csv", False),
        ("dbt_project/README.md", True),
    ],
)
def test_a_month_is_current_until_a_source_of_it_is_edited(
    october: Installation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    stays: bool,
) -> None:
    ledger = Ledger(october.settings.ledger)
    with monkeypatch.context() as patched:
        project = ProjectCopy(tmp_path / "project", patched)
        assert is_current(october.settings, ledger, Month.parse("2022-10"))
        project.append(file)
        assert is_current(october.settings, ledger, Month.parse("2022-10")) == stays
    forget_versions()


def test_columns_carry_their_comments(october: Installation) -> None:
    rows = october.rows(
        "select table_name, column_name, comment from duckdb_columns()"
        " where schema_name = 'marts' and database_name <> 'memory'"
    )
    uncommented = [
        (row["table_name"], row["column_name"])
        for row in rows
        if not row["comment"] and row["table_name"] != "publication"
    ]
    assert rows
    assert uncommented == []


def test_the_home_is_private_and_the_published_folder_public(october: Installation) -> None:
    home = october.settings.home
    assert home.stat().st_mode & 0o777 == 0o711
    for name in ("archive", "landing", "accepted", "quarantine", "dagster", "dbt", "locks"):
        assert (home / name).stat().st_mode & 0o777 == 0o700, name
    assert october.settings.published.stat().st_mode & 0o777 == 0o755
    assert not list(home.rglob("*.pickle"))


def test_status_query_and_doctor(october: Installation) -> None:
    status = october.fangan("status", "--json")
    assert status.returncode == 0
    deliveries = json.loads(status.stdout)["deliveries"]
    assert [d["state"] for d in deliveries].count("accepted") == 10
    arrived = {d["district_id"]: d["arrived_at"] for d in deliveries if d["arrived_at"]}
    [shown] = october.rows(
        "select arrived_at from marts.rpt_delivery"
        " where district_id = 'gusu' and kind = 'monthly_report'"
    )
    assert shown["arrived_at"].replace(tzinfo=SUZHOU) == datetime.fromisoformat(arrived["gusu"])
    assert october.fangan("status").stdout.count("✓") == 10
    asked = october.fangan(
        "query", "select sum(verified_count) as n from marts.rpt_district_monthly", "--json"
    )
    assert json.loads(asked.stdout) == [{"n": 150}]
    wrong = october.fangan("query", "select nothing from marts.rpt_district_monthly")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
    outside = october.fangan("query", f"from read_csv('{PROJECT_ROOT / 'pyproject.toml'}')")
    assert outside.returncode == 2
    doctor = october.fangan("doctor", "--json")
    assert doctor.returncode == 0, doctor.stdout
    assert "fault" not in {record["state"] for record in json.loads(doctor.stdout)}


def test_a_second_run_of_a_locked_month_exits_busy(october: Installation) -> None:
    from orchestration.store.locks import holding

    with holding(october.settings.locks, "month"):
        done = october.fangan("month", "2022-10")
    assert done.returncode == 3
    assert f"process {os.getpid()}" in done.stderr
    assert "Traceback" not in done.stderr
