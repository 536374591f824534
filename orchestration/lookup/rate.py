"""How much one client may ask: a token bucket for each, filled at a steady rate.

A key that is looked up costs one, so that a batch is no way around it. How many clients are
remembered is bounded; the one not heard of for longest is forgotten first.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MAX_CLIENTS = 10_000


class RateLimit:
    """Buckets of ``burst`` keys for each client, refilled at ``rate`` keys a second."""

    def __init__(
        self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, cost: int = 1) -> float:
        """Take ``cost`` from a client's bucket; return 0, or in how many seconds to come again.

        Nothing is taken if there is not enough. ``cost`` may not exceed the burst.
        """
        now = self._clock()
        level, since = self._buckets.pop(client, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._rate)
        wait = max(0.0, (cost - level) / self._rate)
        self._buckets[client] = (level if wait else level - cost, now)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return wait
