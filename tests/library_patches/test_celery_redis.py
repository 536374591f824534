"""What a living Celery worker works on stays its own; what a dead one worked on goes to another.

Needs Debian's redis-server and the extra ``celery``; skipped with a message without them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from awaiting import until
from workers.redis_server import kill_whole, redis_server, require_celery, workers_of

from orchestration.executors.queue import BROKER
from orchestration.settings import PROJECT_ROOT


@pytest.fixture
def broker(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    require_celery()
    with redis_server(tmp_path_factory.mktemp("r")) as url:
        monkeypatch.setenv(BROKER, url)
        yield url


def test_a_step_stays_with_its_worker_and_goes_on_when_that_dies(
    broker: str, tmp_path: Path
) -> None:
    import redis
    from workers.tiny_app import wait_for

    server = redis.Redis(unix_socket_path=broker.removeprefix("redis+socket://"))
    begun, end = tmp_path / "begun", tmp_path / "end"
    paths = os.pathsep.join(map(str, (PROJECT_ROOT, PROJECT_ROOT / "tests")))

    def taken() -> dict[bytes, float]:
        return dict(server.zrange("unacked_index", 0, -1, withscores=True))

    with workers_of("workers.tiny_app", os.environ | {"PYTHONPATH": paths}) as start:
        first, result = start(tmp_path / "1.log"), wait_for.delay(str(begun), str(end))
        until(begun.exists, "the step's begin")
        [(tag, at)] = taken().items()
        # it works on and says so
        until(lambda: taken()[tag] > at, "a word of the worker")

        kill_whole(first)
        # its last word is long ago
        server.zadd("unacked_index", {tag: at - 3600})
        start(tmp_path / "2.log")
        until(lambda: len(begun.read_text(encoding="utf-8").splitlines()) == 2, "its second begin")
        end.touch()
        assert len(result.get().splitlines()) == 2
        until(lambda: not taken(), "the end of the queue")
