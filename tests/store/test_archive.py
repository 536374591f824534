from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import pytest

from orchestration.settings import Settings
from orchestration.store import archive
from orchestration.store.archive import (
    ArchiveDamageError,
    UnsafeDeliveryError,
    checked_version,
    store_version,
)


def test_every_version_is_archived_once_and_read_only(settings: Settings, tmp_path: Path) -> None:
    delivered = tmp_path / "a.xlsx"
    delivered.write_bytes(b"first")
    first = store_version(settings.archive, delivered)
    delivered.write_bytes(b"second")
    second = store_version(settings.archive, delivered)
    assert first.path.read_bytes() == b"first"
    assert second.path.read_bytes() == b"second"
    assert store_version(settings.archive, delivered) == second
    assert first.path.stat().st_mode & 0o777 == 0o400


def test_a_damaged_archive_file_is_detected(settings: Settings, tmp_path: Path) -> None:
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


def test_links_and_pipes_are_refused(settings: Settings, tmp_path: Path) -> None:
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


def test_a_file_that_changes_while_it_is_copied_is_not_archived(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is computed first, so the copy must be compared with it."""

    def copy_other_bytes(source: BinaryIO, copy: BinaryIO) -> None:
        copy.write(b"written by the district meanwhile")

    monkeypatch.setattr(archive.shutil, "copyfileobj", copy_other_bytes)
    delivered = tmp_path / "a.xlsx"
    delivered.write_bytes(b"first")
    with pytest.raises(UnsafeDeliveryError, match="changed while it was being copied"):
        store_version(settings.archive, delivered)
    assert [path for path in settings.archive.rglob("*") if path.is_file()] == []
