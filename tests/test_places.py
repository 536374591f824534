"""The official list of a month, and how its names may be written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.reference.districts import CITY_ID, district_ids
from orchestration.reference.months import Month
from orchestration.reference.places import (
    community_spellings,
    official_communities,
    town_spellings,
)


@pytest.mark.parametrize(
    ("official", "written"),
    [
        ("平江街道", "平江"),
        ("平江街道", "平江街道办事处"),
        ("甪直镇", "甪直镇人民政府"),
        ("昆山开发区", "昆山开发区"),
    ],
)
def test_towns_are_known_by_short_and_long_names(official: str, written: str) -> None:
    assert written in set(town_spellings(official))


@pytest.mark.parametrize(
    ("official", "written"),
    [
        ("历史街区社区居委会", "历史街区"),
        ("历史街区社区居委会", "历史街区社区居民委员会"),
        ("良辅社区居民委员会", "良辅社区"),
        ("上山村委会", "上山村"),
        ("三元一村社区居委会", "三元一村"),
        ("十一圩港村村民委员会", "十一圩港村委会"),
    ],
)
def test_communities_are_known_with_and_without_their_committee(
    official: str, written: str
) -> None:
    assert written in set(community_spellings(official))


@given(
    st.sampled_from(official_communities(Month(2022, 10), CITY_ID)),
    st.sampled_from(official_communities(Month(2022, 10), CITY_ID)),
)
def test_a_name_is_its_own_spelling_and_no_other_towns(one: object, other: object) -> None:
    assert one.town in set(town_spellings(one.town))
    assert one.community in set(community_spellings(one.community))
    stems = [place.town.removesuffix("街道").removesuffix("镇") for place in (one, other)]
    if stems[0] != stems[1]:
        assert not set(town_spellings(one.town)) & set(town_spellings(other.town))


@pytest.mark.parametrize(
    ("month", "vintages"),
    [
        ("2020-01", {"2021-10-31"}),
        ("2021-10", {"2021-10-31"}),
        ("2022-09", {"2021-10-31", "2022-10-31"}),
        ("2022-10", {"2022-10-31"}),
        ("2022-11", {"2022-10-31", "2023-06-30"}),
        ("2024-05", {"2023-06-30"}),
    ],
)
def test_a_month_between_two_lists_takes_both(month: str, vintages: set[str]) -> None:
    places = official_communities(Month.parse(month), CITY_ID)
    assert {place.town_key.split()[0] for place in places} == vintages


def test_districts_have_places_of_their_own_and_the_city_all() -> None:
    month = Month(2022, 10)
    by_district = {name: official_communities(month, name) for name in district_ids()}
    city = by_district.pop(CITY_ID)
    assert sum(map(len, by_district.values())) == len(city) == 2220
    for name, places in by_district.items():
        assert {place.district_id for place in places} == {name}
