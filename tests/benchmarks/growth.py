"""``make bench-growth``: two years in one home, what a month costs and what every folder takes.

Each month is simulated, run by the command in a process of its own, and in every sixth month one
district corrects its ledger and the month runs again. Prints a table for
``docs/how-to/run-unattended.md``; keeps the home with ``--home``. Options: ``--months``,
``--scale``. Other benchmarks measure one month; here it is what the twenty-fourth costs.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from bench import correct_one_district

from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.upkeep.pruning import prune

FIRST = Month(2022, 1)
_MIB = 1 << 20
#: Months at either end of which a median is taken: single ones vary on a machine that others use.
_ENDS = 3
_CORRECTED_EVERY = 6


@dataclass
class Growth:
    """CPU seconds of each month, and bytes by folder after some of them, by what was done."""

    cpu: list[float] = field(default_factory=list)
    corrected: list[float] = field(default_factory=list)
    bytes_by_folder: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Return the last months' CPU over the first warm months'; the first month is cold."""
        warm = self.cpu[1:]
        return statistics.median(warm[-_ENDS:]) / statistics.median(warm[:_ENDS])


def live(months: int, scale: float, raw: Path, home: Path) -> Growth:
    """Run the months one after the other, then prune all that is allowed to go."""
    growth = Growth()
    for number in range(1, months + 1):
        month = str(FIRST.shift(number - 1))
        run(raw, home, "simulate", month, "--out", str(raw), "--scale", str(scale))
        growth.cpu.append(run(raw, home, "month", month))
        if number % _CORRECTED_EVERY == 0:
            correct_one_district(raw, month)
            growth.corrected.append(run(raw, home, "month", month))
        print(f"{month} {growth.cpu[-1]:.1f} CPU s, {total(home):.0f} MiB", flush=True)
        if number in (1, months // 2, months):
            growth.bytes_by_folder[f"after {number}"] = sizes(home)
    prune(settings_of(home), datetime.now(UTC), does_it=True)
    growth.bytes_by_folder["after prune"] = sizes(home)
    return growth


def run(raw: Path, home: Path, *arguments: str) -> float:
    """Run the command, which may find faults in what was simulated; return its CPU seconds."""
    environment = os.environ | {"FANGAN_RAW": str(raw), "FANGAN_HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-c", "from orchestration.cli import main; main()", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (FINE, FINDINGS):
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return usage.ru_utime + usage.ru_stime


def settings_of(home: Path) -> Settings:
    """Return the settings of a home, without deliveries."""
    return Settings(raw=home / "none", home=home)


def sizes(home: Path) -> dict[str, int]:
    """Return the bytes that each folder and file of a home takes; hard links count once."""
    return {path.name: taken(path) for path in sorted(home.iterdir())}


def taken(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    states = [file.lstat() for file in files if file.is_file()]
    return sum({state.st_ino: state.st_blocks * 512 for state in states}.values())


def total(home: Path) -> float:
    """Return the MiB of a home."""
    return sum(sizes(home).values()) / _MIB


def report(growth: Growth, scale: float) -> str:
    """Return the tables as Markdown."""
    months, half = len(growth.cpu), len(growth.cpu) // 2
    columns = growth.bytes_by_folder
    middle, last = columns[f"after {half}"], columns[f"after {months}"]
    lines = [
        f"| MiB | {' | '.join(columns)} | a month |",
        f"|---|{'--:|' * (len(columns) + 1)}",
    ]
    for name in [*sorted(last, key=lambda name: -last[name]), "all"]:
        row = [of(name, folder) for folder in columns.values()]
        if max(row) < 0.1:
            continue
        monthly = (of(name, last) - of(name, middle)) / (months - half)
        label = "all" if name == "all" else f"`{name}`"
        lines.append(f"| {label} | {' | '.join(f'{mib:.1f}' for mib in row)} | {monthly:.2f} |")
    warm = growth.cpu[1:]
    return "\n".join(
        [
            f"{date.today()}, {os.cpu_count()} cores, Python {platform.python_version()},"
            f" scale {scale}:",
            f"CPU s of a month: first {growth.cpu[0]:.1f}; medians of the first and last {_ENDS}"
            f" warm ones {statistics.median(warm[:_ENDS]):.1f} and"
            f" {statistics.median(warm[-_ENDS:]):.1f}, ratio {growth.ratio:.2f};"
            f" of a corrected one {statistics.median(growth.corrected):.1f}.",
            "",
            *lines,
        ]
    )


def of(name: str, folder: dict[str, int]) -> float:
    """Return the MiB of a named folder, or of all."""
    return (sum(folder.values()) if name == "all" else folder.get(name, 0)) / _MIB


def main() -> None:
    """Run the months that are asked for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--home", type=Path, help="where the home is kept; else it goes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fangan-growth-") as folder:
        home = arguments.home or Path(folder) / "home"
        growth = live(arguments.months, arguments.scale, Path(folder) / "raw", home)
    print(report(growth, arguments.scale))


if __name__ == "__main__":
    main()
