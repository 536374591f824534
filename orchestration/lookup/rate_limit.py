"""The rate limit: one token bucket per client, refilled at a steady rate.

Each key costs one token, so a batch does not get around the limit. The number of remembered
clients is limited; the least recently seen one is dropped first.
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
        """Take ``cost`` tokens from a client's bucket; return 0, or the seconds to wait.

        Nothing is taken if there are too few. ``cost`` must not exceed the burst.
        """
        now = self._clock()
        level, since = self._buckets.pop(client, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._rate)
        wait = max(0.0, (cost - level) / self._rate)
        self._buckets[client] = (level if wait else level - cost, now)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return wait
