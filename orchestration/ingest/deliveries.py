"""Seeing what lies in ``raw/<month>/<area_code>/`` and recording it as arrivals.

Decides which kind a file is (by its name) and which file counts (by the ledger). Names are masked
before they are recorded. Opens no workbook: that is ``reading``. Raw files are only ever read.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.ingest.names import name_key, shown_name, stored_name
from orchestration.ingest.reader.privacy import mask
from orchestration.reference.contracts import kinds_of, load_contracts
from orchestration.reference.districts import folder_codes
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import UnsafeDeliveryError, store_version
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


def receive(settings: Settings, ledger: Ledger, month: Month, district_id: str) -> Received:
    """Archive what a district has delivered for a month and return what counts of it.

    New bytes become an arrival. A kind that lies there no more keeps its latest arrival:
    removing a file changes nothing. Files of one kind that lie there together become one
    arrival of several parts, which judgement refuses. Raises MissingFolderError where the folder
    of all months is not there: that is not a month in which nobody delivered.
    """
    settings.require_raw()
    present: dict[str, list[tuple[DeliveredFile, int]]] = {}
    misdelivered = []
    expected = kinds_of(district_id)
    key = name_key(settings)
    for path in delivered_files(settings.raw, month, district_id):
        name = stored_name(path, key)
        try:
            archived = store_version(settings.archive, path)
        except UnsafeDeliveryError:
            reason = "不是普通文件（链接、文件夹、管道等），或在收取时仍在变化"
            misdelivered.append(Misdelivered(name, reason))
            continue
        kind = kind_of(shown_name(path))
        if kind is None:
            misdelivered.append(Misdelivered(name, "文件名中没有任何报表种类的名称"))
            continue
        if kind not in expected:
            title = load_contracts()[kind].title
            misdelivered.append(Misdelivered(name, f"{title}不由本文件夹的单位报送"))
            continue
        part = DeliveredFile(name, archived.sha256)
        present.setdefault(kind, []).append((part, archived.size))
    for kind, files in present.items():
        parts = tuple(part for part, _ in files)
        size = sum(size for _, size in files)
        ledger.record_arrival(month, district_id, kind, _joint_hash(parts), size, parts)
    arrivals = {
        kind: _with_masked_names(arrival)
        for kind in expected
        if (arrival := ledger.current_arrival(month, district_id, kind)) is not None
    }
    return Received(arrivals, tuple(misdelivered))


def _with_masked_names(arrival: Arrival) -> Arrival:
    """What arrived before names were masked stands in the ledger as it came, and stays there."""
    parts = tuple(replace(part, file_name=mask(part.file_name)) for part in arrival.parts)
    return replace(arrival, file_name=mask(arrival.file_name), parts=parts)


def _joint_hash(parts: tuple[DeliveredFile, ...]) -> str:
    hashes = sorted(part.sha256 for part in parts)
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
