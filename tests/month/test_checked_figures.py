"""``fangan check`` shows of each file what the month then publishes of report and ledger."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from deliver import building, case, delimited, folder, workbook
from month_installation import Installation

from orchestration.reference.districts import CITY_ID

SURVEYED = ("surveyed_building_count", "surveyed_floor_area_10k_m2", "surveyed_floor_area_m2")
SIP = "工业园区"


def checked(made: Installation, *arguments: str) -> dict[str, Any]:
    """Return what ``fangan check`` shows of one file."""
    done = made.fangan("check", *arguments, "--month", "2022-10", "--json")
    [record] = json.loads(done.stdout, parse_float=Decimal)
    figures: dict[str, Any] = record["figures"]
    return figures


def test_check_and_mart_count_the_same(after_october: Installation) -> None:
    made = after_october
    place = folder(made.settings.raw, "sip")
    town = {"town": "娄葑街道", "community": "莲香新村社区"}
    buildings = [
        building(n, SIP, building_id=f"320571{n:08d}", floor_area_m2=n + 0.35, **town)
        | ({"survey_status": "待排查", "surveyed_on": None} if n % 3 == 0 else {})
        for n in range(1, 401)
    ]
    buildings[7]["floor_area_m2"] = None  # held back, and so in neither
    survey = workbook(place / "building_survey.xlsx", "building_survey", buildings)
    received = [
        case(1, SIP),
        case(2, SIP, source_channel="巡查发现", received_on="2022-10-31"),
        case(
            3, SIP, received_on="2022-09-30", verified_on="2022-10-01", verification_result="属实"
        ),
        case(4, SIP, verified_on="2022-10-09", verification_result="不属实"),
    ]
    cases = delimited(place / "alteration_cases.csv", "alteration_cases", received)
    run = made.fangan("month", "2022-10", "--json")
    assert run.returncode in (0, 1), run.stderr
    table = made.table()
    assert (table["sip"]["survey_basis"], table["sip"]["case_basis"]) == ("ledger", "ledger")
    own = ("--district", SIP)
    shown = checked(made, str(survey), *own) | checked(made, str(cases), *own)
    assert set(shown) == {*SURVEYED, *_of_cases(shown)}
    assert shown == {name: table["sip"][name] for name in shown}
    assert shown["surveyed_building_count"] == 266
    for district_id, row in table.items():
        if district_id in (CITY_ID, "sip"):
            continue
        report = folder(made.settings.raw, district_id) / "monthly_report.xlsx"
        shown = checked(made, str(report), "--district", district_id)
        assert len(shown) == 6
        assert shown == {name: row[name] for name in shown}, district_id


def _of_cases(figures: dict[str, Any]) -> set[str]:
    return {name for name in figures if not name.startswith("surveyed")}
