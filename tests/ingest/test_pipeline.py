from __future__ import annotations

from datetime import datetime

import openpyxl
import pytest
from ingest.builders import FLAT_HEADER, GUSU, report, survey_row, table

from orchestration.ingest.reader.stated.titles import months_of


def test_seed_report_lands_exactly_its_row(read, tmp_path, monthly):
    result = read(report(tmp_path / "a.xlsx"))
    assert result.rows == [
        {
            "sheet": "月报表",
            "row_number": 4,
            "district": "姑苏区",
            "town": None,
            "surveyed_building_count": "49683",
            "surveyed_floor_area_10k_m2": "7658.27",
            "suspected_complaint_count": "28",
            "suspected_patrol_count": "8",
            "verified_count": "30",
            "completed_count": "31",
            "as_at": None,
            "note": None,
        }
    ]
    assert list(result.rows[0]) == ["sheet", "row_number", *monthly.fields]
    reading = result.reading
    assert result.notes == []
    assert reading.problems == []
    assert (reading.file_format, reading.encoding, reading.sheet) == ("xlsx", None, "月报表")
    assert (reading.as_at, reading.as_at_source) == ("2022-10-31", "title")
    assert months_of(reading.claims) == ("2022-10",)
    assert reading.districts_named == ["gusu"]
    assert [(i.row, i.role) for i in reading.itemised] == [
        (1, "title"),
        (2, "header"),
        (3, "header"),
        (5, "footer"),
    ]
    assert reading.columns["suspected_patrol_count"] == "E"
    assert reading.headers["suspected_patrol_count"] == "受理疑似违法拆改投诉（起）/巡查发现"
    absent = {"town", "as_at", "note"}
    assert set(reading.columns) == set(monthly.fields) - absent
    assert reading.file_rows == 5


def test_offset_table_keeps_excels_own_rows_and_letters(read, tmp_path):
    rows = [[], [None, None, *FLAT_HEADER], [None, None, *GUSU]]
    result = read(table(tmp_path / "a.xlsx", rows))
    assert result.rows[0]["row_number"] == 3
    assert result.reading.columns["district"] == "C"
    assert [(i.row, i.role) for i in result.reading.itemised] == [(1, "blank"), (2, "header")]


def test_styled_cells_beside_the_table_move_no_column(read, tmp_path):
    def frame(book, sheet):
        sheet.write_blank(0, 0, None, book.add_format({"border": 1}))
        sheet.write_blank(2, 11, None, book.add_format({"border": 1}))

    rows = [[], [None, None, *FLAT_HEADER], [None, None, *GUSU]]
    result = read(table(tmp_path / "a.xlsx", rows, extra=frame))
    assert result.reading.columns["completed_count"] == "I"
    assert (result.rows[0]["row_number"], result.rows[0]["completed_count"]) == (3, "31")


def test_town_rows_with_subtotals_and_total(read, tmp_path):
    header = ["序号", "地区", "镇街", *FLAT_HEADER[1:]]
    rows = [
        header,
        [1, "姑苏区", "平江街道", 10, "1,000.10", 1, 0, 1, 1],
        [2, "姑苏区", "双塔街道", 20, 0.2, "—", 1, 2, 2],
        [None, "小　计", None, 30, 1000.3, 1, 1, 3, 3],
        [3, "姑苏区", "虎丘街道", "３０", 3, 1, 1, 1, 1],
        [None, " 合 计", None, 61, "1,003.30", 2, 2, 4, 4],
    ]
    result = read(table(tmp_path / "a.xlsx", rows))
    assert [row["town"] for row in result.rows] == ["平江街道", "双塔街道", "虎丘街道"]
    assert [row["surveyed_building_count"] for row in result.rows] == ["10", "20", "30"]
    assert result.rows[1]["suspected_complaint_count"] is None
    totals = {(t.label, t.field): t for t in result.reading.totals}
    count = totals["合计", "surveyed_building_count"]
    assert (count.value, count.sum, count.rows_added, count.cell) == ("61", "60", 3, "D6")
    area = totals["合计", "surveyed_floor_area_10k_m2"]
    assert (area.value, area.sum) == ("1003.30", "1003.30")
    part = totals["小计", "surveyed_building_count"]
    assert (part.value, part.sum, part.rows_added) == ("30", "30", 2)
    assert totals["小计", "suspected_complaint_count"].sum == "1"
    assert result.hows("suspected_complaint_count") == ["placeholder"]
    assert result.hows("surveyed_floor_area_10k_m2") == ["thousands_separator"]
    assert result.hows("surveyed_building_count") == ["full_width"]
    assert result.hows("") == ["ignored_column"]
    assert result.reading.normalised_count == 3


def test_survey_keeps_ids_and_hides_people(read, tmp_path, survey):
    names = list(survey.fields)
    rows = [
        [survey.column(name).header for name in names],
        survey_row(names, remark="户主电话13812345678"),
        survey_row(names, building_id=" ００123", owner_name="不详", owner_phone="12"),
        survey_row(names, building_id="00124", owner_name=None, owner_phone="0512-65123456"),
    ]
    result = read(table(tmp_path / "a.xlsx", rows), "building_survey")
    assert [row["building_id"] for row in result.rows] == ["032050801", "00123", "00124"]
    assert [row["owner_name"] for row in result.rows] == ["filled", "placeholder", "blank"]
    assert [row["owner_phone"] for row in result.rows] == ["filled", "bad_format", "filled"]
    assert [row["surveyor"] for row in result.rows] == ["blank"] * 3
    assert result.rows[0]["remark"] == "户主电话〔电话〕"
    assert result.rows[0]["visible_defect"] == "无"
    assert "13812345678" not in repr((result.rows, result.notes, result.reading))
    personal = [note for note in result.notes if note["field"] in ("owner_name", "owner_phone")]
    assert [(n["cell"], n["delivered"], n["normalised"]) for n in personal] == [
        ("P3", None, "placeholder"),
        ("Q3", None, "bad_format"),
    ]


@pytest.mark.parametrize("is_1904", [False, True])
def test_real_date_cells_and_serials_of_both_epochs(read, tmp_path, survey, is_1904):
    names = list(survey.fields)
    place = names.index("surveyed_on")
    serial = 44865 - (1462 if is_1904 else 0)
    rows = [
        [survey.column(name).header for name in names],
        survey_row(names, surveyed_on=None),
        survey_row(names, building_id="2", surveyed_on=serial),
        survey_row(names, building_id="3", surveyed_on=2022.1),
    ]

    def date_cell(book, sheet):
        style = book.add_format({"num_format": "yyyy/m/d"})
        sheet.write_datetime(1, place, datetime(2022, 10, 31), style)

    path = table(tmp_path / "a.xlsx", rows, extra=date_cell, date_1904=is_1904)
    result = read(path, "building_survey")
    days = [row["surveyed_on"] for row in result.rows]
    assert days == ["2022-10-31", "2022-10-31", "2022.1"]
    assert result.hows("surveyed_on") == ["date_1904" if is_1904 else "excel_serial"]


def test_district_merged_down_is_filled_and_noted(read, tmp_path):
    header = ["地区", "镇街", *FLAT_HEADER[1:]]
    rows = [header, *([None, town, 1, 1, 0, 0, 0, 0] for town in "甲乙丙")]

    def merge(book, sheet):
        sheet.merge_range(1, 0, 2, 0, "姑苏区")

    result = read(table(tmp_path / "a.xlsx", rows, extra=merge))
    assert [row["district"] for row in result.rows] == ["姑苏区", "姑苏区", None]
    assert [(n["cell"], n["how"]) for n in result.notes] == [("A3", "merged")]


def test_formula_without_value_and_error_cell_are_reported_by_cell(read, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(FLAT_HEADER)
    sheet.append(["姑苏区", "=1+1", "#DIV/0!", 0, 0, 0, 0])
    sheet.append(["合计", "=B2", None, None, None, None, None])
    path = tmp_path / "a.xlsx"
    book.save(path)
    result = read(path)
    assert [(p.code, p.cell, p.row, p.field) for p in result.reading.problems] == [
        ("error_cell", "C2", 2, "surveyed_floor_area_10k_m2"),
        ("formula_without_value", "B2", 2, "surveyed_building_count"),
    ]
    assert result.rows[0]["surveyed_building_count"] is None


def test_a_number_beyond_the_calendar_in_a_date_cell_is_reported(read, tmp_path, survey):
    names = list(survey.fields)
    days = names.index("surveyed_on")

    def type_a_number(book, sheet):
        sheet.write_number(1, days, 99999999, book.add_format({"num_format": "yyyy/m/d"}))

    rows = [
        [survey.column(name).header for name in names],
        *(survey_row(names, building_id=f"{n}", surveyed_on=None) for n in range(10)),
    ]
    result = read(table(tmp_path / "a.xlsx", rows, extra=type_a_number), "building_survey")
    assert result.codes == ["unread_cells"]
    assert "1 个单元格有内容却读不出" in result.reading.problems[0].message


def test_a_number_too_long_is_reported_and_a_text_id_is_not(read, tmp_path, survey):
    names = list(survey.fields)
    rows = [
        [survey.column(name).header for name in names],
        survey_row(names, building_id=320501199001011234),
        survey_row(names, building_id="320501199001011234"),
    ]
    result = read(table(tmp_path / "a.xlsx", rows), "building_survey")
    assert [(p.code, p.cell) for p in result.reading.problems] == [("number_as_id", "A2")]
    assert result.rows[1]["building_id"] == "320501199001011234"


def test_hidden_parts_and_stray_cells_are_reported_and_read(read, tmp_path):
    def hide(book, sheet):
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        sheet.write_string(3, 9, "便签")
        other = book.add_worksheet("上月")
        other.write_row(0, 0, FLAT_HEADER)
        other.hide()

    result = read(report(tmp_path / "a.xlsx", extra=hide))
    assert result.codes == ["hidden_sheet", "hidden_rows", "hidden_columns", "stray_cell"]
    assert [p.cell for p in result.reading.problems] == [None, None, None, "J4"]
    assert len(result.rows) == 1


def test_as_at_of_a_column(read, tmp_path):
    rows = [[*FLAT_HEADER, "截至日期"], [*GUSU, "2022.10.31"]]
    result = read(table(tmp_path / "a.xlsx", rows))
    assert (result.reading.as_at, result.reading.as_at_source) == ("2022-10-31", "column")
    assert months_of(result.reading.claims) == ("2022-10",)
    assert result.hows("as_at") == ["date_spelling"]


def test_last_months_file_and_foreign_title_are_seen(read, tmp_path):
    reading = read(report(tmp_path / "a.xlsx", title="昆山市2022年9月月报表")).reading
    assert (reading.as_at, months_of(reading.claims)) == ("2022-09-30", ("2022-09",))
    assert reading.districts_named == ["kunshan"]


def test_long_blank_stretch_is_one_item(read, tmp_path):
    def far(book, sheet):
        sheet.write_string(5000, 0, "姑苏区")

    result = read(report(tmp_path / "a.xlsx", footer=(), extra=far))
    blank = [item for item in result.reading.itemised if item.role == "blank"]
    assert [(item.row, item.count) for item in blank] == [(5, 4996)]
    assert [row["row_number"] for row in result.rows] == [4, 5001]


def test_footers_of_several_lines_and_their_limits(read, tmp_path):
    rows = [
        FLAT_HEADER,
        GUSU,
        ["合计", *GUSU[1:]],
        [],
        ["注：1.本表按月报送；"],
        ["2.面积以万平方米计。"],
        ["填报人：", "张三", "审核人：", "李四", "电话", "65123456"],
    ]
    reading = read(table(tmp_path / "a.xlsx", rows)).reading
    assert [item.role for item in reading.itemised] == [
        "header",
        "total",
        "blank",
        "footer",
        "footer",
        "footer",
    ]
    assert reading.landed_rows == 1


def test_phone_in_a_footer_is_masked(read, tmp_path):
    reading = read(report(tmp_path / "a.xlsx", footer=("联系电话：13812345678",))).reading
    assert reading.itemised[-1].text == "联系电话：〔电话〕"


def test_text_in_a_measure_and_negative_count_stay_as_delivered(read, tmp_path):
    result = read(report(tmp_path / "a.xlsx", [("姑苏区", "约五万", "12.5万", -5, 8, 30, 31)]))
    row = result.rows[0]
    assert row["surveyed_building_count"] == "约五万"
    assert row["surveyed_floor_area_10k_m2"] == "12.5万"
    assert row["suspected_complaint_count"] == "-5"
    assert result.notes == []


def test_landing_is_the_same_for_any_order_of_columns(read, tmp_path):
    first = read(table(tmp_path / "a.xlsx", [FLAT_HEADER, GUSU])).rows
    second = read(table(tmp_path / "b.xlsx", [FLAT_HEADER[::-1], GUSU[::-1]])).rows
    assert first == second


def test_nothing_is_left_beside_the_two_files(read, tmp_path):
    read(report(tmp_path / "a.xlsx"))
    files = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert files == ["a.xlsx", "landing.parquet", "notes.parquet"]


def test_more_decimals_than_are_added_up_are_reported(read, tmp_path):
    def problems_of(area):
        row = [GUSU[0], GUSU[1], area, *GUSU[3:]]
        return read(table(tmp_path / "a.xlsx", [FLAT_HEADER, row])).reading.problems

    for area in (7658.27, "203.335", 0.1 + 0.2, 7658.2699999999995, "1.123456"):
        assert "too_many_decimals" not in {problem.code for problem in problems_of(area)}, area
    [problem] = [p for p in problems_of("203.1234567") if p.code == "too_many_decimals"]
    assert (problem.cell, problem.row) == ("C2", 2)
