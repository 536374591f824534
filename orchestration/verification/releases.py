"""Checks releases: their stored and published files, their receipts, and the copy of their rows.

Verifying one release is in ``publication.release.reproduction``; here its result is reported.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.formats.sql import in_memory, literal, quoted
from orchestration.publication.database.reading import MARTS, marts_of
from orchestration.publication.database.released_cache import load_rows
from orchestration.publication.database.row_comparison import difference
from orchestration.publication.release.reproduction import verify_release
from orchestration.reference.months import Month
from orchestration.store.files import StoredFileDamageError, scratch_folder
from orchestration.store.manifests import RECEIPT, read_manifest, receipt_bytes, release_folder
from orchestration.store.releases import ReleaseState, Vintage
from orchestration.verification.damage import Damage, Examination, Fault, Remedy

CACHE = "released.duckdb"
#: The area of damages that the verification of the release itself reports as well.
KEPT = "留存的版次 kept release"


def examine_releases(examination: Examination) -> None:
    """Verify every release, and compare the copy of released rows with the stored rows."""
    for month, state in examination.ledger.release_states().items():
        if examination.covers(month):
            for vintage in state.vintages:
                _examine_release(examination, vintage)
    if examination.month is None:
        _compare_cache(examination)


def _examine_release(examination: Examination, vintage: Vintage) -> None:
    """Verify one release and add the result to the examination."""
    settings = examination.settings
    found = verify_release(
        settings, examination.ledger, vintage, shows_change=examination.shows_change
    )
    examination.releases.append(found)
    examination.checked_count += found.checked_count
    examination.known.update(found.files)
    name = f"{vintage.month} 第{vintage.number}版 release"
    for path, problem in found.damaged:
        is_public = path.is_relative_to(settings.published)
        examination.report(
            Damage(
                "公开的文件 public file" if is_public else KEPT,
                str(path.relative_to(settings.home)),
                Fault.CHANGED if path.exists() else Fault.LOST,
                Remedy.ISSUE if is_public else Remedy.BACKUP,
                name,
                detail=_twin(examination, vintage, path) or problem,
                since=f"发布于 released {vintage.release.decided_at.isoformat()}",
                month=vintage.month,
            )
        )
    for problem in (*found.inputs, *found.remade):
        examination.report(
            Damage(
                KEPT,
                f"releases/{vintage.month}/v{vintage.number}",
                Fault.DIFFERS,
                Remedy.BACKUP,
                name,
                detail=problem,
                month=vintage.month,
            )
        )
    _check_receipt(examination, vintage)


def kept_files(examination: Examination, vintage: Vintage, what: str) -> dict[str, dict[str, Any]]:
    """Return files of a release by name; none if its manifest is damaged (reported elsewhere)."""
    try:
        manifest = read_manifest(examination.settings, vintage)
    except StoredFileDamageError:
        return {}
    return dict(manifest[what])


def _check_receipt(examination: Examination, vintage: Vintage) -> None:
    """Compare a release's receipt, which has a hash of the audit log, with the log."""
    settings = examination.settings
    path = release_folder(settings, vintage.month, vintage.number) / RECEIPT
    if not path.exists():
        return  # earlier program versions wrote none; placing the files again does
    damage = Damage(
        KEPT,
        str(path.relative_to(settings.home)),
        Fault.LOST,
        Remedy.ISSUE,
        f"{vintage.month} 第{vintage.number}版的回执 receipt of the release",
        month=vintage.month,
    )
    with examination.catching(damage):
        wanted = receipt_bytes(examination.ledger, vintage)
        examination.check_hash(hashlib.sha256(wanted).hexdigest(), damage)


def _twin(examination: Examination, vintage: Vintage, path: Path) -> str | None:
    """Return a hint where the public copy of a stored output is, or None."""
    settings = examination.settings
    kept = settings.releases / str(vintage.month) / f"v{vintage.number}" / "outputs"
    if not path.is_relative_to(kept):
        return None
    twin = settings.published / str(vintage.month) / f"v{vintage.number}" / path.relative_to(kept)
    return f"公开的副本 public copy: {twin.relative_to(settings.home)}"


def _compare_cache(examination: Examination) -> None:
    """Compare the copy with the hash beside it, and its rows with the stored rows.

    Without that hash, or if it is outdated, the next publication makes the copy again.
    """
    settings = examination.settings
    cache = settings.releases / CACHE
    note = cache.with_suffix(".json")
    examination.known |= {cache, note}
    if not cache.exists() or not note.exists():
        return
    damage = Damage(
        "发布行的副本 copy of released rows",
        str(cache.relative_to(settings.home)),
        Fault.UNREADABLE,
        Remedy.CACHE,
        "下次发布 what the next publication would show",
    )
    with examination.catching(damage), scratch_folder(settings.scratch, "released") as folder:
        content = json.loads(note.read_text(encoding="utf-8"))
        if not examination.check_hash(content["sha256"], damage):
            return
        try:
            release_states = _only(examination.ledger.release_states(), set(content["loaded"]))
            made = load_rows(settings, release_states, folder / CACHE)
        except StoredFileDamageError:
            return  # reported with the release that the file belongs to
        for problem in database_differences(cache, made):
            examination.report(replace(damage, fault=Fault.DIFFERS, detail=problem))


def _only(release_states: dict[Month, ReleaseState], loaded: set[str]) -> dict[Month, ReleaseState]:
    """Return the release states limited to the releases that the copy contains."""
    return {
        month: replace(
            state,
            decisions=tuple(
                decision
                for decision in state.decisions
                if decision.action != "release" or f"{month}/v{decision.vintage}" in loaded
            ),
        )
        for month, state in release_states.items()
    }


def database_differences(one: Path, other: Path) -> list[str]:
    """Return how the marts of two DuckDB files differ, one sentence per mart."""
    with in_memory() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
        tables, others = marts_of(connection, "one"), marts_of(connection, "other")
        problems = [f"{name} is missing" for name in sorted(others.keys() - tables.keys())]
        problems += [f"{name} is not expected" for name in sorted(tables.keys() - others.keys())]
        for name in sorted(tables.keys() & others.keys()):
            queries = (f"from {side}.{MARTS}.{quoted(name)}" for side in ("one", "other"))
            if found := difference(connection, *queries):
                problems.append(f"{name}: {found}")
    return problems
