"""What is left out of towns and communities cannot be worked out again, by any reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.publication.open_data.disclosure_control import (
    smallest_published_count,
    suppressed_below,
    suppressed_of,
)

LIMIT = smallest_published_count()


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way in which so many counts add up to the total."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def shown(counts: Sequence[int | None], hidden: frozenset[int]) -> tuple[int | str | None, ...]:
    return tuple("x" if place in hidden else count for place, count in enumerate(counts))


@given(
    counts=st.lists(st.none() | st.integers(0, 200), max_size=12),
    limit=st.integers(3, 11),
)
def test_every_small_count_is_hidden_and_never_alone(counts: list[int | None], limit: int) -> None:
    hidden = suppressed_of(counts, limit)
    known = [count for count in counts if count is not None]
    small = {place for place, count in enumerate(counts) if count and count < limit}
    if len(known) == 1:
        assert not hidden
        return
    assert small <= hidden
    assert bool(hidden) == bool(small)
    assert all(counts[place] is not None for place in hidden)
    if hidden:
        # from total and siblings follows what the hidden cells add up to, and no more
        left = sum(counts[place] or 0 for place in hidden)
        assert len(hidden) >= 2
        assert left > 0


@settings(max_examples=100, deadline=None)
@given(counts=st.lists(st.integers(0, 8), min_size=2, max_size=4), limit=st.integers(3, 6))
def test_knowing_the_method_does_not_reveal_a_hidden_cell(counts: list[int], limit: int) -> None:
    hidden = suppressed_of(counts, limit)
    seen = shown(counts, hidden)
    possible = [
        other
        for other in compositions(sum(counts), len(counts))
        if shown(other, suppressed_of(other, limit)) == seen
    ]
    for place in hidden:
        assert len({other[place] for other in possible}) >= 2, (seen, possible)


@given(
    cells=st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 60)), max_size=20),
    hidden_groups=st.sets(st.integers(0, 3)),
)
def test_a_hidden_total_takes_its_cells_along(
    cells: list[tuple[int, int | None]], hidden_groups: set[int]
) -> None:
    groups, counts = [group for group, _ in cells], [count for _, count in cells]
    hidden = suppressed_below(counts, groups, hidden_groups)
    for group in set(groups):
        members = [place for place, of in enumerate(groups) if of == group]
        of_group = [counts[place] for place in members]
        if group in hidden_groups:
            assert {p for p in members if counts[p] is not None} == hidden & set(members)
        else:
            expected = {members[place] for place in suppressed_of(of_group, LIMIT)}
            assert expected == hidden & set(members)


def test_a_town_that_is_its_whole_district_hides_nothing() -> None:
    assert suppressed_of([3], LIMIT) == frozenset()


def test_a_single_small_town_is_hidden_with_the_next_smallest() -> None:
    assert suppressed_of([3, 40, 0, 9, None], LIMIT) == {0, 3}


def test_ones_among_zeros_hide_with_them() -> None:
    assert suppressed_of([1, 0, 0], LIMIT) == {0, 1, 2}
