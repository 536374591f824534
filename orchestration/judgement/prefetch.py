"""Reading a delivery once, and while the district before it is judged.

Judging takes one core and reading another process, so a run reads the next files meanwhile.
What is read ahead lies in landing and is recorded only when its district is judged. How a file
is read is ``ingest``'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from orchestration.ingest.deliveries import receive
from orchestration.ingest.reading import Reading
from orchestration.judgement.parts.naming import colliding_files
from orchestration.judgement.parts.whole import Part, join_and_compare
from orchestration.judgement.reference import judge_version, reader_version
from orchestration.judgement.reports.report_rows import sort_out
from orchestration.judgement.storing import place
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import checked_version
from orchestration.store.files import is_whole, sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.objects.shared import share
from orchestration.store.records import Arrival

#: Reads a file: (archived path, contract, landing path, notes path) -> receipt.
ReadFile = Callable[[Path, Contract, Path, Path], Reading]
#: Beside the receipt in the ledger: the hash of the notes that were written with the rows.
NOTES_HASH = "notes_sha256"


class ReadAhead:
    """Reads files in a thread of its own, in the order in which they will be asked for.

    ``read`` has the shape of ``ReadFile``: it waits for a file that was begun, and reads any
    other at once. Use as a context manager; leaving it drops what nobody asked for.
    """

    def __init__(self, read: ReadFile) -> None:
        self._read = read
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._begun: dict[Path, Future[Reading]] = {}
        self._months: set[Month] = set()

    def __enter__(self) -> ReadAhead:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def begin(
        self, settings: Settings, ledger: Ledger, month: Month, district_ids: Iterable[str]
    ) -> None:
        """Receive what the districts delivered for a month and begin to read what is new.

        Once a month: what arrives later is read when it is asked for.
        """
        if month in self._months:
            return
        self._months.add(month)
        for district_id in district_ids:
            for arrival in receive(settings, ledger, month, district_id).arrivals.values():
                if not _is_to_read(settings, ledger, arrival):
                    continue
                for file in _files_of(settings, arrival):
                    if file.landing not in self._begun:
                        self._begun[file.landing] = self._thread.submit(
                            _read_into, settings, self._read, arrival, file
                        )

    def read(self, path: Path, contract: Contract, landing: Path, notes: Path) -> Reading:
        """Return the receipt of a file; raises as the given reader does."""
        begun = self._begun.pop(landing, None)
        return begun.result() if begun else self._read(path, contract, landing, notes)


def read_arrival(
    settings: Settings, ledger: Ledger, read: ReadFile, arrival: Arrival
) -> tuple[Reading, Path]:
    """Return the receipt and the landing of an arrival, reading the file only if it is new."""
    landing = place(settings.landing, arrival, "")
    if colliding_files(arrival):
        return Reading(kind=arrival.kind), landing
    known = _known(settings, ledger, arrival)
    if known is not None:
        return known, landing
    reading = _read_files(settings, read, arrival, landing)
    content = json.loads(reading.to_json())
    notes = place(settings.landing, arrival, ".notes")
    if notes.exists():
        content[NOTES_HASH] = sha256_of(notes)
        share(notes)
    share(landing)
    ledger.record_reading(arrival.delivery_id, _version(arrival), sha256_of(landing), content)
    return reading, landing


def _is_to_read(settings: Settings, ledger: Ledger, arrival: Arrival) -> bool:
    return not colliding_files(arrival) and _known(settings, ledger, arrival) is None


@dataclass(frozen=True)
class _File:
    """One file of an arrival: its bytes, and where its landing and notes are written."""

    file_name: str
    sha256: str
    landing: Path
    notes: Path


def _files_of(settings: Settings, arrival: Arrival) -> list[_File]:
    """Return the files to be read; those of several are joined to the landing afterwards."""
    is_single = len(arrival.parts) == 1
    endings = [""] if is_single else [f".part{n}" for n in range(1, len(arrival.parts) + 1)]
    return [
        _File(
            file.file_name,
            file.sha256,
            place(settings.landing, arrival, ending),
            place(settings.landing, arrival, f"{ending}.notes"),
        )
        for file, ending in zip(arrival.parts, endings, strict=True)
    ]


def _read_files(settings: Settings, read: ReadFile, arrival: Arrival, landing: Path) -> Reading:
    """Read what arrived into ``landing``; sort a report's rows, hold parts against each other."""
    files = _files_of(settings, arrival)
    readings = [_read_into(settings, read, arrival, file) for file in files]
    if len(files) == 1:
        return sort_out(arrival, readings[0], landing)
    parts = [
        Part(file.file_name, reading, file.landing, file.notes)
        for file, reading in zip(files, readings, strict=True)
    ]
    return join_and_compare(
        settings, arrival, parts, landing, place(settings.landing, arrival, ".notes")
    )


def _known(settings: Settings, ledger: Ledger, arrival: Arrival) -> Reading | None:
    """Return the recorded receipt, if what it speaks of still lies there unchanged."""
    known = ledger.reading(arrival.delivery_id, _version(arrival))
    if known is None or not is_whole(place(settings.landing, arrival, ""), known[0]):
        return None
    content = dict(known[1])
    # receipts from before notes were hashed have none
    notes_sha256 = content.pop(NOTES_HASH, None)
    notes = place(settings.landing, arrival, ".notes")
    if notes_sha256 is not None and not is_whole(notes, notes_sha256):
        return None
    return Reading.from_json(json.dumps(content))


def _version(arrival: Arrival) -> str:
    contract = load_contracts()[arrival.kind]
    # what judges the rows tells a report's apart, too, and holds parts against each other
    is_sorted = contract.rows_by or len(arrival.parts) > 1
    judge = f"-{judge_version()}" if is_sorted else ""
    return f"{contract.version}-{reader_version()}{judge}"


def _read_into(settings: Settings, read: ReadFile, arrival: Arrival, file: _File) -> Reading:
    delivered = checked_version(settings.archive, file.sha256)
    file.landing.parent.mkdir(parents=True, exist_ok=True)
    return read(delivered, load_contracts()[arrival.kind], file.landing, file.notes)
