"""A month built on the one before ends as if every row had been read and matched anew."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matching_registers import AS_AT, code, load_decided, load_rows, plate

from orchestration.matching.matcher import load_inputs, match_codes
from orchestration.matching.month import RESULTS

# few names, doors and buildings, and names that are typing errors of one another, so that codes
# and plates meet, compete, and lose each other from month to month
_ROADS = st.sampled_from(["人民路", "人氏路", "民人路", "十全街", "十金街"])
_ESTATES = st.sampled_from(["", "桂花公寓", "桂华公寓", "新康花园"])
_TOWNS = st.sampled_from(["平江街道", "双塔街道", ""])
_DOORS = st.integers(1, 3)
_BUILDINGS = st.sampled_from(["", "1幢", "2幢", "1-2幢"])
_ADDRESSES = st.one_of(
    st.builds(
        lambda town, road, door, estate, building: f"{town}{road}{door}号{estate}{building}",
        _TOWNS, _ROADS, _DOORS, _ESTATES, _BUILDINGS,
    ),
    st.builds(lambda estate, building: f"平江街道{estate}{building}", _ESTATES, _BUILDINGS),
    st.sampled_from(["", "无", "上海市黄浦区人民路1号", "常熟市虞山街道人民路1号1幢"]),
)  # fmt: skip
_ENDS = st.sampled_from([None, None, None, "2022-01-01", "2099-01-01"])
_CODE_NAMES = [f"C{n}" for n in range(8)]
_PLATE_NAMES = [f"P{n}" for n in range(8)]
_CODES = st.dictionaries(
    st.sampled_from(_CODE_NAMES),
    st.tuples(_ADDRESSES, _ENDS, st.sampled_from([None, "B1", "B2"])),
)
_PLATES = st.dictionaries(st.sampled_from(_PLATE_NAMES), st.tuples(_ADDRESSES, _ENDS))
_DECISIONS = st.dictionaries(
    st.sampled_from(_CODE_NAMES),
    st.tuples(st.sampled_from(_PLATE_NAMES), st.sampled_from(["same", "different"])),
    max_size=2,
)
_MONTH = st.tuples(_CODES, _PLATES, _DECISIONS)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("parsed")


def _match(month, former, cache, *, can_build_on):
    """Return the results of a month, by name, as lists of sorted rows with their columns."""
    codes, plates, decisions = month
    with duckdb.connect() as connection:
        load_rows(
            connection,
            "raw_code",
            [code(c, a, valid_to=e, building_id=b) for c, (a, e, b) in codes.items()],
        )
        load_rows(
            connection, "raw_plate", [plate(p, a, valid_to=e) for p, (a, e) in plates.items()]
        )
        if former is not None:
            for name, table in former.items():
                connection.register(f"former_{name.removesuffix('s')}", table)
        load_inputs(connection, cache, AS_AT, can_build_on=can_build_on)
        load_decided(connection, [(c, p, verdict) for c, (p, verdict) in decisions.items()])
        match_codes(connection, has_former=former is not None, can_build_on=can_build_on)
        return {
            name: connection.sql(f"from ({query}) order by all").to_arrow_table()
            for name, query in RESULTS.items()
        }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_MONTH, min_size=2, max_size=3), st.data())
def test_increment_and_full_match_end_alike(cache, months, data):
    # most rows stay from month to month
    for former, month in zip(months, months[1:], strict=False):
        for was, now in zip(former, month, strict=True):
            for name, row in was.items():
                if data.draw(st.integers(0, 3)):
                    now[name] = row
    built = _match(months[0], None, cache, can_build_on=False)
    for month in months[1:]:
        former, built = built, _match(month, built, cache, can_build_on=True)
        whole = _match(month, former, cache, can_build_on=False)
        for name in ("codes", "plates", "pairs"):
            columns = sorted(whole[name].column_names)
            assert sorted(built[name].column_names) == columns
            assert (
                built[name].select(columns).to_pylist() == whole[name].select(columns).to_pylist()
            )
