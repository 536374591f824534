"""Public address parsers on the addresses of ``tests/cases/addresses.tsv``, written to REPORT.md.

They are no dependency of ours: run it with an interpreter that has them beside us, as
``PYTHONPATH=. python tests/benchmarks/parsers.py`` after ``pip install cpca jionlp addressparser
six 'setuptools<81'``. Each is asked for what it yields: province, city, district, and jionlp the
town as well. A name is right if it is the district's official or usual one.
"""

from __future__ import annotations

import csv
import time
import warnings
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from report_file import write_section

from orchestration.addresses.parsing import parse
from orchestration.reference.districts import load_districts

CASES = Path(__file__).parents[1] / "cases" / "addresses.tsv"
SECTION = "## Address parsers"
_NAMES = {d.district_id: d.district_name for d in load_districts()}


class Read(NamedTuple):
    """What a parser says: the names of city, district and town, empty if it names none."""

    city: str
    district: str
    town: str


class Counted(NamedTuple):
    """Names read rightly, read, and to be read."""

    right: int
    read: int
    there: int

    @property
    def shown(self) -> str:
        """Precision and recall."""
        if not self.read:
            return "does not yield it |"
        return f"{self.right / self.read:.1%} | {self.right / self.there:.1%}"


def ours(text: str) -> Read:
    """Read an address with our parser."""
    address = parse(text)
    city = "" if address.problem == "outside" else "苏州市"
    district = _NAMES[address.districts[0]] if len(address.districts) == 1 else ""
    return Read(city, district, address.value("town") or "")


def _columns(transform: Callable[[list[str]], object]) -> Callable[[str], Read]:
    def read(text: str) -> Read:
        row = transform([text]).iloc[0]  # type: ignore[attr-defined]
        return Read(row["市"] or row["省"] or "", row["区"] or "", "")

    return read


def parsers() -> dict[str, Callable[[str], Read]]:
    """Return each parser under its name and version."""
    import addressparser
    import cpca
    import jionlp

    def read_jionlp(text: str) -> Read:
        found = jionlp.parse_location(text, town_village=True) or {}
        return Read(*(found.get(key) or "" for key in ("city", "county", "town")))

    return {
        "this project": ours,
        f"cpca {version('cpca')}": _columns(cpca.transform),
        f"jionlp {version('jionlp')}": read_jionlp,
        f"addressparser {version('addressparser')}": _columns(addressparser.transform),
    }


def line(name: str, read: Callable[[str], Read], rows: list[dict[str, str]]) -> str:
    """Return a parser's row of the table."""
    read(rows[0]["address"])  # loads its tables
    started = time.process_time()
    found = [read(row["address"]) for row in rows]
    micros = (time.process_time() - started) / len(rows) * 1e6
    inside = [
        (row, got) for row, got in zip(rows, found, strict=True) if row["district_id"] != "OUT"
    ]
    outside = [got for row, got in zip(rows, found, strict=True) if row["district_id"] == "OUT"]
    districts = _counted((_names(row["district_id"]), got.district) for row, got in inside)
    towns = _counted(({_bare(row["town"])} - {""}, _bare(got.town)) for row, got in inside)
    told = sum("苏州" not in got.city and (bool(got.city) or read is ours) for got in outside)
    return (
        f"| {name} | {districts.shown} | {towns.shown} | {told} of {len(outside)} | {micros:,.0f} |"
    )


def _counted(pairs: object) -> Counted:
    right = read = there = 0
    for names, got in pairs:  # type: ignore[attr-defined]
        right += got in names
        read += bool(got)
        there += bool(names)
    return Counted(right, read, there)


def _names(district_id: str) -> set[str]:
    return {
        name
        for district in load_districts()
        if district.district_id == district_id
        for name in (district.district_name, *district.aliases)
        if name not in ("平江区", "沧浪区", "金阊区")
    }


def _bare(town: str) -> str:
    return town.removesuffix("街道").removesuffix("镇")


def main() -> None:
    """Measure and write."""
    warnings.filterwarnings("ignore")
    with CASES.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    lines = [
        SECTION,
        "",
        f"Made by `tests/benchmarks/parsers.py` on {date.today()}: {len(rows)} public addresses of"
        " `tests/cases`, on most of which our own parser was mended; the others know all of China"
        " and were not made for one city. Below the town no parser but ours yields elements.",
        "",
        "| parser | district: precision | recall | town: precision | recall"
        " | outside Suzhou told | CPU µs an address |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(line(name, read, rows) for name, read in parsers().items()),
        "",
    ]
    write_section("\n".join(lines))


if __name__ == "__main__":
    main()
