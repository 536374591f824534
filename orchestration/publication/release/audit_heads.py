"""Recorded last hashes of the audit log: in published files, in receipts, in files of others.

A log that was truncated together with its facts still looks complete; only such records reveal it.
Add a place here when another file records the hash. ``store.audit`` has the log itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publication.database.reading import MARTS, PUBLICATION_TABLE, open_statistics
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import RECEIPT

_HASH = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_NAMES = ("audit_hash", "head")
#: The largest file that is read for a hash, a manifest; a DuckDB is queried instead.
_LARGEST_NOTE = 100_000_000


class NothingNotedError(ValueError):
    """A file that records no hash; the message lists the files that do."""


@dataclass(frozen=True)
class Noted:
    """What a file records: ``heads`` of the audit log, and hashes of ``manifests``."""

    heads: dict[str, str] = field(default_factory=dict)
    manifests: dict[str, str] = field(default_factory=dict)


def known_heads(settings: Settings) -> dict[str, str]:
    """Return what this home's own files record, by path; unreadable files are skipped.

    ``fangan verify`` reports damaged files.
    """
    published = settings.published
    paths = [
        settings.statistics,
        *sorted((published / ".versions").glob("*.duckdb")),
        *sorted(settings.releases.glob(f"*/v*/{RECEIPT}")),
        *sorted(published.glob(f"*/v*/{RECEIPT}")),
    ]
    heads: dict[str, str] = {}
    for path in paths:
        try:
            noted = noted_in(path).heads.values()
        except (NothingNotedError, OSError):
            continue
        heads |= {str(path.relative_to(settings.home)): head for head in noted}
    return heads


def noted_in(path: Path) -> Noted:
    """Return what a file records: a published DuckDB, a receipt or other JSON, a manifest, a text.

    Raises NothingNotedError if it records nothing.
    """
    if _is_database(path):
        return _noted_in_database(path)
    if path.stat().st_size > _LARGEST_NOTE:
        raise _nothing(path)
    text = _text(path.read_bytes())
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if isinstance(content, dict | list):
        if _is_manifest(content):
            return Noted(manifests={str(path): sha256_of(path)})
        heads = list(_heads(content))
    else:
        heads = _HASH.findall(text)
    if not heads:
        raise _nothing(path)
    places = [str(path) if len(heads) == 1 else f"{path} #{n}" for n in range(1, len(heads) + 1)]
    return Noted(heads=dict(zip(places, (head.lower() for head in heads), strict=True)))


def unknown_manifests(ledger: Ledger, noted: Noted) -> list[str]:
    """Return the manifests that belong to no release in the ledger."""
    known = {
        vintage.release.manifest_sha256
        for state in ledger.release_states().values()
        for vintage in state.vintages
    }
    return [
        f"the ledger has no release with the manifest {place}"
        for place, sha256 in noted.manifests.items()
        if sha256 not in known
    ]


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def _noted_in_database(path: Path) -> Noted:
    try:
        with open_statistics(path) as connection:
            rows = connection.execute(f"select audit_hash from {MARTS}.{PUBLICATION_TABLE}")  # noqa: S608 - our table
            [(head,)] = rows.fetchall()
    except (duckdb.Error, ValueError) as error:
        raise _nothing(path) from error
    return Noted(heads={str(path): head})


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content.decode(encoding, errors="replace")


def _is_manifest(content: Any) -> bool:
    return isinstance(content, dict) and {"month", "vintage", "inputs", "marts"} <= content.keys()


def _heads(content: Any) -> list[str]:
    """Return the hashes under one of our keys, at any depth."""
    if isinstance(content, list):
        return [head for item in content for head in _heads(item)]
    if not isinstance(content, dict):
        return []
    found = [content[name] for name in _NAMES if isinstance(content.get(name), str)]
    heads = [value for value in found if _HASH.fullmatch(value)]
    return heads + [head for value in content.values() for head in _heads(value)]


def _nothing(path: Path) -> NothingNotedError:
    return NothingNotedError(
        f"{path} 里没有审计日志校验值。It notes no hash of the audit log: give a text or JSON with"
        " its 64 hexadecimal digits, a receipt.json or manifest.json, or statistics.duckdb"
    )
