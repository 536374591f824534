"""The pool of reading child processes: starts, restarts and stops them.

The parent never opens a delivered file. A child that crashes, hangs or runs out of memory
costs its own file, which is refused with a reason; the next file gets a new child.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from orchestration.ingest.landing import write_nothing
from orchestration.ingest.reader.privacy import mask
from orchestration.ingest.reading import Problem, ReaderError, Reading
from orchestration.reference.contracts import Contract
from orchestration.settings import PROJECT_ROOT

#: Address space of a child. A register of 1.85 million codes (340 MB) peaks at half of it, and
#: below it even where every address and key was respelt.
MEMORY_BYTES = 2_000 * 1024 * 1024
#: fastexcel's allocator would reserve a gigabyte of address space before it reads a cell, and a
#: ledger of 120,000 buildings, which needs a third of that, would end at the limit. The C
#: library's would take another arena for each thread.
_CHILD_ENVIRONMENT = {
    "MIMALLOC_ARENA_RESERVE": str(64 * 1024),
    "MALLOC_ARENA_MAX": "1",
}
#: How many rows of a ledger a workbook and a csv may have before their reading exhausts the memory,
#: and from how many on that is the likely reason for a child's end.
_ROWS_READ, _MANY_ROWS = {"xlsx": 700_000, "csv": 2_000_000}, 300_000
_ENDING_SECONDS = 2
#: The city's register takes six CPU seconds; a busy machine may be ten times slower. Element by
#: element, a large odd workbook takes nine seconds a megabyte.
TIMEOUT_SECONDS = 120.0
_SECONDS_A_MEGABYTE, _MAX_SECONDS = 30, 900.0


class ReaderPool:
    """A pool of ``size`` reading children, started when first needed; threads may share it.

    Masked names of sheets carry a hash made with ``name_key``; without one it is made anew for each
    pool. Use as a context manager; leaving it ends the children.
    """

    def __init__(
        self,
        size: int = 1,
        timeout_seconds: float = TIMEOUT_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        name_key: bytes | None = None,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self.name_key = name_key or secrets.token_bytes(32)
        self._children = [_Child(memory_bytes) for _ in range(size)]
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        for child in self._children:
            self._idle.put(child)

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self._children:
            child.stop()

    def read(self, path: Path, contract: Contract, landing: Path, notes: Path) -> Reading:
        """Read one file in an idle child, waiting for one if need be.

        Writes the Parquet files ``landing`` and ``notes`` (both empty when refused). Raises
        FileNotFoundError if there is no such file, ReaderError for a fault of our own.
        """
        if not path.is_file():
            raise FileNotFoundError(f"{mask(str(path))} is no file that could be read")
        request = {
            "path": str(path.resolve()),
            "contract": contract.model_dump_json(),
            "landing": str(landing.resolve()),
            "notes": str(notes.resolve()),
            "name_key": self.name_key.hex(),
        }
        seconds = self._allowed_seconds(path)
        with self._idle_child() as child:
            try:
                answer = child.ask(request, seconds)
            except _ChildTimeout:
                problem = _timeout(seconds)
            except _ChildDeath as death:
                problem = _death(death)
            else:
                if "fault" in answer:
                    child.stop()
                    raise ReaderError(f"{mask(path.name)}: {answer['fault']}")
                return Reading.from_json(answer["reading"])
        write_nothing(contract, landing, notes)
        return Reading(kind=contract.kind, problems=[problem])

    def _allowed_seconds(self, path: Path) -> float:
        """Return how long reading a file may take; a large one takes longer."""
        more = path.stat().st_size / 1e6 * _SECONDS_A_MEGABYTE
        return min(self._timeout_seconds + more, max(_MAX_SECONDS, self._timeout_seconds))

    @contextmanager
    def _idle_child(self) -> Iterator[_Child]:
        child = self._idle.get()
        try:
            yield child
        finally:
            self._idle.put(child)


def read_delivery(path: Path, contract: Contract, landing: Path, notes: Path) -> Reading:
    """Read a single file in a child of its own; see ``ReaderPool.read``.

    Starting a child takes half a second: for several files, share a pool.
    """
    with ReaderPool() as pool:
        return pool.read(path, contract, landing, notes)


class _ChildDeath(Exception):  # noqa: N818 - an event, turned into a problem of the file
    """The child ended before it answered; the message says how.

    ``rows`` is how many rows it had found in a file of the form ``form`` (xlsx or csv), 0 if it
    had not come so far.
    """

    form, rows = "xlsx", 0


class _ChildTimeout(Exception):  # noqa: N818 - an event, turned into a problem of the file
    """The child did not answer in time and was killed."""


class _Child:
    """One child process and the pipe to it; restarted on the next request after it ended."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: dict[str, str], timeout_seconds: float) -> dict[str, Any]:
        """Send one line of JSON and return the answer that comes back."""
        process, form, rows = self._running(), "xlsx", 0
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            deadline = time.monotonic() + timeout_seconds
            while True:
                for line in self._lines(process, deadline):
                    answer: dict[str, Any] = json.loads(line)
                    if "rows" not in answer:
                        return answer
                    form, rows = answer["form"], answer["rows"]
        except BrokenPipeError:
            raise self._death(process) from None
        except _ChildDeath as death:
            death.form, death.rows = form, rows
            raise
        except _ChildTimeout:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill the child, if there is one, and wait for its end."""
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        if self._process is None:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "orchestration.ingest.reader.child",
                    str(self._memory_bytes),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # what a library prints about a file may hold its values
                stderr=subprocess.DEVNULL,
                cwd=PROJECT_ROOT,
                env=os.environ | _CHILD_ENVIRONMENT,
            )
        return self._process

    def _lines(self, process: subprocess.Popen[bytes], deadline: float) -> list[str]:
        """Wait for one line or more, all whole."""
        assert process.stdout is not None
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _ChildTimeout
                part = os.read(process.stdout.fileno(), 1 << 16)
                if not part:
                    raise self._death(process)
                received += part
        return received.decode().splitlines()

    def _death(self, process: subprocess.Popen[bytes]) -> _ChildDeath:
        # its pipe may close a moment before it has ended, by a signal that should be reported
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ENDING_SECONDS)
        self.stop()
        code = process.returncode
        return _ChildDeath(f"信号 {-code}" if code < 0 else f"退出码 {code}")


def _death(death: _ChildDeath) -> Problem:
    if death.rows >= _MANY_ROWS:
        as_csv = "另存为“CSV UTF-8(逗号分隔)(*.csv)”，或" if death.form == "xlsx" else ""
        return Problem(
            "reader_died",
            f"表格有 {death.rows:,} 行，没有读完就中止了（{death}）：{death.form} 一般只能读到约"
            f" {_ROWS_READ[death.form]:,} 行",
            f"请{as_csv}按镇街拆成几个文件（文件名写“第1部分共2”“第2部分共2”的样式）后重新报送",
        )
    return Problem(
        "reader_died",
        f"读取程序在读这个文件时中止（{death}），文件可能已损坏或过大",
        "请把数据复制到新工作簿，删除数据区以外的内容，再重新报送",
    )


def _timeout(seconds: float) -> Problem:
    return Problem(
        "reader_timeout",
        f"{seconds:.0f} 秒内没有读完这个文件，已中止",
        "请删除数据区以外的内容和多余的工作表，再重新报送",
    )
