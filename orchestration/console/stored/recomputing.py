"""Computes a released month again from the archive, in an empty home.

``release.reproduction`` starts from the rows stored with the release; this starts from the
delivered files and runs the real command. It compares the marts that depend only on the
deliveries of the month and of the month before. Marts that also depend on arrivals, replaced
versions or earlier months are left out, since two months of files do not contain those. Add a
mart to ``COMPARED`` if it qualifies.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from orchestration.publication.release.release_files import ReleaseFiles
from orchestration.publication.release.reproduction import mart_difference
from orchestration.reference.districts import folder_codes
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import ArchiveDamageError, checked_version
from orchestration.store.files import StoredFileDamageError, scratch_folder
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import read_manifest
from orchestration.store.releases import Vintage

COMPARED = (
    "rpt_district_monthly",
    "rpt_town_monthly",
    "rpt_community_monthly",
    "rpt_reconciliation",
    "rpt_alteration_flow_monthly",
    "rpt_danger_closure_monthly",
    "rpt_ledger_change_monthly",
)
_COUNTS = ("state", "row_count", "accepted_count", "quarantined_count", "itemised_count")
_FANGAN = Path(sys.executable).parent / "fangan"
_FINE_OR_FINDINGS = (0, 1)


def recompute(settings: Settings, vintage: Vintage) -> tuple[int, list[str]]:
    """Run the release's month, and the month before, from the archived deliveries.

    Returns the number of comparisons and a sentence for each difference, also for damaged files.
    It takes as long as two runs.
    """
    try:
        manifest = read_manifest(settings, vintage)
    except StoredFileDamageError as error:
        return 1, [str(error)]
    with scratch_folder(settings.scratch, "recompute") as folder:
        scratch = Settings(folder / "raw", folder / "home", settings.decisions)
        scratch.prepare()
        # dbt's last parse; dbt itself checks whether it is still valid
        shutil.copytree(settings.dbt, scratch.dbt, dirs_exist_ok=True)
        try:
            deliver_again(settings, scratch, manifest["inputs"])
        except ArchiveDamageError as error:
            return 1, [str(error)]
        for month in sorted({delivery["month"] for delivery in manifest["inputs"]}):
            done = _run(scratch, month)
            if done.returncode not in _FINE_OR_FINDINGS:
                return 1, [
                    f"{month} 无法从存档重算 cannot be computed again: {done.stderr.strip()}"
                ]
        judged = _judged_again(scratch, vintage.month, manifest["inputs"])
        made = _marts_again(settings, scratch, vintage.month, manifest["marts"])
    problems = [f"{name}：从存档重算后不同" for name, is_same in judged if not is_same]
    problems += [f"{name}：从存档重算后不同 {found}" for name, found in made if found]
    return len(judged) + len(made), problems


def deliver_again(settings: Settings, scratch: Settings, inputs: list[dict[str, Any]]) -> None:
    """Copy archived deliveries into a raw folder; raise ArchiveDamageError if one is missing."""
    scratch.raw.mkdir(exist_ok=True)  # there may be no deliveries
    for delivery in inputs:
        code = folder_codes(delivery["district_id"])[0]
        folder = scratch.raw / delivery["month"] / code
        folder.mkdir(parents=True, exist_ok=True)
        for name, sha256 in zip(_names(delivery), delivery["parts"], strict=True):
            archived = checked_version(settings.archive, sha256)
            (folder / name).write_bytes(archived.read_bytes())


def _names(delivery: dict[str, Any]) -> list[str]:
    """Return a file name for each part; a release of before parts had names has none of them."""
    if len(delivery["parts"]) == 1:
        return [delivery["file_name"]]
    suffix = Path(delivery["file_name"]).suffix
    made = [f"{delivery['kind']}-{number}{suffix}" for number, _ in enumerate(delivery["parts"], 1)]
    return delivery.get("part_names") or made


def _run(scratch: Settings, month: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "FANGAN_RAW": str(scratch.raw),
        "FANGAN_HOME": str(scratch.home),
        "FANGAN_DECISIONS": str(scratch.decisions),
    }
    return subprocess.run(
        [_FANGAN, "month", month], env=environment, capture_output=True, text=True, check=False
    )


def _judged_again(
    scratch: Settings, month: Month, inputs: list[dict[str, Any]]
) -> list[tuple[str, bool]]:
    """Compare each delivery's state and row counts with the manifest."""
    again = {(j.district_id, j.kind): j for j in Ledger(scratch.ledger).judgements(month)}
    return [
        (
            f"{delivery['district_id']} {delivery['kind']}",
            all(
                getattr(again.get((delivery["district_id"], delivery["kind"])), name, None)
                == delivery[name]
                for name in _COUNTS
            ),
        )
        for delivery in inputs
        if delivery["month"] == str(month)
    ]


def _marts_again(
    settings: Settings, scratch: Settings, month: Month, marts: dict[str, dict[str, Any]]
) -> list[tuple[str, str | None]]:
    """Compare rows and types of each mart; equal rows do not always give equal Parquet bytes."""
    made = ReleaseFiles.started(scratch, month, 1).keep_marts()
    return [
        (name, mart_difference(settings, scratch, made.get(name), marts[name]["path"]))
        for name in COMPARED
        if name in marts
    ]
