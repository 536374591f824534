"""Writes the copy of each delivered file that a district gets back, in a child process.

Decides which deliveries are returned as a file and under which name. The parent never opens a
delivered file. If the child dies while marking a file, only the affected rows are returned; if
that fails too, the findings are in the issue list only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.formats.plain_text import printable_text
from orchestration.ingest.names import name_key
from orchestration.reference.contracts import load_contracts
from orchestration.returns.findings import Delivery
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.store.archive import checked_version
from orchestration.store.records import DeliveredFile

#: Of larger workbooks only the affected rows are returned: marking this many takes ten seconds.
CELL_LIMIT = 200_000
_MEMORY_BYTES = 1_500 * 1024 * 1024
#: A hundred thousand affected rows take forty seconds; a busy machine may be ten times slower.
_TIMEOUT_SECONDS = 600.0
_MARKED, _ROWS = "marked", "rows"
_ENDINGS = {_MARKED: ".xlsx", _ROWS: "-问题行.xlsx"}
#: File names may have 255 bytes; the ending and the temporary name need the rest.
_MAX_STEM_BYTES = 200


@dataclass(frozen=True)
class Copy:
    """A returned file: the whole workbook with marks, or only the affected rows."""

    name: str
    is_whole: bool


def write_copies(
    settings: Settings, deliveries: list[Delivery], folder: Path, cell_limit: int
) -> dict[str, list[Copy]]:
    """Write the delivered files that have findings in rows to ``folder``; return those by kind.

    Raises ArchiveDamageError if an archived file is missing or damaged.
    """
    copies: dict[str, list[Copy]] = {}
    for delivery in deliveries:
        for file, findings in _files(delivery):
            if not _points_to_rows(findings):
                continue
            copy = _write_copy(settings, delivery.kind, file, findings, folder, cell_limit)
            if copy is not None:
                copies.setdefault(delivery.kind, []).append(copy)
    return copies


def _files(delivery: Delivery) -> Iterator[tuple[DeliveredFile, pa.Table]]:
    """Yield each delivered file with the findings in it."""
    if delivery.arrival is None:
        return
    for file in delivery.arrival.parts:
        is_here = pc.equal(delivery.findings["file_name"], printable_text(file.file_name))
        findings = delivery.findings
        yield file, findings.filter(is_here) if delivery.is_in_parts else findings


def _points_to_rows(findings: pa.Table) -> bool:
    return bool(pc.any(pc.is_valid(findings["row_number"])).as_py())


def _write_copy(
    settings: Settings,
    kind: str,
    file: DeliveredFile,
    found: pa.Table,
    folder: Path,
    cell_limit: int,
) -> Copy | None:
    """Write one file; if the child died, try again with the affected rows only."""
    for limit in (cell_limit, 0):
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
            findings, target = Path(scratch, "findings.parquet"), Path(scratch, "copy.xlsx")
            pq.write_table(found, findings)
            form = _ask_child(
                {
                    "delivered": str(checked_version(settings.archive, file.sha256)),
                    "contract": load_contracts()[kind].model_dump_json(),
                    "findings": str(findings),
                    "target": str(target),
                    "name_key": name_key(settings).hex(),
                    "cell_limit": limit,
                }
            )
            if form in _ENDINGS:
                name = _free_name(folder, kind, file, _ENDINGS[form])
                target.rename(folder / name)
                return Copy(name, form == _MARKED)
    return None


def _ask_child(request: dict[str, str | int]) -> str:
    """Return what the child wrote; an empty string if it wrote nothing or died."""
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "orchestration.returns.child", str(_MEMORY_BYTES)],
            input=json.dumps(request),
            stdout=subprocess.PIPE,
            # what a library prints about a file may contain values of the file
            stderr=subprocess.DEVNULL,
            cwd=PROJECT_ROOT,
            # Arrow's own pool reserves a gigabyte of the child's address space
            env=os.environ
            | {
                "ARROW_DEFAULT_MEMORY_POOL": "system",
                # openpyxl writes whole sheets to temporary files; they must stay private
                "TMPDIR": str(Path(str(request["target"])).parent),
            },
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return ""
    return json.loads(ended.stdout)["form"] or ""


def _free_name(folder: Path, kind: str, file: DeliveredFile, ending: str) -> str:
    """Return the delivered name with the ending, or the kind's if that is too long or taken."""
    stem = Path(file.file_name).stem
    if len(stem.encode()) > _MAX_STEM_BYTES or (folder / f"{stem}{ending}").exists():
        stem = kind if file.of is None else f"{kind}_第{file.part}部分共{file.of}"
    return f"{stem}{ending}"
