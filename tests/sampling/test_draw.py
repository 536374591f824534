"""The draw: strata sum exactly, and the sample hangs on frame and seed alone."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.sampling.draw import FrameRow, SampleSizeError, draw, largest_remainder

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
def test_strata_sum_to_the_size_and_none_gives_more_than_it_has(
    frame: list[FrameRow], seed: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(frame)))
    drawn = draw(frame, size, seed)
    assert len(drawn.rows) == len(set(drawn.rows)) == size
    assert set(drawn.rows) <= set(frame)
    in_frame = Counter(row.stratum for row in frame)
    assert [stratum.frame_count for stratum in drawn.strata] == [
        in_frame[name] for name in sorted(in_frame)
    ]
    for stratum, name in zip(drawn.strata, sorted(in_frame), strict=True):
        assert {row.stratum for row in stratum.drawn} <= {name}
        assert abs(len(stratum.drawn) - size * stratum.frame_count / len(frame)) < 1


@given(FRAMES, SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    frame: list[FrameRow], seed: int, shuffling: random.Random
) -> None:
    size = -(-len(frame) // 2)
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
