"""The files a month's look-up is made from: those of the published release, else of the last run.

For a released month these are the rows stored with the release, whatever was delivered since; for
an unreleased one the rows in the ledger. The history of identifiers covers all months. Files are
only found and verified here, not read.
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
    """Verified Parquet files of a month by kind, and the results of matching, if there are any.

    ``identifiers`` is the published history of all months, if there is one.
    """

    accepted: dict[str, list[Path]]
    matched: Path | None
    identifiers: Path | None = None


def find_sources(settings: Settings, ledger: Ledger, month: Month) -> Sources:
    """Return the files of a month's published rows.

    Raises StoredFileDamageError for a damaged file.
    """
    history = settings.published / FILE_NAME
    identifiers = history if history.exists() else None
    shown = ledger.release_state(month).shown
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
    """Return the verified files of the kinds that a look-up uses, in a fixed order."""
    accepted: dict[str, list[Path]] = {
        kind: [] for kind in (BUILDING_SURVEY, BUILDING_CODES, DOORPLATES)
    }
    for (kind, _), file in sorted(files.items(), key=lambda item: item[0]):
        if kind in accepted:
            accepted[kind].append(verified(settings.home / file.path, file.sha256))
    return accepted


def _stored(file: Mapping[str, str]) -> StoredFile:
    return StoredFile(file["path"], file["sha256"])
