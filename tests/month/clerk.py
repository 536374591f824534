"""A clerk of 姑苏区 with the commands: fill in a template, deliver, correct, deliver again."""

from __future__ import annotations

import json
import shutil
from typing import Any

import openpyxl
from deliver import building, folder
from month_installation import Installation

from orchestration.reference.contracts import load_contracts
from orchestration.returns.template_choices import template_columns

#: Row and column of the template's first cell to fill: under the title and the header.
FIRST_ROW = 4
WRONG = "约一百"


def deliver_filled_template(made: Installation) -> dict[str, Any]:
    """Deliver a ledger with one wrong cell; return what ``fangan check`` foresees."""
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
    return dict(foreseen)


def deliver_corrected_copy(made: Installation) -> None:
    """Correct the marked cell of the returned workbook and deliver that; it is found clean."""
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
    delivered = folder(made.settings.raw, "gusu") / "building_survey.xlsx"
    shutil.copyfile(package.parent / "corrected.xlsx", delivered)
    assert made.fangan("check", str(delivered)).returncode == 0


def status(made: Installation) -> dict[str, Any]:
    """Return what ``fangan status`` says of the ledger."""
    done = made.fangan("status", "2022-10", "姑苏区", "--json")
    [record] = [r for r in json.loads(done.stdout)["deliveries"] if r["kind"] == "building_survey"]
    return dict(record)


def _column(field: str) -> int:
    names = [column.name for column in template_columns(load_contracts()["building_survey"])]
    return names.index(field) + 1
