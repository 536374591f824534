"""A month by other executors and engines, each in a home of its own that was used before.

Each function yields the ways by turns: a name, and what runs the month and returns its cost.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench import BIN, MONTH, Cost, measure, warm_up
from peak_memory import Peak
from workers.redis_server import redis_server, workers_of

_COMMAND: list[str | Path] = [BIN / "fangan", "month", MONTH]
_CELERY_APP = "orchestration.workers.celery_app"
Way = tuple[str, Callable[[], Cost]]


@contextmanager
def used_home(base: Path) -> Iterator[Path]:
    """Yield a home in which a month was run; it goes afterwards."""
    home = base / "home"
    warm_up(home)
    try:
        yield home
    finally:
        shutil.rmtree(home)


def month_in(base: Path, raw: Path, **variables: str) -> Cost:
    """Run the month by a command of its own."""
    with used_home(base) as home:
        return measure(_COMMAND, raw, home, **variables)


def executors(base: Path, raw: Path) -> Iterator[Way]:
    """Reading and judging in the run's process, in one and two others, and by Celery's workers."""
    yield "in-process", partial(month_in, base, raw)
    for count in (1, 2):
        limit = {"DAGSTER_MULTIPROCESS_EXECUTOR_MAX_CONCURRENT": str(count)}
        run = partial(month_in, base, raw, FANGAN_EXECUTOR="multiprocess", **limit)
        yield f"multiprocess, {count} at once", run
    for count in (1, 2):
        yield f"celery, workers: {count}", partial(_by_workers, base, raw, count)


def engines(base: Path, raw: Path) -> Iterator[Way]:
    """Models in DuckDB, and in Spark on this machine's cores; everything else is the same."""
    yield "DuckDB", partial(month_in, base, raw)
    yield "Spark", partial(month_in, base, raw, FANGAN_ENGINE="spark")


def _by_workers(base: Path, raw: Path, count: int) -> Cost:
    """Run the month by workers of this machine that have loaded everything; add what they took."""
    with used_home(base) as home, redis_server(base / "redis") as url:
        variables = {"FANGAN_EXECUTOR": "celery", "FANGAN_CELERY_BROKER": url}
        places = {"FANGAN_RAW": str(raw), "FANGAN_HOME": str(home)}
        with workers_of(_CELERY_APP, os.environ | places | variables) as start:
            workers = [start(base / f"worker{number}.log") for number in range(count)]
            peaks = [Peak(worker.pid) for worker in workers]
            cost = measure(_COMMAND, raw, home, **variables)
            cpu, peak = cost.cpu, cost.peak
            for worker, watched in zip(workers, peaks, strict=True):
                worker.send_signal(signal.SIGTERM)
                _, status, usage = os.wait4(worker.pid, 0)
                worker.returncode = os.waitstatus_to_exitcode(status)
                watched.stop()
                cpu += usage.ru_utime + usage.ru_stime
                peak += watched.mebibytes
    shutil.rmtree(base / "redis")
    return Cost(cpu, cost.wall, peak)
