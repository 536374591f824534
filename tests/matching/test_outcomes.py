"""Every code gets one outcome with its reason; bad rows are outcomes, never failures."""

from __future__ import annotations

import random

import pytest
from matching_registers import code, match, plate

CITY = "江苏省苏州市姑苏区"
PLATES = [
    plate("P1", f"{CITY}平江街道人民路12号1幢", town="平江街道"),
    plate("P2", f"{CITY}平江街道人民路12号2幢", town="平江街道"),
    plate("P3", f"{CITY}双塔街道十全街8号桂花公寓3幢", town="双塔街道"),
    plate("P4", f"{CITY}双塔街道十全街8号桂花公寓4幢", town="双塔街道"),
    plate("P5", f"{CITY}金阊街道三香路20号", town="金阊街道"),
    plate("P6", f"{CITY}金阊街道三香路20号", town="金阊街道"),
    plate("P7", f"{CITY}平江街道白塔西路5号1幢", town="平江街道", valid_to="2022-01-01"),
    plate("P8", "上海市黄浦区人民路99号1幢"),
    plate("P9", "'; drop table plate; --"),
]
#: Address, town column → outcome, plate, a word of the reason.
EXPECTED = {
    "A1": ("苏州市平江区平江街道人民路１２号一栋", None, "matched_exact", "P1", "相同"),
    "A2": ("人民路12号2号楼3单元301室", "平江街道", "matched_exact", "P2", "相同"),
    "A3": ("十全街8号3幢", "双塔街道", "matched_exact", "P3", "相同"),
    "B1": ("双塔街道十全街8号桂华公寓3幢", None, "matched_fuzzy", "P3", "小区名称相近"),
    "B2": ("双塔街道8号桂花公寓4座", None, "matched_fuzzy", "P4", "缺街路巷"),
    "C1": ("三香路20号", "金阊街道", "multi_candidate", "P5", "几块门牌"),
    "C2": ("平江街道人民路12号", None, "multi_candidate", "P1", "缺楼幢号"),
    "D1": ("平江街道人民路12号9幢", None, "no_candidate", None, "没有相近"),
    "D2": ("平江街道白塔西路5号1幢", None, "no_candidate", None, "已注销"),
    "D3": ("平江街道人民路99号1幢", None, "no_candidate", None, "没有相近"),
    "E1": (None, None, "address_incomplete", None, "空白"),
    "E2": ("无", "平江街道", "address_incomplete", None, "空白"),
    "E3": ("路" * 10_000, None, "address_incomplete", None, "过长"),
    "E4": ("平江街道人民路", None, "address_incomplete", None, "缺少"),
    "E5": ("上海市黄浦区人民路99号1幢", None, "address_incomplete", None, "不是本市"),
    "E6": ("<script>alert('1号')</script>", None, "address_incomplete", None, "缺少"),
    "F1": ("常熟市虞山街道海虞南路1号", None, "code_conflict", None, "地区栏不符"),
    "G1": ("双塔街道十全街18号桂花公寓3幢", None, "pending_review", "P3", "门牌号差一位"),
    "G2": ("金阊街道十全街8号桂花公寓3幢", None, "pending_review", "P3", "镇街不同"),
}  # fmt: skip
CODES = [code(name, address, town=town) for name, (address, town, *_) in EXPECTED.items()]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("parsed")


@pytest.fixture(scope="module")
def outcomes(cache):
    return match(CODES, PLATES, cache)


@pytest.mark.parametrize("name", EXPECTED)
def test_outcome(outcomes, name):
    _, _, outcome, plate_code, word = EXPECTED[name]
    row = outcomes[name]
    assert (row["outcome"], row["doorplate_code"]) == (outcome, plate_code), row
    assert word in row["reason"]


def test_every_code_has_one_outcome(outcomes):
    assert set(outcomes) == set(EXPECTED)


def test_order_of_rows_changes_nothing(outcomes, cache):
    rows = random.Random(1)
    codes, plates = CODES[:], PLATES[:]
    rows.shuffle(codes)
    rows.shuffle(plates)
    assert match(codes, plates, cache) == outcomes


def test_two_buildings_at_one_plate_are_a_conflict_but_its_parts_are_not(cache):
    rows = match(
        [
            code("A", "平江街道人民路12号1幢", building_id="1"),
            code("B", "平江街道人民路12号1栋", building_id="2"),
            code("C", "平江街道人民路12号1幢2单元", building_id="3"),
            code("D", "平江街道人民路12号1幢", building_id="4", valid_to="2022-03-01"),
            code("E", "平江街道人民路12号2幢", building_id="5"),
            code("F", "平江街道人民路12号2幢", building_id="5"),
        ],
        PLATES,
        cache,
    )
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "A": "code_conflict",
        "B": "code_conflict",
        "C": "matched_exact",
        "D": "matched_exact",
        "E": "matched_exact",
        "F": "matched_exact",
    }
    assert not rows["D"]["is_valid"]


def test_a_clerks_decision_stands_above_the_machine(cache):
    rows = match(
        CODES,
        PLATES,
        cache,
        [("G1", "P3", "same"), ("A1", "P1", "different"), ("B1", "P4", "same")],
    )
    assert (rows["G1"]["outcome"], rows["G1"]["doorplate_code"]) == ("matched_fuzzy", "P3")
    assert (rows["A1"]["outcome"], rows["A1"]["doorplate_code"]) == ("no_candidate", None)
    assert (rows["B1"]["outcome"], rows["B1"]["doorplate_code"]) == ("matched_fuzzy", "P4")
    assert rows["B1"]["reason"] == "人工复核：相同"


def test_a_town_that_ceded_the_community_is_no_contradiction(cache):
    rows = match(
        [code("A", "园区湖西社工委苏州大道12号1幢", district="工业园区")],
        [plate("P", "苏州市工业园区金鸡湖街道苏州大道12号1幢", district="工业园区")],
        cache,
    )
    assert rows["A"]["outcome"] == "matched_fuzzy"
    assert rows["A"]["reason"].startswith("缺小区，镇街界线变动")
