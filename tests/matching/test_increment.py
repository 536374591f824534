"""A month built on the one before ends as if every row had been read and matched anew."""

from __future__ import annotations

import random
from functools import partial
from itertools import pairwise

import duckdb
import pytest
from matching_registers import AS_AT, code, load_decided, load_rows, plate

from orchestration.matching import matcher
from orchestration.matching.month import RESULTS

# few names, doors and buildings a district, and names that are typing errors of one another, so
# that codes and plates meet, compete, and lose each other from month to month
DISTRICTS = ["姑苏区", "吴中区", "昆山市", "太仓市", "常熟市", "相城区"]
ROADS = ["人民路", "人氏路", "民人路", "十全街", "十金街"]
RARE_ROADS = ["白塔路", "白搭路", "百塔路", "临顿路", "临吨路"]
ESTATES = ["", "", "桂花公寓", "桂华公寓", "桂画公寓", "新康花园"]
BUILDINGS = ["", "1幢", "2幢", "1-2幢"]
ODD_ADDRESSES = ["", "无", "上海市黄浦区人民路1号", "常熟市虞山街道人民路1号1幢", "路" * 10_000]
ENDS = [None, None, None, None, "2022-01-01", "2099-01-01"]
ROWS = 160


@pytest.fixture(scope="module")
def match(tmp_path_factory):
    """Match a month on one connection, which holds the lists of places once."""
    cache = tmp_path_factory.mktemp("parsed")
    with duckdb.connect() as connection, pytest.MonkeyPatch.context() as patch:
        matcher.load_reference(connection)
        patch.setattr(matcher, "load_reference", lambda _: None)
        yield partial(_match, connection, cache)


def _match(connection, cache, month, former, *, can_build_on):
    """Return the results of a month, by name, as tables in total order."""
    codes, plates, decisions = month
    load_rows(connection, "raw_code", list(codes.values()))
    load_rows(connection, "raw_plate", list(plates.values()))
    for name, table in (former or {}).items():
        connection.register(f"former_{name.removesuffix('s')}", table)
    matcher.load_inputs(connection, cache, AS_AT, can_build_on=can_build_on)
    load_decided(connection, [(c, p, verdict) for c, (p, verdict) in decisions.items()])
    matcher.match_codes(connection, has_former=former is not None, can_build_on=can_build_on)
    results = {
        name: connection.sql(f"from ({query}) order by all").to_arrow_table()
        for name, query in RESULTS.items()
    }
    for kind in ("view", "table"):
        made = f"select {kind}_name from duckdb_{kind}s() where temporary and not internal"
        for (name,) in connection.execute(made).fetchall():
            if name not in ("place_name", "moved_town", "evidence"):
                connection.execute(f"drop {kind} {name}")
    return results


def _address(chance: random.Random, town: str) -> str:
    if chance.random() < 0.06:
        return chance.choice(ODD_ADDRESSES)
    estate, building = chance.choice(ESTATES), chance.choice(BUILDINGS)
    if estate and chance.random() < 0.2:
        return town + estate + building
    road = chance.choice(ROADS if chance.random() < 0.8 else RARE_ROADS)
    return f"{town}{road}{chance.randint(1, 4)}号{estate}{building}"


def _row(chance: random.Random, make, name: str, **fields):
    district = chance.choice(DISTRICTS)
    town = chance.choice(["平江街道", "双塔街道", ""]) if district == "姑苏区" else ""
    address = _address(chance, town)
    return make(name, address, district=district, valid_to=chance.choice(ENDS), **fields)


def _month(chance: random.Random, former):
    """Return codes, plates and decisions; of an earlier month's, most stay as they were."""
    rows = []
    for letter, make in (("C", code), ("P", plate)):
        register = {}
        for name in (f"{letter}{n}" for n in range(ROWS)):
            known = former[len(rows)].get(name) if former else None
            if known is not None and chance.random() < 0.93:
                register[name] = known
            elif chance.random() < 0.8:
                fields = {"building_id": chance.choice([None, "B1", "B2"])} if make is code else {}
                register[name] = _row(chance, make, name, **fields)
        rows.append(register)
    known = former[2] if former else {}
    decisions = {name: answer for name, answer in known.items() if chance.random() < 0.8}
    for _ in range(30):
        pair = f"P{chance.randrange(40)}", chance.choice(["same", "different"])
        decisions[f"C{chance.randrange(60)}"] = pair
    return (*rows, decisions)


@pytest.mark.parametrize("seed", range(6))
def test_increment_and_full_match_end_alike(match, seed):
    chance = random.Random(seed)
    months = [_month(chance, None)]
    for _ in range(3):
        months.append(_month(chance, months[-1]))
    built = match(months[0], None, can_build_on=False)
    for _, month in pairwise(months):
        former, built = built, match(month, built, can_build_on=True)
        whole = match(month, former, can_build_on=False)
        for name in ("codes", "plates", "pairs"):
            columns = sorted(whole[name].column_names)
            kept, anew = (
                set(map(str, t[name].select(columns).to_pylist())) for t in (built, whole)
            )
            assert kept == anew
            assert len(built[name]) == len(whole[name])
