"""What is made in the block is left alone, and the collector works again afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from orchestration.library_patches.python_garbage import end_of_run, objects_that_stay


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_objects_of_the_block_are_frozen_and_collecting_goes_on() -> None:
    frozen = gc.get_freeze_count()
    with objects_that_stay():
        assert not gc.isenabled()
        kept = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(kept)
    assert gc.get_threshold()[0] > 700


def test_a_block_that_fails_leaves_the_collector_at_work() -> None:
    with pytest.raises(KeyError), objects_that_stay():
        raise KeyError
    assert gc.isenabled()


def test_a_failed_run_gives_everything_back() -> None:
    end_of_run(succeeded=True)
    assert gc.get_freeze_count() > 0
    end_of_run(succeeded=False)
    assert gc.get_freeze_count() == 0
