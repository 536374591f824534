"""A Spark cluster of this machine: a standalone master, two workers, and a Spark Connect server.

Everything listens on 127.0.0.1, and ends with the block.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from awaiting import until
from engines.spark_environment import PYTHON, environment


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """Master and workers that run; ``url`` is what a driver is told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._page = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{self._port}"
        self._master = self._start(
            "master",
            "org.apache.spark.deploy.master.Master",
            *("--host", "127.0.0.1", "--port", str(self._port), "--webui-port", str(self._page)),
        )
        until(lambda: self.status().get("status") == "ALIVE", "the master")
        self.workers: list[subprocess.Popen[bytes]] = []
        for _ in range(2):
            self.add_a_worker()

    def status(self) -> dict[str, Any]:
        """What the master says of workers and applications; empty while it starts."""
        with suppress(OSError), urlopen(f"http://127.0.0.1:{self._page}/json/") as page:
            return dict(json.load(page))
        return {}

    def alive_workers(self) -> list[dict[str, Any]]:
        return [one for one in self.status().get("workers", []) if one["state"] == "ALIVE"]

    def applications(self) -> list[dict[str, Any]]:
        return list(self.status().get("activeapps", []))

    def add_a_worker(self) -> None:
        self.workers.append(self._worker(len(self.workers) + 1))
        until(lambda: len(self.alive_workers()) == len(self.workers), "a new worker")

    def kill_a_worker(self) -> None:
        """Kill a worker and its executors, as a machine that goes dark."""
        with suppress(ProcessLookupError):
            os.killpg(self.workers.pop().pid, signal.SIGKILL)

    def connect_server(self, spark_home: Path) -> tuple[subprocess.Popen[bytes], str]:
        """Start a Spark Connect server on this cluster; return it and its address."""
        port = free_port()
        url = f"jdbc:derby:;databaseName={spark_home}/metastore;create=true"
        settings = {
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(port),
            "spark.sql.warehouse.dir": f"{spark_home}/warehouse",
            "spark.sql.catalogImplementation": "hive",
            "spark.hadoop.javax.jdo.option.ConnectionURL": url,
            "spark.ui.enabled": "false",
            # as is Spark's default: plans made anew after each stage
            "spark.sql.adaptive.enabled": "true",
        }
        server = self._start(
            "connect",
            "org.apache.spark.deploy.SparkSubmit",
            *(
                "--master",
                self.url,
                "--class",
                "org.apache.spark.sql.connect.service.SparkConnectServer",
            ),
            *(word for item in settings.items() for word in ("--conf", "=".join(item))),
            "spark-internal",
        )

        def answers() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(answers, "the Spark Connect server")
        return server, f"sc://127.0.0.1:{port}"

    def stop(self) -> None:
        for process in (*self.workers, self._master):
            end(process)

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        return self._start(
            f"worker{number}",
            "org.apache.spark.deploy.worker.Worker",
            *("--host", "127.0.0.1", "--cores", "1", "--memory", "1500m"),
            *("--webui-port", str(free_port()), "--work-dir", str(self._folder / f"work{number}")),
            self.url,
        )

    def _start(self, name: str, java_class: str, *arguments: str) -> subprocess.Popen[bytes]:
        home = next((PYTHON.parent.parent / "lib").glob("python*/site-packages/pyspark"))
        with (self._folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [home / "bin" / "spark-class", java_class, *arguments],
                env=environment(SPARK_HOME=str(home), SPARK_DAEMON_MEMORY="512m"),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


class Watching:
    """Note the master's applications while a block runs."""

    def __init__(self, running: Cluster, seen: list[dict[str, Any]]) -> None:
        self._running, self._seen, self._ended = running, seen, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            self._seen.extend(self._running.applications())


@contextmanager
def losing_a_worker(running: Cluster, built: Path) -> Iterator[None]:
    """Kill a worker and its executor once five tables of the block's build are there."""
    for folder in built.iterdir():
        os.rename(folder / "_SUCCESS", folder / "_seen")
    before = len(list(built.iterdir()))
    missed: list[int] = []

    def kill() -> None:
        until(lambda: len(list(built.glob("*/_SUCCESS"))) >= 5, "five tables")
        running.kill_a_worker()
        until(lambda: len(running.alive_workers()) == 1, "the master to miss the worker")
        missed.append(len(list(built.glob("*/_SUCCESS"))))

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    killer.join()
    assert missed[0] < before, "the worker was missed after the build"
    running.add_a_worker()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here, and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.stop()
