"""Reports files that the ledger does not know, and leftovers of dead processes.

A stray file among the published ones is moved away; a private one is only reported, since
nothing reads a file that is not in the ledger.
"""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.publication.database.publish import VERSIONS
from orchestration.store.files import abandoned_files
from orchestration.verification.damage import Damage, Examination, Fault, Remedy


def examine_strays(examination: Examination) -> None:
    """Report every file that no other check accounted for; call it last."""
    settings = examination.settings
    folders = (
        settings.archive,
        settings.landing,
        settings.accepted,
        settings.quarantine,
        settings.samples,
        settings.matching,
        settings.releases,
        settings.published,
    )
    orphans = {
        path
        for top in folders
        for folder in _with_subfolders(top)
        for path in abandoned_files(folder)
    }
    for path in sorted(orphans):
        examination.report(_stray(examination, path, Fault.HALF_MADE, Remedy.SWEEP))
    recorded = examination.ledger.public_files()
    for folder in folders:
        remedy = Remedy.SET_ASIDE if folder == settings.published else Remedy.LOOK
        for path in sorted(folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                continue
            if path in examination.known or path in orphans or _is_expected(path, folder):
                continue
            below = path.relative_to(examination.settings.home).as_posix()
            if below in recorded or not _OF_EARLIER.fullmatch(below):
                examination.report(_stray(examination, path, Fault.STRAY, remedy))


#: Files that earlier versions published without recording them; the next run records them.
_OF_EARLIER = re.compile(
    r"published/(?:index\.html|definitions\.html|dbt-docs/index\.html|building_identifiers\.duckdb"
    r"|statistics\.duckdb|\d{4}-\d{2}/(?:v0/)?(?:bulletin\.(?:xlsx|docx|pdf|html)|quality\.html"
    r"|explain\.html|lookup\.sqlite|data/[\w.]+\.(?:csv|parquet|json)))"
)
#: A published file that is kept for rollback.
_VERSION = re.compile(r"statistics\.\d{20}\.duckdb")


def _stray(examination: Examination, path: Path, fault: Fault, remedy: Remedy) -> Damage:
    is_public = path.is_relative_to(examination.settings.published)
    affects = "公众可见 the public can see it" if is_public else "无 nothing: it is not read"
    below = str(path.relative_to(examination.settings.home))
    return Damage("多余的文件 stray file", below, fault, remedy, affects)


def _with_subfolders(folder: Path) -> list[Path]:
    return [folder, *(path for path in folder.rglob("*") if path.is_dir())]


def _is_expected(path: Path, folder: Path) -> bool:
    """Whether it is a file that is rightly not in the ledger."""
    parts = path.relative_to(folder).parts
    # versions for rollback; the archive (checked by name); lists beside a sample; caches
    return (
        (parts[0] == VERSIONS and _VERSION.fullmatch(path.name) is not None)
        or folder.name == "archive"
        or (folder.name == "samples" and path.suffix == ".xlsx")
        or (folder.name == "matching" and (parts[0] == "parsed" or "spill" in parts))
    )
