"""Spark's dbt in a process of its own, with the face of ``DbtThread``.

Each table comes back into the working DuckDB before the event that tells of it is passed on, so
that whoever hears of a table finds it there.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.library_patches.dbt_in_process import RESULT_EVENTS, NodeResult
from orchestration.modelling.spark.installation import dbt_executable, target

#: Seconds for dbt to end by itself when asked; its JVM goes with it.
_PATIENCE = 20


class SparkDbtError(RuntimeError):
    """dbt itself failed on Spark; the message is the end of what it wrote."""


class _Lines:
    """dbt's JSON lines, each table brought back before its line is given; other lines are kept."""

    def __init__(self, process: SparkDbt) -> None:
        self.closed = False
        self._process = process

    def __iter__(self) -> Iterator[bytes]:
        yield from self._process.lines()

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True
        self._process.stop()


class SparkDbt:
    """A dbt command on Spark that runs while its events are read; starts when it is made.

    ``arguments`` are dbt's, ``environment`` its whole environment, ``folder`` where it works and
    writes. ``take`` is called with the unique id of every model and seed that was built. What
    else there is to see is said at ``DbtThread``.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        take: Callable[[str], None],
    ) -> None:
        options = ("--log-format", "json", "--no-use-colors", "--log-level", "info")
        self.args = ["dbt", *options, *arguments, "--target", target()]
        self.stdout = _Lines(self)
        self.returncode: int | None = None
        #: Why dbt itself failed, if it did.
        self.exception: BaseException | None = None
        self._target = Path(environment["DBT_TARGET_PATH"])
        self._take = take
        self._said: list[str] = []
        self._is_read = False
        folder.mkdir(parents=True, exist_ok=True)
        (self._target / "run_results.json").unlink(missing_ok=True)
        self._log = (folder / "spark.log").open("w+b")
        self._process = subprocess.Popen(
            [dbt_executable(), *self.args[1:]],
            env=dict(environment),
            # Derby writes its log here
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )

    def lines(self) -> Iterator[bytes]:
        """Yield dbt's lines of JSON as they come."""
        for line in self._process.stdout or ():
            if not line.startswith(b"{"):
                self._said.append(line.decode(errors="replace"))
                continue
            event = json.loads(line)
            if event["info"]["level"] == "error":
                self._said.append(event["info"]["msg"])
            if event["info"]["name"] in RESULT_EVENTS:
                node = event["data"]["node_info"]
                if node["node_status"] == "success":
                    self._take(node["unique_id"])
            yield line
        self._is_read = True

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the events as dictionaries, as they come."""
        with self.stdout:
            yield from map(json.loads, self.stdout)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until dbt has ended; return 0 if all went well, 1 if a node failed, 2 otherwise."""
        self.returncode = self._process.wait(timeout)
        if self.returncode and not any(result.failed for result in self.results()):
            self.exception = SparkDbtError("\n".join(self._said[-20:]) or self._end_of_log())
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send dbt and its JVM a signal."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def stop(self) -> None:
        """End dbt and its JVM if they still run; who has read to the end lets them end."""
        if not self._is_read:
            self.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.send_signal(signal.SIGKILL)
            self._process.wait()

    def results(self) -> list[NodeResult]:
        """Return what became of each node, once dbt has ended; empty if dbt itself failed."""
        try:
            written = json.loads((self._target / "run_results.json").read_bytes())
        except FileNotFoundError:
            return []
        return [
            NodeResult(
                unique_id=result["unique_id"],
                name=result["unique_id"].split(".")[2],
                status=result["status"],
                message=result["message"] or "",
            )
            for result in written["results"]
        ]

    def compiled_sql(self, unique_id: str) -> str | None:
        """Return None: what ran is Spark's SQL, which nothing here can run or follow."""
        return None

    def _end_of_log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-2000:]
