"""Seeing what lies in ``raw/<month>/<area_code>/`` and recording it as arrivals.

Decides which kind a file is (by its name) and which file counts (by the ledger). Names are masked
before they are recorded. Opens no workbook: that is ``reading``. Raw files are only ever read.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.ingest.names import name_key, shown_name, stored_name
from orchestration.ingest.part_names import are_all_parts, part_of
from orchestration.ingest.reader.privacy import mask
from orchestration.reference.contracts import kinds_of, load_contracts
from orchestration.reference.districts import district_ids, folder_codes
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import (
    Archived,
    UnsafeDeliveryError,
    archived_version,
    store_version,
)
from orchestration.store.arrivals import is_of
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival, DeliveredFile


@dataclass(frozen=True)
class Misdelivered:
    """A path in a district's folder that is no delivery, by its masked name, and why."""

    file_name: str
    reason: str


@dataclass(frozen=True)
class Received:
    """What counts for one district and month, by kind, and what could not be placed."""

    arrivals: dict[str, Arrival]
    misdelivered: tuple[Misdelivered, ...]


def kind_of(file_name: str) -> str | None:
    """Return the kind a file name stands for, by English stem or Chinese words, or None.

    The longest word found decides, so that a name may hold a shorter word of another kind.
    """
    name = unicodedata.normalize("NFKC", file_name).lower()
    found = [
        (len(word), kind)
        for kind, contract in load_contracts().items()
        for word in (kind, *contract.file_words)
        if word.lower() in name
    ]
    return max(found)[1] if found else None


def delivered_files(raw: Path, month: Month, district_id: str) -> list[Path]:
    """Return everything that lies in the district's folders of the month, in name order.

    Leaves out what no clerk delivered: hidden files and the lock files of office programs.
    """
    folders = [raw / str(month) / code for code in folder_codes(district_id)]
    return [
        path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if not path.name.startswith((".", "~$"))
    ]


def is_anything_delivered(settings: Settings, ledger: Ledger, month: Month) -> bool:
    """Whether anything ever arrived for a month, or lies there now."""
    return bool(ledger.arrivals(month)) or any(
        delivered_files(settings.raw, month, district_id) for district_id in district_ids()
    )


def nothing_delivered(month: Month) -> str:
    """Return the sentence that says so, and what follows."""
    return (
        f"{month.chinese}没有任何报送，不统计、不发布。Nothing was delivered for {month}, so"
        f" nothing is published: files belong into {month}/<district code>/ of FANGAN_RAW"
    )


def receive(settings: Settings, ledger: Ledger, month: Month, district_id: str) -> Received:
    """Archive what a district has delivered for a month and return what counts of it.

    New bytes become an arrival. A kind that lies there no more keeps its latest arrival:
    removing a file changes nothing, nor does removing some parts of a delivery. Files of one kind
    that lie there together become one arrival, which judgement refuses unless they are its parts.
    Raises MissingFolderError where the folder of all months is not there: that is not a month in
    which nobody delivered.
    """
    settings.require_raw()
    lying = _lying(settings, month, district_id, lambda path: store_version(settings.archive, path))
    for kind, files in lying.files.items():
        parts = tuple(part for part, _ in files)
        if _are_left_of(ledger.latest_arrival(month, district_id, kind), parts):
            continue
        size = sum(archived.size for _, archived in files)
        ledger.record_arrival(month, district_id, kind, _joint_hash(parts), size, parts)
    return _counted(ledger, month, district_id, lying.misdelivered)


def received_before(
    settings: Settings, ledger: Ledger, month: Month, district_id: str
) -> Received | None:
    """Return what ``receive`` would, if nothing new lies there, else None; writes nothing.

    Raises MissingFolderError like ``receive``.
    """
    settings.require_raw()
    lying = _lying(
        settings, month, district_id, lambda path: archived_version(settings.archive, path)
    )
    for kind, files in lying.files.items():
        parts = tuple(part for part, _ in files)
        latest = ledger.latest_arrival(month, district_id, kind)
        is_known = latest is not None and is_of(latest, _joint_hash(parts), parts)
        if not is_known and not _are_left_of(latest, parts):
            return None
        if not all(archived.path.exists() for _, archived in files):
            return None
    return _counted(ledger, month, district_id, lying.misdelivered)


@dataclass(frozen=True)
class _Lying:
    """What lies in a district's folders of a month: the files by kind, and what is none."""

    files: dict[str, list[tuple[DeliveredFile, Archived]]]
    misdelivered: tuple[Misdelivered, ...]


def _lying(
    settings: Settings, month: Month, district_id: str, version_of: Callable[[Path], Archived]
) -> _Lying:
    files: dict[str, list[tuple[DeliveredFile, Archived]]] = {}
    misdelivered = []
    key = name_key(settings)
    for path in delivered_files(settings.raw, month, district_id):
        name = stored_name(path, key)
        try:
            archived = version_of(path)
        except UnsafeDeliveryError:
            reason = "不是普通文件（链接、文件夹、管道等），或在收取时仍在变化"
            misdelivered.append(Misdelivered(name, reason))
            continue
        kind = kind_of(shown_name(path))
        if kind is None:
            misdelivered.append(Misdelivered(name, "文件名中没有任何报表种类的名称"))
            continue
        if kind not in kinds_of(district_id):
            title = load_contracts()[kind].title
            misdelivered.append(Misdelivered(name, f"{title}不由本文件夹的单位报送"))
            continue
        part = part_of(shown_name(path)) or (None, None)
        delivered = DeliveredFile(name, archived.sha256, *part)
        files.setdefault(kind, []).append((delivered, archived))
    for found in files.values():
        found.sort(key=lambda one: one[0].part or 0)  # the tenth comes after the second
    return _Lying(files, tuple(misdelivered))


def _are_left_of(latest: Arrival | None, parts: tuple[DeliveredFile, ...]) -> bool:
    """Whether these are some of the parts of what arrived last, the others being removed."""
    if latest is None or len(parts) >= len(latest.parts) or not are_all_parts(latest.parts):
        return False
    known = {(part.sha256, part.part) for part in latest.parts}
    return all((part.sha256, part.part) in known and part.of for part in parts)


def _counted(
    ledger: Ledger, month: Month, district_id: str, misdelivered: tuple[Misdelivered, ...]
) -> Received:
    """Return what counts by the ledger, beside what could not be placed."""
    arrivals = {
        kind: _with_masked_names(arrival)
        for kind in kinds_of(district_id)
        if (arrival := ledger.current_arrival(month, district_id, kind)) is not None
    }
    return Received(arrivals, misdelivered)


def _with_masked_names(arrival: Arrival) -> Arrival:
    """What arrived before names were masked stands in the ledger as it came, and stays there."""
    parts = tuple(replace(part, file_name=mask(part.file_name)) for part in arrival.parts)
    return replace(arrival, file_name=mask(arrival.file_name), parts=parts)


def _joint_hash(parts: tuple[DeliveredFile, ...]) -> str:
    hashes = sorted(part.sha256 for part in parts)
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
