"""Where a month's look-up takes its rows from: the release that is shown, else the last run.

A released month is told from the rows that its release keeps, whatever was delivered since; an
open one from those the ledger names. The history of identifiers tells of every month. Nothing
is read here, only named and verified.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.matching.identifiers import FILE_NAME
from orchestration.matching.month import result_file
from orchestration.publication.database.released_rows import MATCHED
from orchestration.reference.kinds import BUILDING_CODES, BUILDING_SURVEY, DOORPLATES
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import read_manifest
from orchestration.store.records import StoredFile


@dataclass(frozen=True)
class Sources:
    """Verified Parquet files of a month by kind, and the outcomes of matching, if there are any.

    ``identifiers`` is the published history of all months, if there is one.
    """

    accepted: dict[str, list[Path]]
    matched: Path | None
    identifiers: Path | None = None


def find_sources(settings: Settings, ledger: Ledger, month: Month) -> Sources:
    """Return the files of what is published of a month.

    Raises StoredFileDamageError for a damaged file.
    """
    history = settings.published / FILE_NAME
    identifiers = history if history.exists() else None
    shown = ledger.standing(month).shown
    if shown is None:
        files = {
            (judgement.kind, judgement.district_id): judgement.files["accepted"]
            for judgement in ledger.judgements(month)
            if "accepted" in judgement.files
        }
        matched_now = result_file(settings, month, "codes")
        return Sources(_by_kind(settings, files), matched_now, identifiers)
    rows = read_manifest(settings, shown)["rows"]
    matched = _stored(rows[MATCHED]["outcomes"]) if MATCHED in rows else None
    files = {}
    for place, kept in rows.items():
        district_id, _, kind = place.partition("/")
        if "accepted" in kept:
            files[kind, district_id] = _stored(kept["accepted"])
    return Sources(
        _by_kind(settings, files),
        verified(settings.home / matched.path, matched.sha256) if matched else None,
        identifiers,
    )


def _by_kind(
    settings: Settings, files: Mapping[tuple[str, str], StoredFile]
) -> dict[str, list[Path]]:
    """Return the verified files of the kinds that are looked into, in a fixed order."""
    accepted: dict[str, list[Path]] = {
        kind: [] for kind in (BUILDING_SURVEY, BUILDING_CODES, DOORPLATES)
    }
    for (kind, _), file in sorted(files.items(), key=lambda item: item[0]):
        if kind in accepted:
            accepted[kind].append(verified(settings.home / file.path, file.sha256))
    return accepted


def _stored(told: Mapping[str, str]) -> StoredFile:
    return StoredFile(told["path"], told["sha256"])
