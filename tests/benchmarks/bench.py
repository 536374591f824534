"""``make bench``: a whole simulated month beside the floor, measured in one run.

Writes ``REPORT.md``: medians over interleaved rounds, ratios, CPU seconds of the whole process
tree, peak memory of the tree, machine, versions and date. Options: ``--scale``, ``--rounds``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from peak_memory import Peak
from report_file import write_section

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BIN = Path(sys.executable).parent
MONTH = "2022-10"
PACKAGES = ("dagster", "dbt-core", "duckdb", "great-expectations", "pandas", "fastexcel")


@dataclass(frozen=True)
class Cost:
    """CPU seconds of a process and all it waited for, wall seconds, peak memory in MiB."""

    cpu: float
    wall: float
    peak: float


def measure(command: list[str | Path], raw: Path, home: Path, **variables: str) -> Cost:
    """Run a command to its end; raise CalledProcessError if it does not succeed.

    ``variables`` are further ones of its environment.
    """
    environment = os.environ | {"FANGAN_RAW": str(raw), "FANGAN_HOME": str(home)} | variables
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = Peak(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    peak.stop()
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(usage.ru_utime + usage.ru_stime, wall, peak.mebibytes)


def correct_one_district(raw: Path, month: str = MONTH) -> None:
    """Change one word of 姑苏区's csv ledger, as a corrected delivery would."""
    [path] = (raw / month / "320508").glob("*既有建筑排查台账*.csv")
    text = path.read_bytes().decode("gb18030")
    path.unlink()  # a link into the city, which stays as it was
    path.write_bytes(text.replace("居住", "办公", 1).encode("gb18030"))


def bench(scale: float, rounds: int) -> tuple[dict[str, list[Cost]], dict[str, float]]:
    """Return the costs of every row, one a round, interleaved, and those of the stages."""
    costs: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory(prefix="fangan-bench-") as folder:
        base = Path(folder)
        city = base / "city"
        made = [BIN / "fangan", "simulate", MONTH, "--out", city, "--scale", str(scale)]
        costs["simulate"] = [measure(made, city, base / "none")]
        for number in range(rounds):
            raw, home = base / f"raw{number}", base / f"home{number}"
            shutil.copytree(city, raw, copy_function=os.link)
            floor = [sys.executable, HERE / "floor.py", raw / MONTH, base / f"floor{number}"]
            month = [BIN / "fangan", "month", MONTH]
            warm_up(home)
            empty = [sys.executable, HERE / "empty_job.py"]
            steps = {"floor": floor, "month": month, "nothing new": month, "empty job": empty}
            for name, command in steps.items():
                costs.setdefault(name, []).append(measure(command, raw, home))
            correct_one_district(raw)
            costs.setdefault("one district", []).append(measure(month, raw, home))
            shutil.rmtree(home)
            shutil.rmtree(base / f"floor{number}")
        script = [sys.executable, HERE / "script.py", city / MONTH]
        costs["pandas and openpyxl"] = [measure(script, city, base / "none")]
        stages = stage_costs(city, base / "stages")
    return costs, stages


def warm_up(home: Path) -> None:
    """Run October's ten reports, so that the home has been used before, as in production."""
    measure([BIN / "fangan", "month", MONTH], ROOT / "raw", home)


def stage_costs(raw: Path, home: Path) -> dict[str, float]:
    """Return the CPU seconds of each stage, measured in one process."""
    environment = os.environ | {"FANGAN_RAW": str(raw), "FANGAN_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, HERE / "stages.py"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    stages: dict[str, float] = json.loads(done.stdout)
    return stages


def report(
    costs: dict[str, list[Cost]], stages: dict[str, float], scale: float, rounds: int
) -> str:
    """Return the report as Markdown; bars are those the project set itself."""

    def median(name: str, what: str) -> float:
        return statistics.median(getattr(cost, what) for cost in costs[name])

    def ratio(name: str, to: str) -> float:
        return statistics.median(a.cpu / b.cpu for a, b in zip(costs[name], costs[to], strict=True))

    lines = [
        "## A month of the whole city",
        "",
        f"Made by `make bench` on {date.today()}: scale {scale:g}, {rounds} interleaved rounds,"
        " medians. CPU is user + system of the whole process tree; memory is its proportional"
        " peak. The machine is shared: read the ratios.",
        "",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "",
        "| what | CPU s | wall s | peak MiB |",
        "|---|--:|--:|--:|",
        *(
            f"| {name} | {median(name, 'cpu'):.1f} | {median(name, 'wall'):.1f} |"
            f" {median(name, 'peak'):.0f} |"
            for name in costs
        ),
        "",
        "| ratio of CPU | measured | bar |",
        "|---|--:|--:|",
        f"| month to floor | {ratio('month', 'floor'):.2f} | 3.2 |",
        f"| one corrected district to month | {ratio('one district', 'month'):.2f} | 0.35 |",
        f"| nothing new to an empty job | {ratio('nothing new', 'empty job'):.2f} | 1.3 |",
        "| month to pandas and openpyxl |"
        f" {median('month', 'cpu') / median('pandas and openpyxl', 'cpu'):.2f} | 0.25 |",
        "",
        "Month, nothing new and one district are cold processes in a home that has run before.",
        "",
        "| stage of the month, in one process | CPU s |",
        "|---|--:|",
        *(f"| {stage} | {seconds:.1f} |" for stage, seconds in stages.items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    costs, stages = bench(options.scale, options.rounds)
    text = report(costs, stages, options.scale, options.rounds)
    write_section(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
