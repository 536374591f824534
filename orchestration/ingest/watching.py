"""Watching ``raw`` without opening files: which ones changed since the last look.

A file counts once two looks in a row find it unchanged, so one that is
still being copied is left alone. What a file is and whether it counts is decided in ``deliveries``.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.ingest.names import stored_name
from orchestration.reference.districts import load_districts
from orchestration.reference.months import Month

#: Size in bytes, and times of change of the content and of the file in nanoseconds, of each file
#: by its path below ``raw``, in which its name is masked.
Look = dict[str, list[int]]


def look(raw: Path, name_key: bytes) -> Look:
    """Return size and change times of every file that lies where deliveries lie, by masked name.

    What was seen is kept in Dagster's database, where no name may stand in clear.
    """
    return {
        str(path.relative_to(raw).with_name(stored_name(path, name_key))): [
            stat.st_size,
            stat.st_mtime_ns,
            stat.st_ctime_ns,
        ]
        for path in sorted(raw.glob("*/*/*"))
        if not path.name.startswith((".", "~$"))
        and _place(path.relative_to(raw)) is not None
        and (stat := path.lstat()) is not None
    }


def month_of(path: str) -> str:
    """Return the month of a path in a look."""
    return path.split("/", 1)[0]


def settled_months(looked: Look, before: Look) -> set[str]:
    """Return the months all of whose files were found as they are in the look before."""
    changed = {month_of(path) for path, state in looked.items() if before.get(path) != state}
    return {month_of(path) for path in looked} - changed


def _place(path: Path) -> tuple[str, str] | None:
    """Return (month, district id) of a path ``<month>/<area code>/<file>``, or None."""
    month, code = path.parts[0], path.parts[1]
    owner = {d.district_code: d.district_id for d in load_districts()}.get(code)
    try:
        return (str(Month.parse(month)), owner) if owner else None
    except ValueError:
        return None
