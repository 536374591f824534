from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.store.archive import (
    ArchiveDamageError,
    UnsafeDeliveryError,
    checked_version,
    store_version,
)


def test_every_version_is_kept_once_and_read_only(settings: Settings, tmp_path: Path) -> None:
    delivered = tmp_path / "a.xlsx"
    delivered.write_bytes(b"first")
    first = store_version(settings.archive, delivered)
    delivered.write_bytes(b"second")
    second = store_version(settings.archive, delivered)
    assert first.path.read_bytes() == b"first"
    assert second.path.read_bytes() == b"second"
    assert store_version(settings.archive, delivered) == second
    assert first.path.stat().st_mode & 0o777 == 0o400


def test_damage_is_seen(settings: Settings, tmp_path: Path) -> None:
    delivered = tmp_path / "a.xlsx"
    delivered.write_bytes(b"bytes")
    archived = store_version(settings.archive, delivered)
    assert checked_version(settings.archive, archived.sha256) == archived.path
    archived.path.chmod(0o600)
    archived.path.write_bytes(b"bytez")
    with pytest.raises(ArchiveDamageError, match="changed"):
        checked_version(settings.archive, archived.sha256)
    archived.path.unlink()
    with pytest.raises(ArchiveDamageError, match="gone: restore it from the backup"):
        checked_version(settings.archive, archived.sha256)


def test_links_and_pipes_are_no_deliveries(settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key", encoding="utf-8")
    link = tmp_path / "link.xlsx"
    link.symlink_to(secret)
    with pytest.raises(UnsafeDeliveryError, match="link"):
        store_version(settings.archive, link)
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    with pytest.raises(UnsafeDeliveryError, match="regular"):
        store_version(settings.archive, pipe)
