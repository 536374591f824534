"""``make bench-lookup``: how fast a building is found, written to REPORT.md.

Makes the look-up file of a simulated city, serves it by the real command pinned to one core, and
asks it from this process at a fixed rate, whether or not answers keep up; half-way the file is
replaced. Options: ``--codes`` (how many), ``--rate`` (a second), ``--seconds``, ``--undisturbed``
(server and client at real-time priority, as root: on a machine that others use, a core of their
own cannot be had otherwise).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lookup_city import BUILDINGS, MONTH, make_city
from report_file import write_section

from orchestration.lookup.file_writing import FILE_NAME, write_lookup
from orchestration.lookup.sources import Sources
from orchestration.store.files import sync_file

HERE = Path(__file__).parent
SECTION = "## Look-up of a building"
_CONNECTIONS = 16


@dataclass(frozen=True)
class Built:
    """A look-up file and what it cost."""

    path: Path
    building_count: int
    key_count: int
    cpu: float
    wall: float


@dataclass(frozen=True)
class Run:
    """Latencies of one run in milliseconds, in order of asking, and the server's CPU seconds."""

    latencies: list[float]
    statuses: dict[int, int]
    server_cpu: float

    def percentile(self, share: float) -> float:
        return sorted(self.latencies)[int(share * (len(self.latencies) - 1))]


def build(home: Path, published: Path, sources: Sources) -> Built:
    """Make the look-up file as a release would."""
    path = home / "internal" / "lookup" / str(MONTH) / FILE_NAME
    cpu, wall = time.process_time(), time.monotonic()
    made = write_lookup(path, published, sources, MONTH)
    return Built(
        path,
        made.subject_count,
        made.identifier_count,
        time.process_time() - cpu,
        time.monotonic() - wall,
    )


def take_core(number: int, *, is_undisturbed: bool) -> None:
    """Keep this process on one core, before all others on it if told so."""
    os.sched_setaffinity(0, {number})
    if is_undisturbed:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def ask(home: Path, path: Path, keys: list[str], rate: int, *, is_undisturbed: bool) -> Run:
    """Serve the file on one core and ask for the keys at the rate; swap the file half-way."""
    fangan = str(Path(sys.executable).parent / "fangan")
    command = [fangan, "serve", "--port", "0", "--rate", str(10 * rate)]
    environment = os.environ | {"FANGAN_HOME": str(home)}
    copy = path.with_suffix(".next")
    shutil.copyfile(path, copy)
    sync_file(copy)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    server = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: take_core(0, is_undisturbed=is_undisturbed),
    )
    assert server.stderr is not None
    address = server.stderr.readline().strip()
    match = re.search(r":(\d+)/$", address)
    assert match, address
    try:
        latencies, statuses = asyncio.run(
            _drive(int(match[1]), keys, rate, lambda: os.replace(copy, path))
        )
    finally:
        server.terminate()
        server.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(latencies, statuses, cpu)


async def _drive(port, keys, rate, swap):  # type: ignore[no-untyped-def]
    """Ask at fixed times over connections kept open; a late answer delays no question."""
    free: asyncio.Queue = asyncio.Queue()
    for _ in range(_CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    statuses: dict[int, int] = {}
    latencies: list[float] = [0.0] * len(keys)
    start = time.perf_counter() + 0.2

    async def one(number: int, key: str) -> None:
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        reader, writer = await free.get()
        writer.write(
            f"GET /api/v1/buildings/{key} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"content-length: (\d+)", head)[1]))  # type: ignore[index]
        latencies[number] = (time.perf_counter() - due) * 1000
        free.put_nowait((reader, writer))
        status = int(head.split()[1])
        statuses[status] = statuses.get(status, 0) + 1

    async def swap_half_way() -> None:
        await asyncio.sleep(len(keys) / rate / 2)
        await asyncio.to_thread(swap)

    await asyncio.gather(swap_half_way(), *(one(n, key) for n, key in enumerate(keys)))
    while not free.empty():
        free.get_nowait()[1].close()
    return latencies, statuses


def keys_of(codes: int, count: int) -> list[str]:
    """Return keys spread over the whole file: codes, building ids, plates, and some unknown."""
    step = 7_368_787  # a prime: no key is asked twice
    made = []
    for number in range(count):
        i = number * step % codes
        building = i % min(BUILDINGS, codes)
        made.append(
            [f"F{i:015d}", f"32{building:014d}", f"M{i:015d}", f"X{i}"][min(number % 10 // 3, 3)]
        )
    return made


def report(built: Built, options: argparse.Namespace, run: Run) -> str:
    """Return the section of the report."""
    half = len(run.latencies) // 2
    size, load = built.path.stat().st_size / 2**20, os.getloadavg()[0]
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(run.statuses.items()))
    count = len(run.latencies)
    lines = [
        SECTION,
        "",
        f"Made by `make bench-lookup` on {date.today()}: simulated data, {options.codes:,} codes"
        f" in a file of {size:,.0f} MiB with {built.building_count:,} buildings"
        f" and {built.key_count:,} keys. {os.cpu_count()} cores, {platform.machine()},"
        f" load {load:.0f} when it ended. {count:,} requests, {options.rate} a second,"
        " the server on one core and the client beside it; late answers are counted from when they"
        f" were due. Answers: {told}."
        + (" Both at real-time priority: others worked here too." * options.undisturbed),
        "",
        "| measure | measured | bar |",
        "|---|--:|--:|",
        f"| p50, milliseconds | {run.percentile(0.5):.2f} | |",
        f"| p99, milliseconds | {run.percentile(0.99):.2f} | 10 |",
        f"| p99.9, milliseconds | {run.percentile(0.999):.2f} | |",
        f"| slowest of the 200 around the swap of the file | "
        f"{max(run.latencies[half - 100 : half + 100]):.2f} | |",
        f"| mean, milliseconds | {statistics.mean(run.latencies):.2f} | |",
        f"| CPU of the server, start and all, milliseconds a request"
        f" | {run.server_cpu / count * 1000:.2f} | |",
        f"| making the file, CPU seconds | {built.cpu:.1f} | |",
        f"| making the file, wall seconds | {built.wall:.1f} | |",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codes", type=int, default=1_850_000)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--undisturbed", action="store_true")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="fangan-lookup-"))
    try:
        published, sources = make_city(work, options.codes)
        built = build(work / "home", published, sources)
        take_core(max(os.sched_getaffinity(0)), is_undisturbed=options.undisturbed)
        keys = keys_of(options.codes, options.rate * options.seconds)
        measured = ask(
            work / "home", built.path, keys, options.rate, is_undisturbed=options.undisturbed
        )
        print(
            json.dumps(
                {
                    "p50": measured.percentile(0.5),
                    "p99": measured.percentile(0.99),
                    "build_cpu": built.cpu,
                }
            )
        )
        write_section(report(built, options, measured))
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
