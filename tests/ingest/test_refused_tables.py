from __future__ import annotations

import pytest
from ingest.builders import FLAT_HEADER, GUSU, TITLE, report, rezip, table


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([FLAT_HEADER], "no_rows"),
        ([["随便", "什么"], [1, 2]], "no_header"),
        ([[*FLAT_HEADER, "备用"], GUSU], "unknown_column"),
        ([FLAT_HEADER[:-1], GUSU[:-1]], "missing_column"),
        ([[*FLAT_HEADER, "投诉"], [*GUSU, 1]], "duplicate_column"),
        ([[*FLAT_HEADER[:2], "已排查面积(㎡)", *FLAT_HEADER[3:]], GUSU], "unit_conflict"),
    ],
)
def test_wrong_table_is_refused_with_one_finding(read, tmp_path, rows, code):
    result = read(table(tmp_path / "a.xlsx", rows))
    assert result.codes == [code]
    assert result.rows == []
    assert result.reading.is_refused
    assert result.reading.problems[0].remedy


def test_broken_sheet_is_no_workbook(read, tmp_path):
    good = report(tmp_path / "a.xlsx")
    cut = {"xl/worksheets/sheet1.xml": lambda content: content[: len(content) // 2]}
    assert read(rezip(good, tmp_path / "b.xlsx", cut)).codes == ["not_a_workbook"]


def test_renamed_column_names_both_sides(read, tmp_path):
    header = [*FLAT_HEADER[:2], "面积(平方)", *FLAT_HEADER[3:]]
    problems = read(table(tmp_path / "a.xlsx", [[TITLE], header, GUSU])).reading.problems
    assert [(p.code, p.cell, p.field) for p in problems] == [
        ("unknown_column", "C2", None),
        ("missing_column", None, "surveyed_floor_area_10k_m2"),
    ]
    assert "“面积(平方)”不在月报表的约定中，最接近的是“已排查面积(万平方)”" in problems[0].message
    assert "最接近的表头是“面积(平方)”" in problems[1].message


def test_two_sheets_of_one_month_are_both_named(read, tmp_path):
    def second(book, sheet):
        other = book.add_worksheet("月报表 (2)")
        other.write_row(0, 0, FLAT_HEADER)
        other.write_row(1, 0, GUSU)

    result = read(report(tmp_path / "a.xlsx", extra=second))
    assert result.codes == ["two_sheets"]
    assert "“月报表”、“月报表 (2)”" in result.reading.problems[0].message
