"""The content-addressed archive: every version ever delivered, by SHA-256, read-only.

The only place besides ``raw`` and a district's own return package where personal data lies in
clear. Nothing here is ever changed or removed by the platform.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from orchestration.store.files import replacing, sha256_of


class UnsafeDeliveryError(OSError):
    """A delivered path that is no plain file: a link, a pipe, a device."""


class ArchiveDamageError(RuntimeError):
    """An archived file whose bytes no longer have the hash it is named by."""


@dataclass(frozen=True)
class Archived:
    """One version in the archive: its hash, its size in bytes, where it lies."""

    sha256: str
    size: int
    path: Path


def archive_path(archive: Path, sha256: str) -> Path:
    """Return where the archive keeps the bytes of that hash."""
    return archive / sha256[:2] / sha256


def store_version(archive: Path, delivered: Path) -> Archived:
    """Copy a delivered file into the archive unless its bytes are there already.

    Raises UnsafeDeliveryError if the path is not a regular file: a link would let a delivery
    read other files, a named pipe would never end.
    """
    with os.fdopen(_open_plain(delivered), "rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        size = source.tell()
        target = archive_path(archive, sha256)
        if not target.exists():
            source.seek(0)
            with replacing(target) as temporary, temporary.open("wb") as copy:
                shutil.copyfileobj(source, copy)
                copy.flush()
                _refuse_changed_copy(temporary, sha256)
                temporary.chmod(0o400)
    return Archived(sha256, size, target)


def _open_plain(delivered: Path) -> int:
    """Return a handle on a regular file, opened without following or waiting for anything."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    if delivered.is_symlink():
        raise UnsafeDeliveryError("this is a link, not a file")
    if not delivered.is_file():
        raise UnsafeDeliveryError("this is no regular file")
    handle = os.open(delivered, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnsafeDeliveryError("this was changed into something else than a file")
    return handle


def _refuse_changed_copy(copy: Path, sha256: str) -> None:
    if sha256_of(copy) != sha256:
        raise UnsafeDeliveryError("the file changed while it was being copied")


def checked_version(archive: Path, sha256: str) -> Path:
    """Return an archived file's path after verifying its bytes.

    Raises ArchiveDamageError if it is gone or damaged.
    """
    path = archive_path(archive, sha256)
    if not path.exists():
        raise ArchiveDamageError(f"{path} is gone: restore it from the backup of the archive")
    if sha256_of(path) != sha256:
        raise ArchiveDamageError(
            f"{path} has changed on disk: restore it from the backup of the archive"
        )
    return path
