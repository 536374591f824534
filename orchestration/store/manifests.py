"""The manifest of a release: which files hold its rows, outputs and code versions, by hash.

Lives here: where a release's files lie, and how its manifest and receipt are written and read.
What a manifest says and how its rows are published is ``publication``'s; which release stands is
in ``releases``.
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
#: Beside the manifest, which the decision covers: where the audit log tells of that decision.
RECEIPT = "receipt.json"


def release_folder(settings: Settings, month: Month, vintage: int) -> Path:
    """Return where one release keeps its rows, outputs and manifest."""
    return settings.releases / str(month) / f"v{vintage}"


def stored_marts(settings: Settings, vintage: Vintage) -> dict[str, StoredFile]:
    """Return the files of a release's marts, as its manifest names them."""
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
    """Return a manifest as it is written: JSON in Chinese, keys in the order they were given."""
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def receipt_bytes(ledger: Ledger, vintage: Vintage) -> bytes:
    """Return the receipt of a release: its manifest's hash, and the audit log's after it was made.

    The manifest cannot hold that hash, which covers its own. Who keeps a receipt can show that
    the log was not cut short. Raises LookupError if the log does not tell of the release.
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
