"""What is made in the block is left alone, and the collector works again afterwards."""

from __future__ import annotations

import gc
import subprocess
import sys
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


def test_the_end_of_a_run_gives_everything_back() -> None:
    with objects_that_stay():
        pass
    assert gc.get_freeze_count() > 0
    end_of_run()
    assert gc.get_freeze_count() == 0


def test_a_process_ends_without_duckdbs_list() -> None:
    """The list comes when anything of DuckDB's is hidden from the collector to the end."""
    hidden = "import duckdb, gc; gc.freeze()"
    run = (
        "from orchestration.library_patches.python_garbage import end_of_run, objects_that_stay\n"
        "with objects_that_stay():\n    import duckdb\nduckdb.connect()\nend_of_run()"
    )
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for code in (hidden, run)
    ]
    assert "leaked" in said[0].stderr
    assert said[1].stderr == ""
