"""A clerk's work with the commands: fill in a template, deliver, correct, deliver again."""

from __future__ import annotations

import json
import shutil

import openpyxl
from deliver import building, folder
from month_installation import Installation, deliver_all

from orchestration.reference.contracts import load_contracts
from orchestration.returns.template_choices import template_columns

#: Row and column of the template's first cell to fill: under the title and the header.
FIRST_ROW = 4
WRONG = "约一百"


def _column(field: str) -> int:
    names = [column.name for column in template_columns(load_contracts()["building_survey"])]
    return names.index(field) + 1


def _status(made: Installation) -> dict[str, object]:
    done = made.fangan("status", "2022-10", "姑苏区", "--json")
    [record] = [r for r in json.loads(done.stdout)["deliveries"] if r["kind"] == "building_survey"]
    return record


def test_a_clerk_goes_from_template_to_empty_quarantine(installation) -> None:
    made: Installation = installation("round_trip")
    deliver_all(made.settings.raw)
    blank = made.settings.home.parent / "台账模板.xlsx"
    written = made.fangan(
        "template", "building_survey", "姑苏区", "--month", "2022-10", "--out", str(blank)
    )
    assert written.returncode == 0, written.stderr
    book = openpyxl.load_workbook(blank)
    for number in range(1, 151):
        row = building(number) | ({"floor_area_m2": WRONG} if number == 7 else {})
        for field, value in row.items():
            book.worksheets[0].cell(FIRST_ROW + number - 1, _column(field)).value = value
    delivered = folder(made.settings.raw, "gusu") / "building_survey.xlsx"
    book.save(delivered)

    checked = made.fangan("check", str(delivered), "--json")
    assert checked.returncode == 1, checked.stderr
    [foreseen] = json.loads(checked.stdout)
    assert (foreseen["state"], foreseen["failed_rules"]) == ("accepted_with_quarantine", ["BS-103"])

    assert made.fangan("month", "2022-10").returncode == 1
    first = _status(made)
    assert first["state"] == foreseen["state"]
    assert (first["accepted_count"], first["quarantined_count"]) == (149, 1)

    assert made.fangan("return", "2022-10", "姑苏区").returncode == 1
    package = made.settings.home / "returns" / "2022-10" / "gusu"
    marked = openpyxl.load_workbook(package / "building_survey.xlsx")
    [cell] = [
        cell
        for row in marked["既有建筑排查台账"].iter_rows()
        for cell in row
        if cell.value == WRONG
    ]
    assert cell.comment is not None
    assert "BS-103" in cell.comment.text
    cell.value = 120.25
    marked.save(package.parent / "corrected.xlsx")
    shutil.copyfile(package.parent / "corrected.xlsx", delivered)

    assert made.fangan("check", str(delivered)).returncode == 0
    made.fangan("month", "2022-10")
    second = _status(made)
    assert (second["state"], second["version"]) == ("accepted", 2)
    assert (second["accepted_count"], second["quarantined_count"]) == (150, 0)
    difference = second["redelivery"]["difference"]
    assert difference["released_count"] == 1
    assert difference["changed_by_field"] == {"floor_area_m2": 1}
