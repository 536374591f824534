"""Rows of printed forms are distinguished from data; nothing countable is taken out."""

from __future__ import annotations

import pytest
from ingest.builders import FLAT_HEADER, GUSU, survey_row, table

from orchestration.ingest.reader.table.rows import total_label
from orchestration.ingest.reader.table.special_rows import is_numbering

BLANK = [None] * 6


def _roles(result) -> dict[int, str]:
    return {item.row: item.role for item in result.reading.itemised}


@pytest.mark.parametrize(
    "cells",
    [
        [1, 2, 3, 4, 5, 6, 7],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        ["①", "②", "③", "④", "⑤", "⑥", "⑦"],
        ["一", "二", "三", "四", "五", "六", "七"],
        ["A", "B", "C", "D", "E", "F", "G"],
        ["甲", 1, 2, 3, 4, 5, 6],
        ["栏次", 1, 2, 3, 4, 5, 6],
        ["甲", 1, 2, 3, "4=5+6", 5, 6],
        [None, 1, 2, "3=1+2", 4, 5, 6],
        ["—", "1", "2", "3", "4", "5", "6"],
        ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ"],
    ],
)
def test_column_numbers_under_the_header_are_no_data(read, tmp_path, cells):
    result = read(table(tmp_path / "a.xlsx", [FLAT_HEADER, cells, GUSU]))
    assert _roles(result)[2] == "column_numbers"
    assert [row["surveyed_building_count"] for row in result.rows] == ["49683"]


@pytest.mark.parametrize(
    "texts",
    [
        ["姑苏区", "1", "2", "3", "4", "5", "6"],
        ["平江街道", "1", "2", "3"],
        ["1", "2", "4"],
        ["2", "3", "4"],
        ["1", "2"],
        ["1", "1", "2", "3"],
        ["12", "8", "3"],
    ],
)
def test_figures_are_no_column_numbers(texts):
    assert not is_numbering(texts)


@pytest.mark.parametrize(
    "text", ["以下空白", "（以下空白）", "以下无正文", "(此处空白)", "——以下空白——", "本页以下空白"]
)
def test_what_says_that_nothing_follows_is_no_data(read, tmp_path, survey, text):
    names = list(survey.fields)
    header = [survey.column(name).header for name in names]
    result = read(
        table(tmp_path / "a.xlsx", [header, survey_row(names), [text]]), "building_survey"
    )
    assert (_roles(result)[3], len(result.rows)) == ("end_mark", 1)


def test_notes_between_rows_and_repeated_headers_are_no_data(read, tmp_path):
    rows = [
        ["姑苏区月报表"],
        FLAT_HEADER,
        ["平江街道", 10, 1.5, 1, 1, 1, 1],
        ["注：以下为沧浪片区"],
        ["第1页 共2页"],
        ["姑苏区月报表"],
        FLAT_HEADER,
        ["甲", 1, 2, 3, 4, 5, 6],
        ["沧浪街道", 10, 1.5, 1, 1, 1, 1],
        ["城北各街道", *BLANK],
        ["金阊街道", 10, 1.5, 1, 1, 1, 1],
    ]

    def merge(book, sheet):
        sheet.merge_range(9, 0, 9, 6, "城北各街道")

    result = read(table(tmp_path / "a.xlsx", rows, extra=merge))
    assert _roles(result) == {
        1: "title",
        2: "header",
        4: "note",
        5: "note",
        6: "title",
        7: "header",
        8: "column_numbers",
        10: "note",
    }
    assert [row["district"] for row in result.rows] == ["平江街道", "沧浪街道", "金阊街道"]


def test_a_row_with_a_key_or_a_measure_stays_data(read, tmp_path, survey):
    names = list(survey.fields)
    header = [survey.column(name).header for name in names]
    keyed = survey_row(names, building_id="合计")
    alone = ["32050800000001"]
    result = read(
        table(tmp_path / "a.xlsx", [header, keyed, alone, survey_row(names)]), "building_survey"
    )
    assert [row["building_id"] for row in result.rows] == ["合计", "32050800000001", "032050801"]
    note = ["注：合并", 10, *BLANK[:5]]
    result = read(table(tmp_path / "b.xlsx", [FLAT_HEADER, note, GUSU]))
    assert len(result.rows) == 2


@pytest.mark.parametrize(
    "text",
    [
        *("合计", "总 计", "小计", "共计", "合计数", "总数", "汇总", "累计", "全区合计"),
        *("合计(1+2+3)", "合计：", "（合计）", "平江片小计"),
        *("Total", "SUBTOTAL", "Grand Total", "sum", "Ｔｏｔａｌ"),
    ],
)
def test_labels_of_totals_are_known(text):
    assert total_label(text)


@pytest.mark.parametrize("text", ["统计", "会计", "设计", "平江街道", "总工会", "全区", "", "计"])
def test_other_words_are_no_totals(text):
    assert total_label(text) is None
