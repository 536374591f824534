"""Releases: what each kept and put before the public, and the copy of their rows."""

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
#: The area of damages that a release's own verification tells, too.
KEPT = "留存的版次 kept release"


def examine_releases(examination: Examination) -> None:
    """Verify every release, and the rows ready to be copied against those that were kept."""
    for month, state in examination.ledger.release_states().items():
        if examination.covers(month):
            for vintage in state.vintages:
                _examine_release(examination, vintage)
    if examination.month is None:
        _compare_cache(examination)


def _examine_release(examination: Examination, vintage: Vintage) -> None:
    """Verify one release; what was found of it stays with the examination."""
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
        examination.tell(
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
        examination.tell(
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
    _hold_receipt(examination, vintage)


def kept_files(examination: Examination, vintage: Vintage, what: str) -> dict[str, dict[str, Any]]:
    """Return files of a release by name; none where its manifest is damaged, which was told."""
    try:
        manifest = read_manifest(examination.settings, vintage)
    except StoredFileDamageError:
        return {}
    return dict(manifest[what])


def _hold_receipt(examination: Examination, vintage: Vintage) -> None:
    """Hold a release's receipt, which notes what the audit log ended in, against the log."""
    settings = examination.settings
    path = release_folder(settings, vintage.month, vintage.number) / RECEIPT
    if not path.exists():
        return  # earlier versions made none; the next placing of its files does
    told = Damage(
        KEPT,
        str(path.relative_to(settings.home)),
        Fault.LOST,
        Remedy.ISSUE,
        f"{vintage.month} 第{vintage.number}版的回执 receipt of the release",
        month=vintage.month,
    )
    with examination.reading(told):
        wanted = receipt_bytes(examination.ledger, vintage)
        examination.hold(hashlib.sha256(wanted).hexdigest(), told)


def _twin(examination: Examination, vintage: Vintage, path: Path) -> str | None:
    """Say where else the same output of a release lies: kept, or before the public."""
    settings = examination.settings
    kept = settings.releases / str(vintage.month) / f"v{vintage.number}" / "outputs"
    if not path.is_relative_to(kept):
        return None
    twin = settings.published / str(vintage.month) / f"v{vintage.number}" / path.relative_to(kept)
    return f"公开的副本 its public copy: {twin.relative_to(settings.home)}"


def _compare_cache(examination: Examination) -> None:
    """Hold the copy against the note beside it, and its rows against those that were kept.

    Without a note, or where it is another, publishing makes the copy anew: nobody is misled.
    """
    settings = examination.settings
    cache = settings.releases / CACHE
    note = cache.with_suffix(".json")
    examination.known |= {cache, note}
    if not cache.exists() or not note.exists():
        return
    told = Damage(
        "发布行的副本 copy of released rows",
        str(cache.relative_to(settings.home)),
        Fault.UNREADABLE,
        Remedy.CACHE,
        "下次发布 what the next publication would show",
    )
    with examination.reading(told), scratch_folder(settings.scratch, "released") as folder:
        content = json.loads(note.read_text(encoding="utf-8"))
        if not examination.hold(content["sha256"], told):
            return
        try:
            release_states = _only(examination.ledger.release_states(), set(content["loaded"]))
            made = load_rows(settings, release_states, folder / CACHE)
        except StoredFileDamageError:
            return  # told of the release that it belongs to
        for problem in database_differences(cache, made):
            examination.tell(replace(told, fault=Fault.DIFFERS, detail=problem))


def _only(release_states: dict[Month, ReleaseState], loaded: set[str]) -> dict[Month, ReleaseState]:
    """Return where months stand as far as the copy goes; it follows at the next publication."""
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
    """Return how the marts of two DuckDB files differ, a sentence a mart."""
    with in_memory() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
        tables, others = marts_of(connection, "one"), marts_of(connection, "other")
        problems = [f"{name} is missing" for name in sorted(others.keys() - tables.keys())]
        problems += [f"{name} is none of them" for name in sorted(tables.keys() - others.keys())]
        for name in sorted(tables.keys() & others.keys()):
            queries = (f"from {side}.{MARTS}.{quoted(name)}" for side in ("one", "other"))
            if found := difference(connection, *queries):
                problems.append(f"{name}: {found}")
    return problems
