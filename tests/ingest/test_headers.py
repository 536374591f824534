from __future__ import annotations

import pyarrow as pa
import pytest
from ingest.builders import FLAT_HEADER, GUSU

from orchestration.ingest.reader.sheet import Merge, Sheet, SheetFacts
from orchestration.ingest.reader.table.header_words import fold_header
from orchestration.ingest.reader.table.headers import find_header
from orchestration.reference.contracts import load_contracts


def sheet(*rows, merges=()):
    width = max(len(row) for row in rows)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    columns = {
        n: pa.array([None if v is None else str(v) for v in values], pa.string())
        for n, values in enumerate(zip(*padded, strict=True))
    }
    return Sheet("表", len(rows), columns, facts=SheetFacts(merges=list(merges)))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("已排查面积（万㎡）", ("已排查面积", "万平方米")),
        ("已排查面积【万平方米】", ("已排查面积", "万平方米")),
        ("已排查\n面积 (单位：万m²)", ("已排查面积", "万平方米")),
        ("建筑面积（m2）", ("建筑面积", "平方米")),
        ("镇（街道）", ("镇(街道)", None)),
        ("*房屋编号：", ("房屋编号", None)),
        ("核实（处）", ("核实", "处")),
    ],
)
def test_fold(text, folded):
    assert fold_header(text) == folded


@pytest.mark.parametrize("kind", load_contracts())
def test_every_header_and_synonym_of_every_contract_is_found(kind):
    contract = load_contracts()[kind]
    for position, column in enumerate(contract.columns):
        for name in (column.header.rpartition("/")[2], *column.synonyms):
            texts = [c.header.rpartition("/")[2] for c in contract.columns]
            texts[position] = name
            header = find_header(sheet(texts), contract)
            assert header is not None
            assert (header.problems, header.columns[column.name]) == ((), position), name


def test_two_row_header_of_a_csv_with_blank_parents(monthly):
    top = [*FLAT_HEADER[:3], "受理疑似违法拆改投诉（起）", None, *FLAT_HEADER[5:]]
    leaves = [None, None, None, "投诉举报", "巡查发现"]
    header = find_header(sheet(["标题"], top, leaves, GUSU), monthly)
    assert header is not None
    assert (header.first_row, header.last_row, header.problems) == (2, 3, ())
    assert header.headers["suspected_patrol_count"] == "受理疑似违法拆改投诉（起）/巡查发现"


@pytest.mark.parametrize("kind", load_contracts())
def test_a_header_may_stand_in_one_row_as_the_contract_prints_it(kind):
    contract = load_contracts()[kind]
    headers = [column.header for column in contract.columns]
    for written in (headers, [header.replace("/", " ／ ") for header in headers]):
        header = find_header(sheet(["标题"], written, GUSU), contract)
        assert header is not None
        assert (header.first_row, header.last_row, header.problems) == (2, 2, ())
        assert tuple(header.columns) == contract.fields


def test_a_path_in_one_cell_is_read_to_its_end(monthly):
    names = [*FLAT_HEADER]
    for written, code in (
        ("受理疑似违法拆改投诉/投诉举报（处）", "unit_conflict"),
        ("本年累计/投诉举报", "unknown_column"),
    ):
        names[3] = written
        header = find_header(sheet(names, GUSU), monthly)
        assert header is not None
        assert header.problems[0].code == code


def test_unit_row_below_the_names(monthly):
    names = ["地区", "已排查幢数", "已排查面积", *FLAT_HEADER[3:]]
    units = [None, "(幢)", "万㎡", "起", "件", "起", "起"]
    header = find_header(sheet(names, units, GUSU), monthly)
    assert header is not None
    assert header.problems == ()
    assert set(header.columns) >= {"surveyed_floor_area_10k_m2", "completed_count"}


def test_cases_counted_in_another_unit_are_a_conflict(monthly):
    names = [*FLAT_HEADER[:5], "核实违法拆改（处）", FLAT_HEADER[6]]
    header = find_header(sheet(names, GUSU), monthly)
    assert header is not None
    assert [(p.code, p.cell, p.field) for p in header.problems] == [
        ("unit_conflict", "F1", "verified_count")
    ]


def test_three_levels_with_merges(monthly):
    rows = [
        ["一、基本情况", None, None, "二、拆改情况", None, None, None],
        [*FLAT_HEADER[:3], "受理疑似违法拆改投诉（起）", None, *FLAT_HEADER[5:]],
        [None, None, None, "投诉举报", "巡查发现", None, None],
        GUSU,
    ]
    merges = [Merge(1, 0, 1, 2), Merge(1, 3, 1, 6), Merge(2, 3, 2, 4)]
    merges += [Merge(2, n, 3, n) for n in (0, 1, 2, 5, 6)]
    header = find_header(sheet(*rows, merges=merges), monthly)
    assert header is not None
    assert (header.problems, header.last_row, len(header.columns)) == ((), 3, 7)


def test_serial_number_is_no_unknown_column(monthly):
    header = find_header(sheet(["序号", *FLAT_HEADER], [1, *GUSU]), monthly)
    assert header is not None
    assert (header.problems, header.serial_columns) == ((), {0: "序号"})


def test_phone_in_a_header_does_not_reach_the_message(monthly):
    header = find_header(sheet([*FLAT_HEADER, "联系13812345678"], GUSU), monthly)
    assert header is not None
    assert "13812345678" not in header.problems[0].message
