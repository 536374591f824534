"""Towns and communities go on as series where their codes change, towns merge or names differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from orchestration.modelling.place_series import (
    Place,
    communities,
    spelt,
    spelt_communities,
    spelt_towns,
    towns,
)
from orchestration.reference.months import Month
from orchestration.reference.places import area_rows

MONTHS = [Month(2022, 1).shift(months) for months in range(24)]


def sip_towns(month: Month) -> dict[str, tuple[str, str]]:
    return {
        town.series_code: (town.codes, town.names) for town in towns(month) if town.parent == "sip"
    }


def test_the_towns_of_sip_go_on_from_571_to_576() -> None:
    before, after = sip_towns(Month(2022, 10)), sip_towns(Month(2023, 7))
    assert before["320571050"] == ("320571050", "娄葑街道")
    assert after["320571050"] == ("320576050", "娄葑街道")
    assert set(before) == set(after)


def test_a_month_between_two_lists_takes_the_code_of_its_district() -> None:
    """No list says when 571 became 576; the districts' seed does: in January 2023."""
    assert sip_towns(Month(2022, 12))["320571052"][0] == "320571052"
    assert sip_towns(Month(2023, 1))["320571052"][0] == "320576052"


def test_merged_towns_are_one_series_before_their_merger_too() -> None:
    assert sip_towns(Month(2022, 1))["320571054"] == (
        "320571400|320571401",
        "湖西社区工作委员会、湖东社区工作委员会",
    )
    assert sip_towns(Month(2022, 10))["320571054"] == ("320571054", "金鸡湖街道")


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_every_month_has_the_same_towns_but_one_that_ended(month: Month) -> None:
    series = {town.series_code for town in towns(month)}
    ended = set() if month < Month(2023, 6) else {"320581406"}
    assert series | ended == {town.series_code for town in towns(Month(2022, 10))}
    assert len(series) == len(towns(month))


def test_a_community_goes_on_under_a_new_code_of_its_town_or_a_new_name() -> None:
    before = {place.codes: place.series_code for place in communities(Month(2021, 10))}
    after = {place.codes: place for place in communities(Month(2023, 6))}
    assert after["320576054001"].series_code == before["320571400001"]
    assert after["320576051021"].series_code == before["320571402001"]
    renamed = after["320505002005"]
    assert (renamed.series_code, renamed.names) == ("320505002005", "狮山一社区居委会")


LISTS = sorted({row["vintage"] for row in area_rows("areas_communities.csv")})
#: Each list at its own month, and the months between it and the next.
MONTHS_OF_LISTS = [
    (vintage, month)
    for vintage, after in pairwise([*LISTS, "2024-01-31"])
    for month in (Month.parse(vintage[:7]).shift(n) for n in range(30))
    if month.last_day.isoformat() < after
]


@pytest.mark.parametrize(("vintage", "month"), MONTHS_OF_LISTS, ids=str)
def test_each_official_name_of_a_month_has_one_row_and_no_other_has_one(
    vintage: str, month: Month
) -> None:
    """Not those of next year's list, and none folded into one that bears its code later."""
    towns_of_series = {row["town_code"]: row["series_code"] for row in area_rows("town_series.csv")}
    official = sorted(
        (towns_of_series.get(row["town_code"], row["town_code"]), row["community_name"])
        for row in area_rows("areas_communities.csv")
        if row["vintage"] == vintage
    )
    places = communities(month)
    assert len({place.series_code for place in places}) == len(places) == len(official)
    rows = {(place.parent, name): place for place in places for name in place.all_names}
    assert len({id(rows[place]) for place in official}) == len(official)
    spelt_as = {(place.parent, spelling): place for place, spelling in spelt_communities(month)}
    assert all(spelt_as[place].series_code == rows[place].series_code for place in official)


def test_a_community_that_took_over_the_code_of_another_is_itself() -> None:
    before, after = communities(Month(2022, 10)), communities(Month(2023, 6))
    [caoyang] = [place for place in before if place.codes == "320508022017"]
    [shantang] = [place for place in before if place.codes == "320508022013"]
    [moved] = [place for place in after if place.codes == "320508022017"]
    assert (caoyang.names, shantang.names) == ("曹杨社区居委会", "山塘社区居委会")
    assert (moved.names, moved.series_code) == ("山塘社区居委会", shantang.series_code)
    assert caoyang.series_code not in {place.series_code for place in after}
    between = {
        spelling: place
        for place, spelling in spelt_communities(Month(2023, 3))
        if place.parent == shantang.parent
    }
    assert between["曹杨社区居委会"].series_code == caoyang.series_code
    assert between["山塘社区居委会"].series_code == shantang.series_code


def test_what_only_the_next_list_has_is_spelt_and_not_listed() -> None:
    listed = {place.series_code for place in communities(Month(2023, 3))}
    coming = {p.series_code for p, _ in spelt_communities(Month(2023, 3)) if not p.is_listed}
    assert coming
    assert not coming & listed
    assert coming <= {place.series_code for place in communities(Month(2023, 6))}


@pytest.mark.parametrize("month", [Month(2022, 5), Month(2022, 10), Month(2023, 3)], ids=str)
def test_a_spelling_names_one_place_of_its_parent(month: Month) -> None:
    for spellings in (spelt_towns(month), spelt_communities(month)):
        keys = [(place.parent, spelling) for place, spelling in spellings]
        assert len(keys) == len(set(keys))


def test_an_office_is_its_town() -> None:
    found = {spelling: place.names for place, spelling in spelt_towns(Month(2022, 10))}
    assert found["平江"] == found["平江街道办事处"] == found["平江街道"] == "平江街道"


def test_an_official_name_is_its_own_and_a_shared_spelling_nobodys() -> None:
    def without_ending(name: str) -> Iterator[str]:
        yield name
        yield name[:2]

    places = [
        Place("gusu", str(number), str(number), name, (name,))
        for number, name in enumerate(("平江社区", "平江村", "平江"))
    ]
    assert [(place.names, spelling) for place, spelling in spelt(places, without_ending)] == [
        ("平江社区", "平江社区"),
        ("平江村", "平江村"),
        ("平江", "平江"),
    ]
    shared = spelt(places[:2], without_ending)
    assert [spelling for _, spelling in shared] == ["平江社区", "平江村"]
