from __future__ import annotations

from ingest.builders import FLAT_HEADER, GUSU, TITLE, report, table


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
