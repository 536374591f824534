"""Waits for other programs: a server that starts, a worker that takes a task up.

The one place in which tests let time pass; nothing is compared with a clock. Add nothing for what
runs in the test's own process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(found: Callable[[], Any], what: str) -> Any:
    """Look until something is found, and return it; a machine may be very slow."""
    for _ in range(60_000):
        if result := found():
            return result
        time.sleep(0.01)
    raise AssertionError(f"looked for {what} ten minutes in vain")
