"""``make bench-scale``: what a month costs against its size, and by executor and engine.

Writes sections of ``REPORT.md`` and the picture ``docs/pictures/cost-against-size.svg``. Options:
``--parts`` (sizes, executors, engines, correction), ``--sizes``, ``--scale`` of the other parts,
``--rounds``. ``bench`` measures one size against the floor; how the parts are run is in
``scale_ways``, the picture in ``scale_picture``.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
from bench import BIN, MONTH, Cost, measure
from report_file import write_section
from scale_correction import corrections
from scale_picture import draw
from scale_ways import engines, executors, used_home

SIZES = (0.25, 0.5, 1.0, 2.63, 10.0)
#: Sizes above are run once: they take minutes, and vary less.
_REPEATED_UP_TO = 1.0
#: The bars that the project set itself: of a building's cost to that at 1, and of the peak.
_COST_BAR, _PEAK_BAR_MIB, _PEAK_MEASURED_FROM = 1.1, 2048, 2.63


@contextmanager
def simulated(base: Path, scale: float) -> Iterator[tuple[Path, Cost]]:
    """Yield a simulated city's deliveries and what making them took; they go afterwards."""
    city = base / f"city{scale:g}"
    made = measure(
        [BIN / "fangan", "simulate", MONTH, "--out", city, "--scale", str(scale)], city, base / "no"
    )
    try:
        yield city, made
    finally:
        shutil.rmtree(city)


def counted_month(base: Path, raw: Path) -> tuple[Cost, int]:
    """Run the month in a home that was used before; return its cost and number of buildings."""
    with used_home(base) as home:
        cost = measure([BIN / "fangan", "month", MONTH], raw, home)
        with duckdb.connect(str(home / "published" / "statistics.duckdb"), read_only=True) as made:
            counted = made.execute(
                "select sum(row_count) from marts.rpt_delivery"
                " where kind = 'building_survey' and month = ?",
                [f"{MONTH}-01"],
            ).fetchone()
    assert counted is not None
    return cost, int(counted[0])


def measured_sizes(base: Path, sizes: Sequence[float], rounds: int) -> str:
    """Run months of each size, interleaved; return their section and draw the picture."""
    months: dict[float, list[Cost]] = {scale: [] for scale in sizes}
    made: dict[float, Cost] = {}
    buildings: dict[float, int] = {}
    for number in range(rounds):
        for scale in sizes:
            if number and scale > _REPEATED_UP_TO:
                continue
            with simulated(base, scale) as (raw, made[scale]):
                cost, buildings[scale] = counted_month(base, raw)
                months[scale].append(cost)
            print(f"{scale:g}: {buildings[scale]:,} buildings, {cost}", flush=True)
    each = {scale: 1e6 * median(months[scale], "cpu") / buildings[scale] for scale in sizes}
    draw({buildings[s]: (median(months[s], "cpu"), median(months[s], "peak")) for s in sizes})
    rows = [
        f"| {scale:g} | {buildings[scale]:,} | {median(months[scale], 'cpu'):.1f} |"
        f" {median(months[scale], 'wall'):.1f} | {median(months[scale], 'peak'):.0f} |"
        f" {each[scale]:.0f} | {_to_one(each, scale)} | {made[scale].peak:.0f} |"
        for scale in sizes
    ]
    return "\n".join(
        [
            *heading("Cost against size", f"{rounds} interleaved rounds up to scale 1, then one"),
            "| scale | buildings | CPU s | wall s | peak MiB | CPU µs a building | to that at 1 |"
            " simulate's peak MiB |",
            "|--:|--:|--:|--:|--:|--:|--:|--:|",
            *rows,
            "",
            f"Bars: a building costs at most {_COST_BAR} times what it costs at 1; the peak is"
            f" at most {_PEAK_BAR_MIB} MiB from scale {_PEAK_MEASURED_FROM} on.",
            "",
            "![Cost against size](../../docs/pictures/cost-against-size.svg)",
        ]
    )


def _to_one(each: dict[float, float], scale: float) -> str:
    return f"{each[scale] / each[1.0]:.2f}" if 1.0 in each else "—"


def median(costs: Sequence[Cost], what: str) -> float:
    """Return the median of CPU, wall or peak."""
    return float(statistics.median(getattr(cost, what) for cost in costs))


def heading(title: str, how: str) -> list[str]:
    """Return the first lines of a section: when, how and where it was measured."""
    return [
        f"## {title}",
        "",
        f"Made by `make bench-scale` on {date.today()}: {how}; medians. CPU is user + system of"
        " all processes; memory is proportional. The machine is shared: read the ratios.",
        "",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "",
    ]


def measured_ways(base: Path, title: str, scale: float, rounds: int) -> str:
    """Measure executors, engines or corrections, by turns; return their section."""
    ways = {"Executors": executors, "DuckDB beside Spark": engines}.get(title, corrections)
    costs: dict[str, list[Cost]] = {}
    with simulated(base, scale) as (raw, _):
        for _ in range(rounds):
            for name, run in ways(base, raw):
                costs.setdefault(name, []).append(run())
                print(f"{name}: {costs[name][-1]}", flush=True)
    first = next(iter(costs))
    return "\n".join(
        [
            *heading(title, f"scale {scale:g}, {rounds} rounds by turns"),
            f"| way | CPU s | to {first} | wall s | peak MiB |",
            "|---|--:|--:|--:|--:|",
            *(
                f"| {name} | {median(those, 'cpu'):.1f} |"
                f" {median(those, 'cpu') / median(costs[first], 'cpu'):.2f} |"
                f" {median(those, 'wall'):.1f} | {median(those, 'peak'):.0f} |"
                for name, those in costs.items()
            ),
        ]
    )


#: The parts of the benchmark and their sections' titles.
PARTS = {
    "sizes": "Cost against size",
    "executors": "Executors",
    "engines": "DuckDB beside Spark",
    "correction": "One corrected district",
}


def main() -> None:
    """Measure the parts that are asked for and write their sections."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sizes = [float(size) for size in options.sizes.split(",")]
    for part in options.parts.split(","):
        with tempfile.TemporaryDirectory(prefix="fangan-scale-") as folder:
            base = Path(folder)
            if part == "sizes":
                section = measured_sizes(base, sizes, options.rounds)
            else:
                section = measured_ways(base, PARTS[part], options.scale, options.rounds)
        write_section(section)
        sys.stdout.write(section + "\n")


if __name__ == "__main__":
    main()
