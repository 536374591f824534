"""Templates: accepted when filled in, with a locked header and the contract's code lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from deliver import OCTOBER, building, case, change, folder, report_row
from ingest.builders import rezip
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.ingest.reader.pipeline import read_file
from orchestration.ingest.reading import Reading
from orchestration.reference.contracts import STAMP_PROPERTY, Contract, load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.reference.places import official_communities
from orchestration.returns.marking import write_marked_copy
from orchestration.returns.template import write_template
from orchestration.returns.template_choices import template_columns
from orchestration.settings import Settings

KINDS = sorted(load_contracts())
ROWS = {
    "monthly_report": [report_row("gusu")],
    "building_survey": [building(n) for n in range(1, 4)],
    "alteration_cases": [case(n) for n in range(1, 4)],
    # the last one went to another district, which will number it
    "building_changes": [change(1), change(2), change(3, change_type="划转")],
}


def _template(kind: str, path: Path) -> tuple[Contract, Worksheet]:
    contract = load_contracts()[kind]
    district = CITY_ID if contract.delivered_by == "city" else "gusu"
    write_template(kind, district, OCTOBER, path)
    return contract, openpyxl.load_workbook(path).worksheets[0]


def _first_row(contract: Contract) -> int:
    return 3 + max(column.header.count("/") + 1 for column in template_columns(contract))


def _fill(path: Path, contract: Contract, rows: Sequence[dict[str, object]]) -> None:
    book = openpyxl.load_workbook(path)
    for number, row in enumerate(rows, start=_first_row(contract)):
        for position, column in enumerate(template_columns(contract), start=1):
            if row.get(column.name) is not None:
                book.worksheets[0].cell(number, position).value = row[column.name]
    book.save(path)


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_a_filled_in_template_is_accepted(kind: str, settings: Settings, judge) -> None:
    path = folder(settings.raw, "gusu") / f"{kind}.xlsx"
    contract, _ = _template(kind, path)
    _fill(path, contract, ROWS[kind])
    judged = judge()[kind]
    own = [v.rule_id for v in judged.verdicts if v.outcome == "fail"]
    assert (judged.state, own) == ("accepted", [])
    assert judged.accepted_count == len(ROWS[kind])
    assert judged.as_at == "2022-10-31"


@pytest.mark.parametrize("kind", KINDS)
def test_every_header_of_a_template_is_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    contract, _ = _template(kind, path)
    filler = {column.name: "1" for column in contract.columns}
    _fill(path, contract, [filler])
    reading = read_file(path, contract, tmp_path / "l", tmp_path / "n")
    assert [problem.code for problem in reading.problems] == []
    assert reading.sheet == contract.title
    assert reading.landed_rows == 1
    assert list(reading.columns) == [column.name for column in template_columns(contract)]


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_header_is_locked(kind: str, tmp_path: Path) -> None:
    contract, sheet = _template(kind, tmp_path / "template.xlsx")
    assert sheet.protection.sheet
    first = _first_row(contract)
    assert sheet.freeze_panes == f"B{first}"
    assert all(cell.protection.locked for cell in sheet[first - 1])
    for letter, dimension in sheet.column_dimensions.items():
        assert not dimension.protection.locked, letter


def test_a_blank_template_is_refused_for_having_no_rows(tmp_path: Path) -> None:
    contract, _ = _template("building_survey", tmp_path / "template.xlsx")
    reading = read_file(tmp_path / "template.xlsx", contract, tmp_path / "l", tmp_path / "n")
    assert [problem.code for problem in reading.problems] == ["no_rows"]


@pytest.mark.parametrize("kind", KINDS)
def test_drop_downs_have_the_code_lists(kind: str, tmp_path: Path) -> None:
    contract, sheet = _template(kind, tmp_path / "template.xlsx")
    lists = {
        next(iter(validation.sqref.ranges)).min_col: validation.formula1.strip('"').split(",")
        for validation in sheet.data_validations.dataValidation
    }
    for position, column in enumerate(template_columns(contract), start=1):
        if column.codes:
            assert lists[position] == list(column.codes)


def test_formats_follow_the_contract(tmp_path: Path) -> None:
    contract, sheet = _template("building_survey", tmp_path / "template.xlsx")
    formats = {
        column.name: sheet.column_dimensions[openpyxl.utils.get_column_letter(n)].number_format
        for n, column in enumerate(template_columns(contract), start=1)
    }
    assert formats["building_id"] == formats["owner_phone"] == "@"
    assert formats["surveyed_on"] == "yyyy-mm-dd"
    assert formats["floor_area_m2"] == "0.00"
    assert formats["floors_above"] == "0"


def test_header_levels_are_merged_and_have_units(tmp_path: Path) -> None:
    _, sheet = _template("monthly_report", tmp_path / "template.xlsx")
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A3:A4", "E3:F3"} <= merged
    assert sheet["C3"].value == "已排查幢数(幢)"
    assert sheet["D3"].value == "已排查面积(万平方)"
    assert sheet["A2"].value == "截至2022年10月31日"


def test_the_stamp_is_a_property_that_excel_keeps(tmp_path: Path) -> None:
    contract, _ = _template("monthly_report", tmp_path / "template.xlsx")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    assert book.custom_doc_props[STAMP_PROPERTY].value == contract.stamp
    texts = [str(cell) for row in book["填报说明"].iter_rows(values_only=True) for cell in row]
    assert any(contract.stamp in text for text in texts)


def test_the_reader_recognises_the_stamp_in_a_returned_copy_too(tmp_path: Path) -> None:
    path, copy = tmp_path / "template.xlsx", tmp_path / "copy.xlsx"
    contract, _ = _template("building_survey", path)
    _fill(path, contract, ROWS["building_survey"])
    finding = {"sheet": contract.title, "cell": "A4", "severity": "warn", "rule_id": "BS-101"}
    write_marked_copy(path, [finding | {"message": "问题", "remedy": "改"}], copy)
    for file in (path, copy):
        reading = read_file(file, contract, tmp_path / "l", tmp_path / "n")
        assert (reading.template, reading.problems) == (contract.stamp, [])


def _stamped(path: Path, change: Callable[[bytes], bytes]) -> Reading:
    """Read a filled-in survey template after its document properties were changed."""
    contract, _ = _template("building_survey", path)
    _fill(path, contract, ROWS["building_survey"])
    changed = rezip(path, path.with_name("changed.xlsx"), {"docProps/custom.xml": change})
    return read_file(changed, contract, path.with_name("l"), path.with_name("n"))


_CURRENT = load_contracts()["building_survey"].stamp.encode()


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda p: p.replace(_CURRENT[-12:], b"0" * 12), "old_template", "版本 000000000000"),
        (
            lambda p: p.replace(_CURRENT, load_contracts()["danger_cases"].stamp.encode()),
            "foreign_template",
            "《危房治理台账》",
        ),
        (
            lambda p: p.replace(_CURRENT, b"no_kind 0123456789ab"),
            "foreign_template",
            "另一种报表",
        ),
        (lambda p: p.replace(_CURRENT, b"=cmd|1"), "unreadable_stamp", "无法识别"),
        (lambda p: p[: len(p) // 2], "unreadable_stamp", "无法识别"),
        (lambda p: p + b" " * 70_000, "unreadable_stamp", "无法识别"),
        (lambda p: b'<?xml version="1.0" encoding="X-8"?>' + p, "unreadable_stamp", "无法识别"),
    ],
    ids=["old", "other kind", "no kind", "no stamp", "cut short", "too long", "encoding"],
)
def test_an_outdated_stamp_is_reported(
    change: Callable[[bytes], bytes], code: str, words: str, tmp_path: Path
) -> None:
    reading = _stamped(tmp_path / "template.xlsx", change)
    [problem] = reading.problems
    assert problem.code == code
    assert words in problem.message
    assert "cmd" not in problem.message
    assert reading.landed_rows == len(ROWS["building_survey"])


def test_a_document_type_in_the_properties_is_refused_in_any_encoding(tmp_path: Path) -> None:
    def with_doctype(content: bytes) -> bytes:
        return ("<!DOCTYPE x []>" + content.decode()).encode("utf-16")

    [problem] = _stamped(tmp_path / "template.xlsx", with_doctype).problems
    assert problem.code == "unsafe_workbook"


def test_a_stamp_in_another_property_is_ignored(tmp_path: Path) -> None:
    def renamed(content: bytes) -> bytes:
        return content.replace(STAMP_PROPERTY.encode(), b"KSOProductBuildVer")

    reading = _stamped(tmp_path / "template.xlsx", renamed)
    assert (reading.template, reading.problems) == (None, [])


def test_an_unknown_header_is_reported_with_the_outdated_template(
    settings: Settings, judge
) -> None:
    path = folder(settings.raw, "gusu") / "building_survey.xlsx"
    contract, _ = _template("building_survey", path)
    _fill(path, contract, ROWS["building_survey"])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["A3"] = "旧编号"
    book.custom_doc_props[STAMP_PROPERTY].value = f"{contract.kind} {'0' * 12}"
    book.save(path)
    judged = judge()[contract.kind]
    failed = {v.rule_id: v.severity for v in judged.verdicts if v.outcome == "fail"}
    assert failed == {"ST-003": "refuse", "ST-013": "info"}


def test_the_instructions_say_which_cells_are_required(tmp_path: Path) -> None:
    _template("building_survey", tmp_path / "template.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "template.xlsx")["填报说明"]
    needs = {row[1]: row[4] for row in sheet.iter_rows(values_only=True) if row[1]}
    assert needs["“房屋编号”"] == "必填"
    assert needs["“房屋名称”"] == "可空"


def test_a_kind_the_district_does_not_deliver_has_no_template(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="delivered by the district"):
        write_template("monthly_report", CITY_ID, OCTOBER, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_towns_and_communities_are_the_months_official_ones(tmp_path: Path) -> None:
    contract, sheet = _template("building_survey", tmp_path / "template.xlsx")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    listed = {row[:2] for row in book["镇街和村社区"].iter_rows(min_row=2, values_only=True)}
    official = {(c.town, c.community) for c in official_communities(OCTOBER, "gusu")}
    assert {pair for pair in listed if pair[0]} == official
    validations = sheet.data_validations.dataValidation
    rules = {next(iter(rule.sqref.ranges)).min_col: rule for rule in validations}
    names = [column.name for column in template_columns(contract)]
    town, community = (rules[names.index(name) + 1] for name in ("town", "community"))
    towns = len({town for town, _ in official})
    assert town.formula1 == f"'镇街和村社区'!$D$2:$D${towns + 1}"
    cell = f"${openpyxl.utils.get_column_letter(names.index('town') + 1)}{_first_row(contract)}"
    assert f"MATCH({cell}," in community.formula1
    # a clerk may insist: the rules know more spellings than the list
    assert town.errorStyle == community.errorStyle == "warning"


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_and_dates_are_asked_for_and_no_list_reaches_the_last_row(
    kind: str, tmp_path: Path
) -> None:
    contract, sheet = _template(kind, tmp_path / "template.xlsx")
    rules = {}
    for rule in sheet.data_validations.dataValidation:
        [place] = rule.sqref.ranges
        rules[place.min_col] = rule
        assert place.max_row < 1_048_576
    for position, column in enumerate(template_columns(contract), start=1):
        expected = {"integer": "whole"}.get(column.type, column.type)
        if expected in ("whole", "decimal", "date"):
            assert rules[position].type == expected
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "审核人" in sheet.oddFooter.center.text
