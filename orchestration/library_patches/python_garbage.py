"""Python's garbage collector, kept out of the way of a run.

- Gain: 1.5 CPU seconds a month. Imports and definitions make half a million objects that live to
  its end, and a month makes few cycles.
- Relies on ``gc.freeze``, ``gc.unfreeze`` and ``gc.set_threshold``, which are public; it stands
  here because it concerns the whole process.
- Test: ``tests/library_patches/test_python_garbage.py``.
- Remove it when Python collects incrementally (3.14) and a month is measured to gain under a
  second.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: The frames that take a month's memory are part of no cycle, so looking for cycles can wait.
_GC_THRESHOLDS = (100_000, 50, 50)


@contextmanager
def objects_that_stay() -> Iterator[None]:
    """Let what is made in the block live as long as the process, unseen by the collector."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        gc.enable()


def end_of_run() -> None:
    """Show the collector everything again.

    As the process ends DuckDB's module lists, on stderr, what Python has not taken apart.
    """
    gc.unfreeze()
