"""Files that nobody wrote: unknown to the ledger, or left half-made.

A stray file among what the public reads is put aside; one in a private place is only told, since
nothing reads what the ledger does not name.
"""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.publication.database.publish import VERSIONS
from orchestration.store.files import half_made
from orchestration.verification.damage import Damage, Examination, Fault, Remedy


def examine_strays(examination: Examination) -> None:
    """Tell of every file that no other look has accounted for; call it last."""
    settings = examination.settings
    rooms = (
        settings.archive,
        settings.landing,
        settings.accepted,
        settings.quarantine,
        settings.samples,
        settings.matching,
        settings.releases,
        settings.published,
    )
    orphans = {path for room in rooms for folder in _folders(room) for path in half_made(folder)}
    for path in sorted(orphans):
        examination.tell(_told(examination, path, Fault.HALF_MADE, Remedy.SWEEP))
    recorded = examination.ledger.public_files()
    for room in rooms:
        remedy = Remedy.SET_ASIDE if room == settings.published else Remedy.LOOK
        for path in sorted(room.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                continue
            if path in examination.known or path in orphans or _is_expected(path, room):
                continue
            below = path.relative_to(examination.settings.home).as_posix()
            if below in recorded or not _OF_EARLIER.fullmatch(below):
                examination.tell(_told(examination, path, Fault.STRAY, remedy))


#: What earlier versions published without noting it; the next run notes it.
_OF_EARLIER = re.compile(
    r"published/(?:index\.html|definitions\.html|dbt-docs/index\.html|building_identifiers\.duckdb"
    r"|statistics\.duckdb|\d{4}-\d{2}/(?:v0/)?(?:bulletin\.(?:xlsx|docx|pdf|html)|quality\.html"
    r"|explain\.html|lookup\.sqlite|data/[\w.]+\.(?:csv|parquet|json)))"
)
#: A published file that is kept for rollback.
_VERSION = re.compile(r"statistics\.\d{20}\.duckdb")


def _told(examination: Examination, path: Path, fault: Fault, remedy: Remedy) -> Damage:
    is_public = path.is_relative_to(examination.settings.published)
    affects = "公众可见 the public can see it" if is_public else "无 nothing: nobody reads it"
    below = str(path.relative_to(examination.settings.home))
    return Damage("多余的文件 stray file", below, fault, remedy, affects)


def _folders(room: Path) -> list[Path]:
    return [room, *(path for path in room.rglob("*") if path.is_dir())]


def _is_expected(path: Path, room: Path) -> bool:
    """Whether it is one of the files that no row of the ledger names."""
    parts = path.relative_to(room).parts
    # versions kept for rollback; the archive's names were checked; lists beside a sample
    return (
        (parts[0] == VERSIONS and _VERSION.fullmatch(path.name) is not None)
        or room.name == "archive"
        or (room.name == "samples" and path.suffix == ".xlsx")
        or (room.name == "matching" and (parts[0] == "parsed" or "spill" in parts))
    )
