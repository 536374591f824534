"""The draw: strata sum exactly, and the sample hangs on frame and seed alone."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.sampling.draw import (
    JOINED,
    MINIMUM_DRAWN,
    FrameRow,
    SampleSizeError,
    draw,
    largest_remainder,
)

FRAMES = st.lists(
    st.builds(
        FrameRow,
        st.sampled_from(["gusu", "sip", "gaoxin"]),
        st.sampled_from(["城镇住宅", "城镇非住宅"]),
        st.sampled_from(["未发现隐患", "一般隐患", "重大隐患", "未填"]),
        st.integers(0, 10**6).map(str),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda row: (row.district_id, row.building_id),
)
SEEDS = st.integers(0, 2**63)


@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=12).filter(any),
    st.integers(0, 10**6),
)
def test_largest_remainder_loses_nothing(weights: list[int], total: int) -> None:
    parts = largest_remainder(weights, total)
    assert sum(parts) == total
    for weight, part in zip(weights, parts, strict=True):
        assert abs(part - weight * total / sum(weights)) < 1
        assert part <= weight or total > sum(weights)


@given(FRAMES, SEEDS, st.data())
def test_strata_sum_to_the_size_and_each_gives_some_and_none_more_than_it_has(
    frame: list[FrameRow], seed: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(len({row.district_id for row in frame}), len(frame)))
    drawn = draw(frame, size, seed)
    assert len(drawn.rows) == len(set(drawn.rows)) == size
    assert set(drawn.rows) <= set(frame)
    assert sum(stratum.frame_count for stratum in drawn.strata) == len(frame)
    parts = [(s.district_id, part) for s in drawn.strata for part in s.name.split(JOINED)]
    assert sorted(parts) == sorted({(row.district_id, row.stratum_name) for row in frame})
    least = sum(min(MINIMUM_DRAWN, stratum.frame_count) for stratum in drawn.strata)
    for stratum in drawn.strata:
        names = stratum.name.split(JOINED)
        own = [r for r in frame if r.district_id == stratum.district_id and r.stratum_name in names]
        assert stratum.frame_count == len(own)
        assert set(stratum.drawn) <= set(own)
        assert len(stratum.drawn) >= (1 if least > size else min(MINIMUM_DRAWN, len(own)))
        in_district = [s for s in drawn.strata if s.district_id == stratum.district_id]
        assert len(own) * size >= MINIMUM_DRAWN * len(frame) or len(in_district) == 1


def _buildings(district_id: str, category: str, risk: str, count: int) -> list[FrameRow]:
    prefix = f"{district_id}{category}{risk}"
    return [FrameRow(district_id, category, risk, f"{prefix}{n:04d}") for n in range(count)]


def test_small_strata_are_joined_within_category_and_then_within_the_district() -> None:
    """A tenth is drawn: 20 buildings are what a stratum needs to be one."""
    frame = [
        *_buildings("gusu", "城镇住宅", "未发现隐患", 300),
        *_buildings("gusu", "城镇住宅", "一般隐患", 40),
        *_buildings("gusu", "城镇住宅", "重大隐患", 3),
        *_buildings("gusu", "城镇非住宅", "未发现隐患", 9),
        *_buildings("gusu", "城镇非住宅", "未填", 8),
        *_buildings("sip", "城镇住宅", "未发现隐患", 240),
    ]
    drawn = draw(frame, 60, 1)
    assert [(s.district_id, s.name, s.frame_count, len(s.drawn)) for s in drawn.strata] == [
        (
            "gusu",
            "城镇住宅·一般隐患+城镇住宅·重大隐患+城镇非住宅·未发现隐患+城镇非住宅·未填",
            60,
            6,
        ),
        ("gusu", "城镇住宅·未发现隐患", 300, 30),
        ("sip", "城镇住宅·未发现隐患", 240, 24),
    ]


def test_a_small_district_is_drawn_all_the_same() -> None:
    frame = [
        *_buildings("gusu", "城镇住宅", "未发现隐患", 990),
        *_buildings("sip", "城镇住宅", "一般隐患", 9),
        *_buildings("gaoxin", "城镇住宅", "重大隐患", 1),
    ]
    counts = {s.district_id: len(s.drawn) for s in draw(frame, 20, 1).strata}
    assert counts == {"gusu": 17, "sip": 2, "gaoxin": 1}
    counts = {s.district_id: len(s.drawn) for s in draw(frame, 4, 1).strata}
    assert counts == {"gusu": 2, "sip": 1, "gaoxin": 1}
    with pytest.raises(SampleSizeError, match="at least 3"):
        draw(frame, 2, 1).require_every_stratum()


def test_equal_remainders_are_decided_by_the_seed_and_not_by_name() -> None:
    frame = [row for d in ("a", "b", "c", "d") for row in _buildings(d, "城镇住宅", "未填", 10)]
    favoured = set()
    for seed in range(30):
        [most] = [s.district_id for s in draw(frame, 9, seed).strata if len(s.drawn) == 3]
        favoured.add(most)
    assert favoured == {"a", "b", "c", "d"}


@given(FRAMES, SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    frame: list[FrameRow], seed: int, shuffling: random.Random
) -> None:
    size = max(-(-len(frame) // 2), len({row.district_id for row in frame}))
    shuffled = list(frame)
    shuffling.shuffle(shuffled)
    assert draw(shuffled, size, seed) == draw(frame, size, seed)


@given(FRAMES, SEEDS)
def test_the_whole_frame_is_a_sample_and_more_is_refused(frame: list[FrameRow], seed: int) -> None:
    assert sorted(draw(frame, len(frame), seed).rows) == sorted(frame)
    for size in (0, len(frame) + 1):
        with pytest.raises(SampleSizeError, match=f"from 1 to {len(frame)}"):
            draw(frame, size, seed)


def test_a_draw_is_the_same_on_every_machine() -> None:
    """Written down once: a change of it would break every kept sample's reproduction."""
    frame = [FrameRow("gusu", "城镇住宅", "未发现隐患", f"{number:03d}") for number in range(40)]
    drawn = draw(frame, 4, 2022)
    assert [row.building_id for row in drawn.rows] == ["035", "026", "024", "033"]
    assert drawn.frame_sha256 == "01edf934ac4e1490398932aa84f40fca2416de6ba710d956f931d662d6ce7770"
    assert draw(frame, 4, 1).rows != drawn.rows
    assert draw(frame[1:], 4, 2022).frame_sha256 != drawn.frame_sha256


def test_a_building_that_stands_twice_is_refused() -> None:
    row = FrameRow("gusu", "城镇住宅", "未发现隐患", "1")
    with pytest.raises(ValueError, match="twice"):
        draw([row, row._replace(initial_risk="重大隐患")], 1, 1)
