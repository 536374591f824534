"""A month with ledgers in three forms: they count before the reports, and a check agrees.

Every ledger is delivered for the same October: as xlsx by 姑苏区, with the same rows as csv by
吴中区, mixed by 工业园区, and without any row by 相城区. One run serves all tests.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deliver import MEASURES, Row, building, case, delimited, folder, report_row, workbook
from month_installation import Installation, deliver_all

from orchestration.reference.districts import CITY_ID, reporting_districts
from orchestration.reference.months import Month

OCTOBER = Month(2022, 10)
SIP = "工业园区"
SURVEYED = ("surveyed_building_count", "surveyed_floor_area_10k_m2", "surveyed_floor_area_m2")
FIGURES = {
    "surveyed_building_count": 401,
    "surveyed_floor_area_10k_m2": Decimal("4.01"),
    "suspected_complaint_count": 1,
    "suspected_patrol_count": 1,
    "verified_count": 1,
    "completed_count": 1,
}
RELEASE = ("release", "2022-10", "--note", "首次发布", "--reviewer", "张科长", "--yes", "--json")


def survey_rows() -> list[Row]:
    """Return 402 buildings, 401 of them surveyed."""
    return [
        *(building(n, floor_area_m2=102.25 if n % 2 else 98.25) for n in range(1, 401)),
        building(401, survey_status="待排查", surveyed_on=None),
        building(402, building_name="𠮷祥楼", floor_area_m2=49.99),
    ]


def case_rows() -> list[Row]:
    """Return cases of which each of the four measures counts one."""
    return [
        case(1, verified_on="2022-10-09", verification_result="属实"),
        case(2, source_channel="巡查发现"),
        case(3, received_on="2022-09-30", verified_on="2022-10-01", verification_result="不属实"),
        case(
            4,
            received_on="2022-08-01",
            verified_on="2022-08-03",
            verification_result="属实",
            completed_on="2022-10-31",
            resolution="恢复原状",
        ),
    ]


def of_wuzhong(row: Row) -> Row:
    """Return a row of 姑苏区 as one of 吴中区."""
    moved = row | {"district": "吴中区", "town": "长桥街道"}
    if "building_id" in row:
        moved["building_id"] = row["building_id"].replace("320508", "320506", 1)
    return moved | ({"community": "龙桥社区"} if "community" in row else {})


def sip_survey() -> list[Row]:
    """Return 400 buildings: 133 not yet surveyed, and one surveyed one that is quarantined."""
    town = {"town": "娄葑街道", "community": "莲香新村社区"}
    rows = [
        building(n, SIP, building_id=f"320571{n:08d}", floor_area_m2=n + 0.35, **town)
        | ({"survey_status": "待排查", "surveyed_on": None} if n % 3 == 0 else {})
        for n in range(1, 401)
    ]
    rows[7]["floor_area_m2"] = None
    return rows


def sip_cases() -> list[Row]:
    return [
        case(1, SIP),
        case(2, SIP, source_channel="巡查发现", received_on="2022-10-31"),
        case(
            3, SIP, received_on="2022-09-30", verified_on="2022-10-01", verification_result="属实"
        ),
        case(4, SIP, verified_on="2022-10-09", verification_result="不属实"),
    ]


@pytest.fixture(scope="module")
def made(installation) -> Installation:
    """The month, run once; a test adds the release."""
    made: Installation = installation("ledgers")
    raw = made.settings.raw
    deliver_all(raw)
    gusu, wuzhong, sip = (folder(raw, name) for name in ("gusu", "wuzhong", "sip"))
    workbook(gusu / "building_survey.xlsx", "building_survey", survey_rows())
    workbook(gusu / "alteration_cases.xlsx", "alteration_cases", case_rows())
    delimited(
        wuzhong / "吴中区2022年10月既有建筑排查台账.csv",
        "building_survey",
        [of_wuzhong(row) for row in survey_rows()],
        encoding="gb18030",
    )
    cases = [of_wuzhong(row) for row in case_rows()]
    delimited(wuzhong / "alteration_cases.csv", "alteration_cases", cases)
    workbook(sip / "building_survey.xlsx", "building_survey", sip_survey())
    delimited(sip / "alteration_cases.csv", "alteration_cases", sip_cases())
    # no case at all: an empty ledger gives zero, not the figures of the report
    workbook(folder(raw, "xiangcheng") / "alteration_cases.xlsx", "alteration_cases", [])
    done = made.fangan("month", "2022-10")
    assert done.returncode == 1, done.stdout + done.stderr
    return made


@pytest.mark.parametrize("district_id", ["gusu", "wuzhong"])
def test_a_ledger_takes_precedence_over_the_report_and_differences_are_shown(
    made: Installation, district_id: str
) -> None:
    row = made.table()[district_id]
    assert (row["survey_basis"], row["case_basis"]) == ("ledger", "ledger")
    assert {measure: row[measure] for measure in MEASURES} == FIGURES
    assert row["surveyed_floor_area_m2"] == Decimal("40149.99")
    reported = report_row(district_id)
    differences = {
        difference["metric_id"]: difference["difference"]
        for difference in made.rows(
            f"from marts.rpt_reconciliation where district_id = '{district_id}'"
        )
    }
    assert differences == {
        measure: FIGURES[measure] - Decimal(str(reported[measure])) for measure in MEASURES
    }


def test_an_empty_ledger_gives_zero_and_not_the_reports_figures(made: Installation) -> None:
    row, reported = made.table()["xiangcheng"], report_row("xiangcheng")
    assert (row["survey_basis"], row["case_basis"]) == ("reported", "ledger")
    assert [row[measure] for measure in MEASURES] == [
        reported["surveyed_building_count"],
        Decimal(str(reported["surveyed_floor_area_10k_m2"])),
        *(0, 0, 0, 0),
    ]


def test_the_city_adds_ledgers_and_reports(made: Installation) -> None:
    table = made.table()
    assert table[CITY_ID]["survey_basis"] == "mixed"
    by_ledger = sum(
        report_row(district_id)["surveyed_building_count"]
        for district_id in ("gusu", "wuzhong", "sip")
    )
    assert table[CITY_ID]["surveyed_building_count"] == 703260 - by_ledger + 401 + 401 + 266


def test_clean_ledgers_only_fail_by_differing_from_the_reports(made: Installation) -> None:
    """工业园区 is left out: some of its rows are wrong on purpose."""
    failing = made.rows(
        "select district_id, rule_id from marts.rpt_verdict"
        " where outcome = 'fail' and district_id <> 'sip' order by all"
    )
    assert [tuple(row.values()) for row in failing] == [
        ("gusu", "MR-401"),
        ("gusu", "MR-402"),
        ("wuzhong", "MR-401"),
        ("wuzhong", "MR-402"),
        ("xiangcheng", "MR-402"),
    ]


def checked(made: Installation, path: Path, district: str) -> dict[str, Any]:
    """Return the figures that ``fangan check`` shows for one file."""
    done = made.fangan("check", str(path), "--district", district, "--month", "2022-10", "--json")
    [record] = json.loads(done.stdout, parse_float=Decimal)
    figures: dict[str, Any] = record["figures"]
    return figures


def test_check_and_mart_count_the_same(made: Installation) -> None:
    table = made.table()
    place = folder(made.settings.raw, "sip")
    assert (table["sip"]["survey_basis"], table["sip"]["case_basis"]) == ("ledger", "ledger")
    shown = checked(made, place / "building_survey.xlsx", SIP)
    assert set(shown) == set(SURVEYED)
    shown |= checked(made, place / "alteration_cases.csv", SIP)
    assert set(shown) == {*SURVEYED, *MEASURES}
    assert shown == {name: table["sip"][name] for name in shown}
    assert shown["surveyed_building_count"] == 266
    for district in reporting_districts(OCTOBER):
        row = table[district.district_id]
        if (row["survey_basis"], row["case_basis"]) != ("reported", "reported"):
            continue
        report = folder(made.settings.raw, district.district_id) / "monthly_report.xlsx"
        shown = checked(made, report, district.district_id)
        assert len(shown) == 6
        assert shown == {name: row[name] for name in shown}, district.district_id


def test_a_release_builds_the_look_up_file(made: Installation) -> None:
    """A building is found in it as it was delivered, without the people in its row."""
    early = made.fangan("lookup", "32050800000402")
    assert early.returncode == 2
    assert "fangan release" in early.stderr
    released = made.fangan(*RELEASE)
    assert released.returncode == 0, released.stderr
    accepted = 402 + 402 + 399
    assert json.loads(released.stdout)["lookup"]["building_count"] == accepted
    for building_id in ("32050800000402", "32050600000402"):
        found = json.loads(made.fangan("lookup", building_id, "--json").stdout)
        assert (found["as_of"]["vintage"], found["as_of"]["status"]) == (1, "provisional")
        assert found["building"]["basic"]["building_name"] == "𠮷祥楼"
        assert found["building"]["basic"]["floor_area_m2"] == 49.99
        # cases were reported, and this building has none; there is no register of danger
        assert found["building"]["safety"]["alteration_cases"] == []
        assert found["building"]["safety"]["danger_cases"] is None
    file = made.settings.lookups / "2022-10" / "lookup.sqlite"
    for personal in ("张某", "13800001111", "李某"):
        assert personal.encode() not in file.read_bytes()
