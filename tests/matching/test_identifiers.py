"""Codes of buildings: issued by the published algorithm, stable, with their history."""

from __future__ import annotations

import random
from datetime import date

import duckdb
import pytest
from matching_home import Home
from matching_registers import code, plate
from stdnum.iso7064 import mod_37_36

from orchestration.matching.identifiers import (
    build_identifiers,
    identifier_findings,
    publish_identifiers,
)
from orchestration.matching.internal_codes import internal_code, issue
from orchestration.matching.successions import Change, successions
from orchestration.reference.months import Month

OCTOBER, NOVEMBER, JANUARY = (Month.parse(m) for m in ("2022-10", "2022-11", "2023-01"))
PLATES = [
    plate(f"P{n}", f"江苏省苏州市姑苏区平江街道人民路{n}号1幢", town="平江街道")
    for n in range(1, 6)
]
CODES = [
    code(f"C{n}", f"平江街道人民路{n}号1幢", building_id=f"B{n}", valid_from="2020-05-01")
    for n in range(1, 6)
]


def change(kind: str, old: str | None, new: str | None, day: str = "2022-11-10", number: str = "1"):
    return Change(date.fromisoformat(day), number, kind, old, new)


def test_a_code_is_checked_and_every_single_error_is_seen():
    value = internal_code("B1")
    assert mod_37_36.is_valid(value)
    for place, digit in enumerate(value):
        other = "A" if digit != "A" else "B"
        assert not mod_37_36.is_valid(value[:place] + other + value[place + 1 :])


def test_issuing_again_gives_the_same_codes_whatever_the_order():
    buildings = [f"B{n}" for n in range(200)]
    codes, _ = issue(buildings, {})
    shuffled = buildings[:]
    random.Random(1).shuffle(shuffled)
    assert issue(shuffled, {})[0] == codes
    assert issue(buildings, {value: building for building, value in codes.items()})[0] == codes
    assert len(set(codes.values())) == 200


def test_collisions_end_alike_and_are_told():
    # one character holds 36 codes
    codes, collided = issue([f"B{n}" for n in range(30)], {}, length=1)
    assert len(set(codes.values())) == 30
    assert collided
    assert issue([f"B{n}" for n in range(30)], {}, length=1) == (codes, collided)


def test_cyclic_changes_are_found_and_none_of_them_counts():
    ring = [
        change("合并", "A", "B", number="1"),
        change("合并", "B", "C", number="2"),
        change("重编", "C", "A", number="3"),
    ]
    rest = [change("合并", "X", "A", number="4"), change("拆除", "Y", None, number="5")]
    found = successions([*ring, *rest])
    assert found.cyclic == ring
    assert set(found.ended) == {"X", "Y"}
    long = [change("重编", f"N{n}", f"N{n + 1}", number=str(n)) for n in range(5000)]
    assert not successions(long).cyclic


def test_a_building_that_lives_on_under_its_number_has_not_ended():
    found = successions([change("合并", "A", "A"), change("合并", "B", "A", number="2")])
    assert set(found.ended) == {"B"}


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    home.accept(OCTOBER, "building_codes", CODES)
    home.accept(OCTOBER, "doorplates", PLATES)
    home.match(OCTOBER)
    build_identifiers(home.settings, home.ledger, OCTOBER)
    return home


def history(home, month, scheme):
    path = home.settings.matching / str(month) / "identifiers.parquet"
    rows = duckdb.execute(
        "select building_id, value, valid_from::varchar, valid_to::varchar from read_parquet(?)"
        " where scheme = ? order by all",
        [str(path), scheme],
    ).fetchall()
    return rows


def november(home, changes, codes=None):
    home.accept(NOVEMBER, "building_codes", CODES if codes is None else codes)
    home.accept(NOVEMBER, "doorplates", PLATES)
    rows = [
        {
            "change_id": c.change_id,
            "change_type": c.change_type,
            "changed_on": str(c.changed_on),
            "old_building_id": c.old_building_id,
            "new_building_id": c.new_building_id,
        }
        for c in changes
    ]
    home.accept(NOVEMBER, "building_changes", rows)
    home.match(NOVEMBER)
    return build_identifiers(home.settings, home.ledger, NOVEMBER)


def test_every_scheme_has_its_identifiers(home):
    assert history(home, OCTOBER, "housing_code")[0] == ("B1", "C1", "2020-05-01", None)
    assert history(home, OCTOBER, "doorplate_code")[0] == ("B1", "P1", "2022-10-01", None)
    assert history(home, OCTOBER, "district_building_id")[0] == ("B1", "B1", "2022-10-01", None)
    assert [row[1] for row in history(home, OCTOBER, "internal_code")] == [
        internal_code(f"B{n}") for n in range(1, 6)
    ]
    assert identifier_findings(home.settings, OCTOBER) == []


def test_a_month_made_again_is_the_same(home):
    november(home, [change("重编", "B1", "B9")])
    before = [history(home, NOVEMBER, s) for s in ("housing_code", "internal_code")]
    assert not build_identifiers(home.settings, home.ledger, NOVEMBER)
    (home.settings.matching / str(NOVEMBER) / "identifiers.json").unlink()
    assert build_identifiers(home.settings, home.ledger, NOVEMBER)
    assert [history(home, NOVEMBER, s) for s in ("housing_code", "internal_code")] == before


def test_a_building_coded_anew_keeps_its_code_and_one_demolished_loses_it(home):
    codes = [
        row | {"building_id": "B9"} if row["building_id"] == "B1" else row
        for row in CODES
        if row["building_id"] != "B2"
    ]
    changes = [change("重编", "B1", "B9"), change("拆除", "B2", None, "2022-11-20", "2")]
    november(home, changes, codes)
    internal = history(home, NOVEMBER, "internal_code")
    assert internal[0] == ("B1", internal_code("B1"), "2022-10-01", "2022-11-10")
    assert internal[1] == ("B2", internal_code("B2"), "2022-10-01", "2022-11-20")
    assert internal[-1] == ("B9", internal_code("B1"), "2022-11-10", None)
    assert ("B2", "C2", "2020-05-01", "2022-11-20") in history(home, NOVEMBER, "housing_code")
    assert identifier_findings(home.settings, NOVEMBER) == []


def test_merged_and_split_buildings_get_codes_of_their_own(home):
    codes = [row for row in CODES if row["building_id"] not in ("B1", "B2", "B3")]
    codes += [
        code("C7", "平江街道人民路1号1幢", building_id="B7"),
        code("C8", "平江街道人民路3号1幢", building_id="B8"),
    ]
    changes = [
        change("合并", "B1", "B7", number="1"),
        change("合并", "B2", "B7", number="2"),
        change("拆分", "B3", "B8", number="3"),
    ]
    november(home, changes, codes)
    valid = {r[0]: r[1] for r in history(home, NOVEMBER, "internal_code") if r[3] is None}
    assert valid == {b: internal_code(b) for b in ("B4", "B5", "B7", "B8")}


def test_a_cycle_is_a_finding_and_changes_nothing(home):
    november(home, [change("合并", "B1", "B2", number="1"), change("合并", "B2", "B1", number="2")])
    assert [f["rule_id"] for f in identifier_findings(home.settings, NOVEMBER)] == ["ID-3", "ID-3"]
    assert all(row[3] is None for row in history(home, NOVEMBER, "internal_code"))


def test_two_valid_codes_and_a_shared_one_are_findings(home):
    codes = [*CODES, code("C6", "平江街道人民路9号1幢", building_id="B1")]
    november(home, [], codes)
    findings = identifier_findings(home.settings, NOVEMBER)
    assert [(f["rule_id"], f["building_id"], f["value"]) for f in findings] == [
        ("ID-1", "B1", "C1、C6")
    ]


def test_the_history_goes_on_over_months_without_codes_and_is_published_whole(home):
    codes = [row for row in CODES if row["building_code"] != "C5"]
    home.accept(JANUARY, "building_codes", codes)
    home.accept(JANUARY, "doorplates", PLATES)
    home.match(JANUARY)
    assert build_identifiers(home.settings, home.ledger, NOVEMBER) is False
    build_identifiers(home.settings, home.ledger, JANUARY)
    assert history(home, JANUARY, "housing_code")[-1] == ("B5", "C5", "2020-05-01", "2023-01-01")
    path = publish_identifiers(home.settings)
    with duckdb.connect(str(path), read_only=True) as connection:
        count = connection.execute("select count(*) from marts.dim_building_identifier").fetchone()
        names = connection.execute("select count(*) from marts.identifier_scheme").fetchone()
    assert count == (20,)
    assert names == (4,)
