"""The manifest of a release: which files hold its rows, outputs and code versions, by hash.

Lives here: where a release's files lie and how its manifest is read. What a manifest says and
how its rows are published is ``publication``'s; which release stands is in ``releases``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestration.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
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
