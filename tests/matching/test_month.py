"""A month's matching in a home: from accepted files to results, and from month to month."""

from __future__ import annotations

import pytest
from matching_home import Home
from matching_registers import code, plate

from orchestration.matching.month import result_file
from orchestration.reference.months import Month
from orchestration.store.files import StoredFileDamageError
from orchestration.store.match_decisions import MatchDecision, MatchDecisions

OCTOBER, NOVEMBER = Month.parse("2022-10"), Month.parse("2022-11")
PLATES = [
    plate(
        f"P{door}", f"苏州市姑苏区平江街道人民路{door}号桂花公寓{door % 3 + 1}幢", town="平江街道"
    )
    for door in range(1, 40)
]
CODES = [
    code(f"C{door}", f"平江街道人{'氏' if door % 7 == 0 else '民'}路{door}号{door % 3 + 1}栋")
    for door in range(1, 45)
]


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    home.accept(OCTOBER, "building_codes", CODES)
    home.accept(OCTOBER, "doorplates", PLATES)
    return home


def test_a_month_without_one_of_the_registers_is_not_applicable(tmp_path):
    home = Home(tmp_path)
    home.accept(OCTOBER, "building_codes", CODES)
    assert home.match(OCTOBER) is None
    assert result_file(home.settings, OCTOBER, "codes") is None
    assert not list(home.settings.matching.rglob("*.parquet"))


def test_the_same_work_is_not_done_twice(home):
    first = home.match(OCTOBER)
    written = result_file(home.settings, OCTOBER, "codes").stat().st_mtime_ns
    assert home.match(OCTOBER) == first
    assert result_file(home.settings, OCTOBER, "codes").stat().st_mtime_ns == written


def test_a_changed_result_is_told_and_not_used(home):
    home.match(OCTOBER)
    path = result_file(home.settings, OCTOBER, "codes")
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    with pytest.raises(StoredFileDamageError):
        result_file(home.settings, OCTOBER, "codes")


def test_a_month_after_another_looks_at_what_could_change_and_ends_as_if_at_all(home, tmp_path):
    codes = [row | {"address": row["address"] + "2单元"} if row["building_code"] == "C9" else row
             for row in CODES if row["building_code"] != "C3"]  # fmt: skip
    codes.append(code("C99", "人民路40号2幢", town="平江街道"))
    plates = [row for row in PLATES if row["doorplate_code"] not in ("P5", "P8")]
    plates.append(plate("P40", "苏州市姑苏区平江街道人民路40号2幢", town="平江街道"))
    plates.append(plate("P8", PLATES[7]["standard_address"], valid_to="2022-11-02"))
    home.match(OCTOBER)
    home.accept(NOVEMBER, "building_codes", codes)
    home.accept(NOVEMBER, "doorplates", plates)
    receipt = home.match(NOVEMBER)
    assert receipt.examined_count < len(codes) / 2
    alone = Home(tmp_path / "alone")
    alone.accept(NOVEMBER, "building_codes", codes)
    alone.accept(NOVEMBER, "doorplates", plates)
    assert alone.match(NOVEMBER).examined_count == len(codes)
    for name in ("codes", "plates", "pairs"):
        built, whole = home.rows(NOVEMBER, name), alone.rows(NOVEMBER, name)
        assert [row | {"is_new_match": None} for row in built] == [
            row | {"is_new_match": None} for row in whole
        ]
    new = {row["building_code"] for row in home.rows(NOVEMBER) if row["is_new_match"]}
    assert new == {"C40", "C99"}
    assert {row["is_new_match"] for row in home.rows(OCTOBER)} == {None}


def test_a_decision_binds_the_next_run_and_the_machine_never_overwrites_it(home):
    home.match(OCTOBER)
    store = MatchDecisions(home.settings.ledger)
    answer = MatchDecision("C41", "P4", "same", "王复核", "2022-11-03")
    assert store.record([answer]) == 1
    assert store.record([answer]) == 0
    home.match(OCTOBER)
    row = next(row for row in home.rows(OCTOBER) if row["building_code"] == "C41")
    assert (row["outcome"], row["doorplate_code"]) == ("matched_fuzzy", "P4")
    assert row["machine_outcome"] == "no_candidate"
    home.accept(NOVEMBER, "building_codes", CODES)
    home.accept(NOVEMBER, "doorplates", PLATES)
    home.match(NOVEMBER)
    row = next(row for row in home.rows(NOVEMBER) if row["building_code"] == "C41")
    assert (row["outcome"], row["reason"]) == ("matched_fuzzy", "人工复核：相同")


def test_the_latest_answer_on_a_pair_holds(tmp_path):
    store = MatchDecisions(tmp_path / "ledger.sqlite")
    store.record([MatchDecision("C", "P", "same", "甲", "2022-11-03")])
    store.record([MatchDecision("C", "Q", "same", "乙", "2022-11-04")])
    store.record([MatchDecision("D", "P", "unclear", "乙", "2022-11-04")])
    assert store.binding() == [("C", "Q", "same")]
    store.record([MatchDecision("C", "Q", "different", "甲", "2022-11-05")])
    assert store.binding() == [("C", "P", "same"), ("C", "Q", "different")]
