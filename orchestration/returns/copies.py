"""What a district gets back of each delivered file, made in a child that may die.

Decides which deliveries are returned as a file and under which name. The parent never opens a
delivered file; one on which the child dies is returned as rows, and if that fails too it stands
in the issue list only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.ingest.names import name_key
from orchestration.reference.contracts import load_contracts
from orchestration.returns.findings import Delivery
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.store.archive import checked_version
from orchestration.store.records import Arrival

#: Larger workbooks come back as their affected rows: marking one of this size takes ten seconds.
CELL_LIMIT = 200_000
_MEMORY_BYTES = 1_500 * 1024 * 1024
#: A hundred thousand affected rows take forty seconds; a busy machine may be ten times slower.
_TIMEOUT_SECONDS = 600.0
_MARKED, _ROWS = "marked", "rows"
_ENDINGS = {_MARKED: ".xlsx", _ROWS: "-问题行.xlsx"}
#: File systems hold 255 bytes; the ending and the name while writing need the rest.
_LONGEST_STEM_BYTES = 200


@dataclass(frozen=True)
class Copy:
    """A returned file: the whole workbook marked, or else only the affected rows."""

    name: str
    is_whole: bool


def write_copies(
    settings: Settings, deliveries: list[Delivery], folder: Path, cell_limit: int
) -> dict[str, Copy]:
    """Write each delivery that has findings at rows into ``folder``; return the files by kind.

    Raises ArchiveDamageError if an archived file is gone or damaged.
    """
    copies = {}
    for delivery in deliveries:
        if delivery.arrival is None or not _points_to_rows(delivery):
            continue
        copy = _write_copy(settings, delivery, delivery.arrival, folder, cell_limit)
        if copy is not None:
            copies[delivery.kind] = copy
    return copies


def _points_to_rows(delivery: Delivery) -> bool:
    return bool(pc.any(pc.is_valid(delivery.findings["row_number"])).as_py())


def _write_copy(
    settings: Settings, delivery: Delivery, arrival: Arrival, folder: Path, cell_limit: int
) -> Copy | None:
    """Write one file; try without marking if the child died over it."""
    for limit in (cell_limit, 0):
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
            findings, target = Path(scratch, "findings.parquet"), Path(scratch, "copy.xlsx")
            pq.write_table(delivery.findings, findings)
            form = _ask_child(
                {
                    "delivered": str(checked_version(settings.archive, arrival.sha256)),
                    "contract": load_contracts()[delivery.kind].model_dump_json(),
                    "findings": str(findings),
                    "target": str(target),
                    "name_key": name_key(settings).hex(),
                    "cell_limit": limit,
                }
            )
            if form in _ENDINGS:
                name = _free_name(folder, arrival, _ENDINGS[form])
                target.rename(folder / name)
                return Copy(name, form == _MARKED)
    return None


def _ask_child(request: dict[str, str | int]) -> str:
    """Return the form that was written, or an empty string if there is none or the child died."""
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "orchestration.returns.child", str(_MEMORY_BYTES)],
            input=json.dumps(request),
            stdout=subprocess.PIPE,
            # what a library prints about a file may hold its values
            stderr=subprocess.DEVNULL,
            cwd=PROJECT_ROOT,
            # Arrow's own pool reserves a gigabyte of the address space that the child may use
            env=os.environ
            | {
                "ARROW_DEFAULT_MEMORY_POOL": "system",
                # openpyxl writes sheets, which hold all that was delivered, to a file first
                "TMPDIR": str(Path(str(request["target"])).parent),
            },
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return ""
    return json.loads(ended.stdout)["form"] or ""


def _free_name(folder: Path, arrival: Arrival, ending: str) -> str:
    """Return the delivered name with the ending, or the kind's where that is long or taken."""
    stem = Path(arrival.file_name).stem
    if len(stem.encode()) > _LONGEST_STEM_BYTES or (folder / f"{stem}{ending}").exists():
        stem = arrival.kind
    return f"{stem}{ending}"
