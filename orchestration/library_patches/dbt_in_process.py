"""One dbt command in a thread of this process, with the face of the process dagster-dbt starts.

``DbtCliInvocation`` of dagster-dbt reads the JSON lines of a ``subprocess.Popen`` and turns them
into Dagster events as they come. ``DbtThread`` gives it such lines without a process.

- Gain: 14 CPU seconds a month, more than a floor. Models and tests of October took 7.2 here; by
  ``DbtCliResource`` 17.9, and 3.7 for the ``dbt --version`` that it runs first. Besides, DuckDB
  lets no other process look into the warehouse while dbt writes, so that failing rows and
  previews could not be shown as they come.
- Relies on ``partial_parse.msgpack`` being the parsed manifest (``dbt parse`` writes it), on
  ``DuckDBConnectionManager.close_all_connections``, which lets the warehouse go, and on the names
  of dbt's events. ``dbtRunner`` with manifest and callbacks is dbt's public interface. With
  ``--no-write-json`` there is no ``run_results.json``: for ``dbt retry`` and selection by state use
  the command line.
- Test: ``tests/library_patches/test_dbt_in_process.py`` compares its events with dbt's own process.
- Remove it when dagster-dbt can run a command in its own process, or a month may cost these
  seconds: ``DbtCliResource(...).cli(...)`` then takes its place, and the streaming stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

#: The event with which a node starts: raising here ends the node, and dbt skips what follows.
_START_OF_A_NODE = "LogStartLine"
#: The events that tell what became of a seed, a model, a snapshot or a test.
RESULT_EVENTS = {"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"}
#: What is worth reading is printed from the events; dbt's own loggers look at 3,000 of them.
_GLOBAL_OPTIONS = (
    *("--log-level", "none", "--log-level-file", "none"),
    *("--no-write-json", "--no-use-colors"),
)


class DbtInterruptedError(RuntimeError):
    """Whoever reads dbt's events has gone: the nodes that are left are not run."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one node: dbt's own status (``success``, ``pass``, ``fail``, …) and words."""

    unique_id: str
    name: str
    status: str
    message: str

    @property
    def failed(self) -> bool:
        """Whether the node itself failed; one that was skipped did not."""
        return self.status in ("error", "fail", "runtime error")


def load_manifest(target: Path) -> Any:
    """Return the parsed project that ``dbt parse`` left in its target folder."""
    from dbt.contracts.graph.manifest import Manifest

    return Manifest.from_msgpack((target / "partial_parse.msgpack").read_bytes())


class _Lines:
    """Lines of JSON as they come; an open file to whoever reads them."""

    def __init__(self, thread: DbtThread) -> None:
        self.closed = False
        self._thread = thread
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()

    def put(self, line: bytes | None) -> None:
        """Add a line; None is the end."""
        self._queue.put(line)

    def __iter__(self) -> Iterator[bytes]:
        while (line := self._queue.get()) is not None:
            yield line

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True
        self._thread.stop()


class DbtThread:
    """A dbt command that runs beside its reader; starts when it is made.

    ``args``, ``stdout``, ``returncode``, ``wait`` and ``send_signal`` are those of a
    ``subprocess.Popen`` with ``--log-format json``. Of dbt's events of level debug only the
    nodes' results are reported.
    """

    def __init__(self, arguments: Sequence[str], manifest: Any) -> None:
        self.args = ["dbt", *_GLOBAL_OPTIONS, *arguments]
        self.stdout = _Lines(self)
        self.returncode: int | None = None
        self._manifest = manifest
        self._done: Any = None
        #: Why dbt itself failed, if it did.
        self.exception: BaseException | None = None
        self._stopped = False
        self._thread = Thread(target=self._run, name="dbt", daemon=True)
        self._thread.start()

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the events as dictionaries, as they come."""
        with self.stdout:
            yield from map(json.loads, self.stdout)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until dbt has ended; return 0 if all went well, 1 if a node failed, 2 otherwise."""
        self._thread.join(timeout)
        return self.returncode

    def send_signal(self, _: int) -> None:
        """Let dbt end with the node it is at, whatever the signal."""
        self._stopped = True

    def stop(self) -> None:
        """End dbt with the node it is at, and wait for that."""
        self._stopped = True
        self._thread.join()

    def results(self) -> list[NodeResult]:
        """Return what became of each node, once dbt has ended; empty if dbt itself failed."""
        return [
            NodeResult(
                unique_id=result.node.unique_id,
                name=result.node.name,
                status=str(result.status),
                message=str(result.message or ""),
            )
            for result in getattr(getattr(self._done, "result", None), "results", ())
        ]

    def compiled_sql(self, unique_id: str) -> str | None:
        """Return the query of a node that has been run."""
        return self._manifest.nodes[unique_id].compiled_code  # type: ignore[no-any-return]

    def _run(self) -> None:
        try:
            self._invoke()
        except BaseException as error:  # of the thread: it must not pass for a success
            self.exception, self.returncode = error, 2
        finally:
            self.stdout.put(None)

    def _invoke(self) -> None:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        try:
            self._done = dbtRunner(self._manifest, [self._take]).invoke(self.args[1:])
            self.exception = self._done.exception
            self.returncode = 0 if self._done.success else 2 if self.exception else 1
        finally:
            # else the warehouse stays open in this process
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]

    def _take(self, event: Any) -> None:
        from dbt_common.events.functions import msg_to_json

        if self._stopped and event.info.name == _START_OF_A_NODE:
            raise DbtInterruptedError("not run: the build was interrupted")
        if event.info.name in RESULT_EVENTS or event.info.level != "debug":
            self.stdout.put(msg_to_json(event).encode())
