"""A Redis server and Celery workers of a test's own.

What needs them is skipped, with a message, where something is missing.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from awaiting import until

Worker = subprocess.Popen[bytes]


def require_celery() -> None:
    """Skip the test that asks, unless queue and workers can be had here."""
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server: apt-get install redis-server")
    for package in ("dagster_celery", "redis"):
        pytest.importorskip(package, reason=f"{package} is not installed: make setup")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a server that listens on a socket in a folder only; yield its URL."""
    socket = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    with (folder / "redis.log").open("wb") as log:
        server = subprocess.Popen(["redis-server", *options], stdout=log, stderr=log)
        try:
            until(lambda: _answers(socket), "the Redis server")
            yield f"redis+socket://{socket}"
        finally:
            server.kill()
            server.wait()


def _answers(socket: Path) -> bool:
    import redis

    with redis.Redis(unix_socket_path=str(socket)) as client:
        try:
            return bool(client.ping())
        except redis.exceptions.ConnectionError:
            return False


@contextmanager
def workers_of(app: str, environment: dict[str, str]) -> Iterator[Callable[[Path], Worker]]:
    """Yield what starts a worker, with its log; in the end all are killed."""
    begun: list[Worker] = []

    def start(log: Path) -> Worker:
        name = f"{len(begun)}@here"
        command = [sys.executable, "-m", "celery", "-A", app, "worker", "-c", "1", "-n", name]
        with log.open("wb") as file:
            # a session of its own, to be killed whole
            worker = subprocess.Popen(
                [*command, "-l", "info"],
                env=environment,
                start_new_session=True,
                stdout=file,
                stderr=file,
            )
        begun.append(worker)
        return worker

    try:
        yield start
    finally:
        for worker in begun:
            kill_whole(worker)


def kill_whole(worker: Worker) -> None:
    """Kill a worker with all its processes, as a power cut does."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
