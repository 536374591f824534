"""Watching ``raw`` without opening files: which ones changed since the last look.

Used by the sensor. A file counts once two looks in a row find it unchanged, so one that is
still being copied is left alone. What a file is and whether it counts is decided in ``deliveries``.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from orchestration.ingest.names import stored_name
from orchestration.reference.districts import load_districts
from orchestration.reference.months import Month

#: Size in bytes and time of change in nanoseconds, of each file by its path below ``raw``, in which
#: its name is masked.
Look = dict[str, list[int]]


@dataclass(frozen=True)
class Touched:
    """The districts of one month with settled changes, and a fingerprint of those changes."""

    district_ids: set[str]
    fingerprint: str


def look(raw: Path, name_key: bytes) -> Look:
    """Return size and change time of every file that lies where deliveries lie, by masked name.

    What was seen is kept in Dagster's database, where no name may stand in clear.
    """
    return {
        str(path.relative_to(raw).with_name(stored_name(path, name_key))): [
            stat.st_size,
            stat.st_mtime_ns,
        ]
        for path in sorted(raw.glob("*/*/*"))
        if not path.name.startswith((".", "~$"))
        and _place(path.relative_to(raw)) is not None
        and (stat := path.lstat()) is not None
    }


def changed_districts(settled: Look, launched: Look) -> dict[str, Touched]:
    """Return, by month, the districts with settled files other than those launched before."""
    changed: dict[str, list[tuple[str, str]]] = {}
    for path, state in settled.items():
        place = _place(Path(path))
        if place is not None and launched.get(path) != state:
            month, district_id = place
            changed.setdefault(month, []).append((district_id, f"{path} {state}"))
    return {
        month: Touched(
            {district_id for district_id, _ in found},
            hashlib.sha256(os.fsencode("\n".join(text for _, text in found))).hexdigest()[:16],
        )
        for month, found in changed.items()
    }


def _place(path: Path) -> tuple[str, str] | None:
    """Return (month, district id) of a path ``<month>/<area code>/<file>``, or None."""
    month, code = path.parts[0], path.parts[1]
    owner = {d.district_code: d.district_id for d in load_districts()}.get(code)
    try:
        return (str(Month.parse(month)), owner) if owner else None
    except ValueError:
        return None
