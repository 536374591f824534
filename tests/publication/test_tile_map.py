"""The schematic map: one place a district, whichever there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from publication.october import OCTOBER

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.charts.tile_map import (
    NO_BOUNDARY,
    class_width,
    tile_map,
    tile_positions,
)
from orchestration.reference.districts import reporting_districts


def test_every_district_has_a_tile_of_its_own() -> None:
    known = [district.district_id for district in reporting_districts(OCTOBER)]
    positions = tile_positions([*known, "a_new_one", "another"])
    assert len(set(positions.values())) == len(known) + 2
    assert positions["a_new_one"] == (1, 5)


def test_it_says_that_it_draws_no_boundary_and_has_all_figures_as_text(
    make_bulletin: Callable[..., Bulletin],
) -> None:
    picture = tile_map(make_bulletin(absent=["gusu"]))
    assert NO_BOUNDARY in picture.reading
    assert NO_BOUNDARY in picture.svg
    assert ("姑苏区", "缺报") in picture.rows
    assert ("昆山市", "110926") in picture.rows
    assert list(picture.key.values()) == [
        "不足4万",
        "4万至不足8万",
        "8万至不足12万",
        "12万以上",
        "缺报",
    ]


@pytest.mark.parametrize(("largest", "width"), [(0, 1), (3, 1), (2_511, 700), (125_559, 40_000)])
def test_classes_have_one_figure_and_hold_the_largest(largest: int, width: int) -> None:
    assert class_width(largest) == width
    assert largest <= 4 * width
