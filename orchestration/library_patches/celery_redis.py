"""A Celery worker on Redis says that it still works on its steps, so that they stay its own.

Redis keeps what a worker took until it says that it is done, and gives it to another worker once
that took longer than ``visibility_timeout``: a step of two minutes would be worked on twice, and
with a timeout of hours the step of a worker that died would wait for hours. With this the timeout
is short and counts from the worker's last word.

- Gain: no time; a step is begun again a minute after its worker died, and no step because it takes
  long. Celery has had the wish since 2017 (celery/celery#3430, #5935).
- Relies on ``kombu.transport.redis.QoS``: its ``_delivered``, and ``unacked_index_key`` of its
  channel, a sorted set of what was taken by the time it was. ``SaysItIsAlive`` is a public
  bootstep.
- Test: ``tests/library_patches/test_celery_redis.py`` runs a step longer than the timeout on a real
  server; ``tests/workers/test_celery.py`` kills a worker.
- Remove it when kombu renews what a living worker holds.
"""

from __future__ import annotations

from time import time
from typing import Any

from celery import bootsteps


class SaysItIsAlive(bootsteps.StartStopStep):  # type: ignore[misc]  # celery has no types
    """Renews, every ``alive_every_seconds`` of the app, what the worker took and works on."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **_: Any) -> None:
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        """Begin to say so, when the worker begins to take steps."""
        seconds = consumer.app.conf.alive_every_seconds
        self._timer = consumer.timer.call_repeatedly(seconds, renew, (consumer,))

    def stop(self, consumer: Any) -> None:
        """Say no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def renew(consumer: Any) -> None:
    """Note that all the worker took was taken just now; what it has given back stays so."""
    channel = consumer.task_consumer.channel
    taken = list(channel.qos._delivered)
    if taken:
        with channel.conn_or_acquire() as client:
            client.zadd(channel.unacked_index_key, dict.fromkeys(taken, time()), xx=True)
