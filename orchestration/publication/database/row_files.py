"""Finds the delivered rows behind a month's figures: the last judged ones, or a release's own.

A release keeps the rows that it counted, so that its figures can be explained even after new
deliveries. ``explain.counted_rows`` reads the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.records import StoredFile

#: The files of a judgement that explain a figure; a release keeps them.
KEPT_ROWS = ("accepted", "quarantine")
#: By (district_id, kind): the files of its ``accepted`` and ``quarantine`` rows.
StoredRowFiles = Mapping[tuple[str, str], Mapping[str, StoredFile]]
RowFiles = Mapping[tuple[str, str], Mapping[str, Path]]


def judged_rows(ledger: Ledger, month: Month) -> StoredRowFiles:
    """Return the rows of a month as last judged."""
    return {
        (judgement.district_id, judgement.kind): {
            name: judgement.files[name] for name in KEPT_ROWS if name in judgement.files
        }
        for judgement in ledger.judgements(month)
    }


def kept_rows(manifest: Mapping[str, Any]) -> StoredRowFiles:
    """Return the rows that a release kept, as its manifest names them."""
    return {
        (place.split("/")[0], place.split("/")[1]): {
            name: StoredFile(file["path"], file["sha256"]) for name, file in kept.items()
        }
        for place, kept in manifest["rows"].items()
    }


def verified_rows(settings: Settings, files: StoredRowFiles) -> RowFiles:
    """Return the files' paths; raise StoredFileDamageError if one is missing or changed."""
    return {
        place: {n: verified(settings.home / f.path, f.sha256) for n, f in kept.items()}
        for place, kept in files.items()
    }
