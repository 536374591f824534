"""The manifest of a release: which files hold its rows, outputs and code versions, by hash.

Here: where the files of a release are, and how its manifest and receipt are read and written.
``publication`` decides what a manifest contains and publishes the rows; which release is valid
follows from ``releases``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.records import StoredFile
from orchestration.store.releases import Vintage

MANIFEST = "manifest.json"
#: Written after the manifest: the audit log's entry of the decision, which covers the manifest.
RECEIPT = "receipt.json"


def release_folder(settings: Settings, month: Month, vintage: int) -> Path:
    """Return the folder with the rows, outputs and manifest of a release."""
    return settings.releases / str(month) / f"v{vintage}"


def stored_marts(settings: Settings, vintage: Vintage) -> dict[str, StoredFile]:
    """Return the files of a release's marts by name, from its manifest."""
    marts = read_manifest(settings, vintage)["marts"]
    return {name: StoredFile(mart["path"], mart["sha256"]) for name, mart in marts.items()}


def read_manifest(settings: Settings, vintage: Vintage) -> dict[str, Any]:
    """Read a release's manifest; raise StoredFileDamageError unless it has the ledger's hash."""
    path = release_folder(settings, vintage.month, vintage.number) / MANIFEST
    sha256 = vintage.release.manifest_sha256
    assert sha256 is not None  # every release in the ledger has one
    manifest: dict[str, Any] = json.loads(verified(path, sha256).read_text(encoding="utf-8"))
    return manifest


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return the bytes of a manifest file: indented UTF-8 JSON, keys in the given order."""
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def receipt_bytes(ledger: Ledger, vintage: Vintage) -> bytes:
    """Return the receipt of a release: the hash of its manifest and of its audit entry.

    The manifest cannot contain the entry's hash, because the entry covers the manifest. With a
    receipt anybody can prove that the log was not cut short. Raises LookupError if the log has
    no entry of the release.
    """
    entry = ledger.entry_of(vintage.release)
    return manifest_bytes(
        {
            "month": str(vintage.month),
            "vintage": vintage.number,
            "manifest_sha256": vintage.release.manifest_sha256,
            "audit_entry": entry.entry_id,
            "audit_hash": entry.hash,
        }
    )
