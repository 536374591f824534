"""``fangan status``: row counts that add up, versions, and the details of one district."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import openpyxl
import pytest
from deliver import OCTOBER, building, case, delimited, folder, inspection, report, workbook
from docx import Document
from openpyxl.packaging.custom import StringProperty

from orchestration.cli import cli
from orchestration.console.exit_codes import FAULT, FINDINGS, FINE
from orchestration.console.monthly.delivery_status import month_status
from orchestration.modelling.run_inputs import write_run_inputs
from orchestration.reference.contracts import STAMP_PROPERTY, owed_deliveries
from orchestration.reference.deadlines import punctuality
from orchestration.reference.districts import CITY_ID
from orchestration.returns.package import build_return
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


@pytest.fixture
def fangan(capsys: pytest.CaptureFixture[str]):
    """Run the command in this process; return its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str]:
        code = cli.main(list(arguments), standalone_mode=False)
        return code, capsys.readouterr().out

    return run


def _record(records: list[dict[str, Any]], district_id: str, kind: str) -> dict[str, Any]:
    [record] = [r for r in records if (r["district_id"], r["kind"]) == (district_id, kind)]
    return record


def test_everything_owed_is_listed_with_the_city_last(settings: Settings, judge) -> None:
    report(settings.raw, "gusu")
    judge()
    records = month_status(settings, OCTOBER)
    assert [(r["district_id"], r["kind"]) for r in records] == list(owed_deliveries(OCTOBER))
    assert [r["kind"] for r in records[-3:]] == [
        "building_codes",
        "doorplates",
        "quality_inspection",
    ]
    assert {r["district_id"] for r in records[-3:]} == {CITY_ID}


def test_the_citys_codes_and_plates_have_a_line_only_if_delivered(
    settings: Settings, judge, fangan
) -> None:
    path = folder(settings.raw, CITY_ID) / "quality_inspection.xlsx"
    workbook(path, "quality_inspection", [inspection(1)])
    judge(CITY_ID)
    code, shown = fangan("status", "2022-10")
    assert code == FINE
    [line] = [line for line in shown.splitlines() if line.startswith("苏州市")]
    assert line.split() == ["苏州市", "抽检核查结果", "已接收", "4", "3", "1", "0", "✓"]
    assert "应报53份，已接收1份，已退回0份，未报送52份" in shown
    assert "未报送 一房一码库：苏州市" in shown
    assert "未报送 月报表：各地区" in shown
    assert "未报送 抽检核查结果" not in shown


def test_rows_are_itemised_by_role_and_add_up(settings: Settings, judge, fangan) -> None:
    report(settings.raw, "gusu", verified_count=-1)
    judge()
    code, printed = fangan("status", "2022-10", "姑苏区", "--json")
    assert code == FINDINGS
    record = _record(json.loads(printed)["deliveries"], "gusu", "monthly_report")
    assert record["itemised"] == {"title": 1, "header": 2, "footer": 1}
    assert (record["row_count"], record["itemised_count"]) == (5, 4)
    assert (record["accepted_count"], record["quarantined_count"]) == (0, 1)
    assert record["is_conserved"]
    _, shown = fangan("status", "2022-10", "320508")
    assert "文件 5 行 ＝ 标题 1 ＋ 表头 2 ＋ 表尾 1 ＋ 采用 0 ＋ 隔离 1 ✓" in shown


@pytest.mark.parametrize("lost", ["row_count", "itemised_count"])
def test_a_row_not_accounted_for_exits_with_our_fault(
    lost: str, settings: Settings, ledger: Ledger, judge, fangan
) -> None:
    report(settings.raw, "gusu")
    judgement = judge()["monthly_report"]
    changed = replace(judgement, row_count=6)
    if lost == "itemised_count":
        changed = replace(changed, itemised_count=5)
    ledger.record_judgements([changed])
    code, shown = fangan("status", "2022-10")
    assert code == FAULT
    [line] = [line for line in shown.splitlines() if line.startswith("姑苏区    月报表")]
    assert "✗" in line
    assert "文件 6 行 ≠ 标题 1 ＋ 表头 2 ＋ 表尾 1 ＋ 采用 1 ＋ 隔离 0 ✗" in shown


def test_a_redelivery_shows_what_changed_and_how_long_it_took(
    settings: Settings, ledger: Ledger, judge, fangan
) -> None:
    path = folder(settings.raw, "gusu") / "building_survey.csv"
    rows = [building(n) for n in range(1, 201)]
    rows[0] |= {"floor_area_m2": None}
    delimited(path, "building_survey", rows)
    judge()
    rows[0] |= {"floor_area_m2": 120.25, "owner_name": None}
    delimited(path, "building_survey", [*rows, building(201)])
    judge()
    record = _record(month_status(settings, OCTOBER), "gusu", "building_survey")
    redelivery = record["redelivery"]
    assert record["version"] == 2
    assert redelivery["former_version"] == 1
    assert 0 <= redelivery["hours_since_judged"] < 1
    # October 2022 was due before this platform was set up: no district is late for it
    assert (record["days_late"], record["is_late"]) == (None, None)
    assert redelivery["difference"]["added_count"] == 1
    assert redelivery["difference"]["changed_by_field"] == {"floor_area_m2": 1, "owner_name": 1}
    assert redelivery["difference"]["released_count"] == 1

    _, shown = fangan("status", "2022-10")
    assert "第 1 版审核后不到 1 小时重新报送，首次送达截止时本平台尚未接收报送，不评逾期" in shown
    assert (
        "与第 1 版相比：新增 1 行，删除 0 行，修改 1 行"
        "（建筑面积(平方米) 1、产权人（填写状态） 1）" in shown
    )
    assert "隔离的行：转为采用 1，仍隔离 0，已不在文件中 0，新隔离 0" in shown
    _, detail = fangan("status", "2022-10", "gusu")
    fields = [line.split() for line in detail.splitlines() if line.split()[1:] == ["1"]]
    assert fields == [["建筑面积(平方米)", "1"], ["产权人（填写状态）", "1"]]


def test_a_version_that_cannot_be_compared_says_why(settings: Settings, judge, fangan) -> None:
    path = report(settings.raw, "gusu")
    twin = path.with_name("月报表.xlsx")
    twin.write_bytes(path.read_bytes())
    judge()
    twin.unlink()
    judge()
    code, shown = fangan("status", "2022-10")
    assert code == FINE
    assert "与第 1 版无法比较：第 1 版没有读取结果" in shown


def test_a_districts_failed_rules_are_shown_with_cell_and_remedy(
    settings: Settings, judge, fangan
) -> None:
    report(settings.raw, "gusu", verified_count=-1)
    (folder(settings.raw, "gusu") / "alteration_cases.xlsx").write_bytes(b"")
    judge()
    code, printed = fangan("status", "2022-10", "姑苏", "--json")
    assert code == FINDINGS
    status = json.loads(printed)
    [count] = _record(status["deliveries"], "gusu", "monthly_report")["failures"][:1]
    assert (count["rule_id"], count["failing_count"], count["first_cell"]) == ("MR-103", 1, "F4")
    assert count["remedy"]
    [file] = _record(status["deliveries"], "gusu", "alteration_cases")["failures"]
    assert file["rule_id"] == "ST-001"
    assert "空" in file["message"]


def test_a_district_without_deliveries_has_one_failure_for_the_month(judge, fangan) -> None:
    judge()
    code, shown = fangan("status", "2022-10", "gusu")
    assert code == FINDINGS
    assert "姑苏区：DL-002 姑苏区没有报送2022年10月的月报表" in shown


@pytest.mark.parametrize("arguments", [(), ("2022-11",), ("2022-11", "gusu")])
def test_a_month_that_was_never_run_is_reported_with_exit_code_0(
    arguments: tuple[str, ...], fangan
) -> None:
    code, shown = fangan("status", *arguments)
    assert code == FINE
    assert "fangan month" in shown


@pytest.mark.parametrize(("arguments", "month"), [((), None), (("2022-11",), "2022-11")])
def test_a_month_that_was_never_run_has_empty_json(
    arguments: tuple[str, ...], month: str | None, fangan
) -> None:
    _, printed = fangan("status", *arguments, "--json")
    empty = {"month": month, "deliveries": [], "month_failures": [], "months": []}
    assert json.loads(printed) == empty


def test_status_note_and_mart_agree_on_what_is_owed_and_late(
    settings: Settings, ledger: Ledger, judge, fangan, parsed_project, monkeypatch
) -> None:
    """The first version counts: a later correction is not late, a refused file is not missing."""

    def arrive(day: str) -> None:
        monkeypatch.setattr("orchestration.store.arrivals.now", lambda: f"{day}:00+00:00")
        judge()

    own = folder(settings.raw, "gusu")
    report(settings.raw, "gusu", verified_count=-1)
    arrive("2022-11-05T10:00")
    report(settings.raw, "gusu")
    (own / "building_survey.xlsx").write_bytes(b"")
    delimited(own / "alteration_cases.csv", "alteration_cases", [case(1, completed_on="十月")])
    arrive("2022-11-08T10:01")

    owed = {r["kind"]: r for r in month_status(settings, OCTOBER, "gusu")}
    states = {kind: (r["state"], r["days_late"], r["is_late"]) for kind, r in owed.items()}
    assert states["monthly_report"] == ("accepted", 0, False)
    assert states["building_survey"] == ("refused", 4, True)
    assert states["danger_cases"] == ("missing", None, None)
    assert [version["version"] for version in owed["monthly_report"]["versions"]] == [1, 2]

    shutil.copytree(parsed_project, settings.dbt, dirs_exist_ok=True)
    write_run_inputs(settings, ledger, OCTOBER)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        given = connection.execute(
            "select kind, state, days_late, is_late, could_be_in_time, due_at::varchar"
            " from run.delivery where district_id = 'gusu'"
        ).fetchall()
    assert {row[0]: row[1:4] for row in given} == states
    assert {row[4:] for row in given} == {(True, "2022-11-05 18:00:00")}

    _, shown = fangan("status", "2022-10")
    assert "应报53份，已接收1份，已退回2份，未报送50份；逾期2份" in shown
    assert "姑苏区 既有建筑排查台账：逾期 4 天" in shown
    package = build_return(settings, ledger, OCTOBER, "gusu")
    [note] = [path for path in package.paths if path.suffix == ".docx"]
    letter = "".join(p.text for p in Document(str(note)).paragraphs)
    assert "应报5份，已接收1份，已退回2份，未报送2份；逾期2份。" in letter
    assert "既有建筑排查台账逾期 4 天" in letter


def test_file_names_cannot_steer_the_terminal(settings: Settings, judge, fangan) -> None:
    path = report(settings.raw, "gusu")
    path.rename(path.with_name("月报表\x1b[2J.xlsx"))
    judge()
    _, shown = fangan("status", "2022-10", "gusu")
    assert "月报表\N{REPLACEMENT CHARACTER}[2J.xlsx" in shown


def test_durations_are_printed_in_days_and_hours() -> None:
    from orchestration.console.monthly.delivery_status_tables import duration

    hours = [timedelta(minutes=59), timedelta(hours=5), timedelta(days=2), timedelta(hours=51)]
    assert [duration(d / timedelta(hours=1)) for d in hours] == [
        "不到 1 小时",
        " 5 小时",
        " 2 天",
        " 2 天 3 小时",
    ]
    assert [punctuality(n) for n in (-3, 0, 2)] == ["提前 3 天", "按时", "逾期 2 天"]


def test_an_informational_rule_is_listed_and_does_not_change_the_exit_code(
    settings: Settings, judge, fangan
) -> None:
    path = report(settings.raw, "gusu")
    book = openpyxl.load_workbook(path)
    old = StringProperty(name=STAMP_PROPERTY, value=f"monthly_report {'0' * 12}")
    book.custom_doc_props.append(old)
    book.save(path)
    judge()
    code, shown = fangan("status", "2022-10")
    assert code == FINE
    assert "(ST-013)" in shown
    code, shown = fangan("status", "2022-10", "姑苏区")
    assert code == FINE
    assert "ST-013" in shown
    code, shown = fangan("return", "2022-10", "姑苏区")
    assert code == FINE
