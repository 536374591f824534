"""The content-addressed archive: every version ever delivered, by SHA-256, read-only.

Apart from ``raw`` and a district's own return package this is the only place with unmasked
personal data. The platform never changes or removes anything here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from orchestration.store.files import is_whole, sha256_of
from orchestration.store.objects.shared import sharing


class UnsafeDeliveryError(OSError):
    """A delivered path that is not a plain file: a link, a pipe, a device."""


class ArchiveDamageError(RuntimeError):
    """An archived file whose bytes no longer match the hash in its name."""


@dataclass(frozen=True)
class Archived:
    """One version in the archive: its hash, its size in bytes, its path."""

    sha256: str
    size: int
    path: Path


def archive_path(archive: Path, sha256: str) -> Path:
    """Return where the archive keeps the bytes of that hash."""
    return archive / sha256[:2] / sha256


def store_version(archive: Path, delivered: Path) -> Archived:
    """Copy a delivered file into the archive unless the archive already has its bytes.

    Raises UnsafeDeliveryError if the path is not a regular file (a link could point at any file
    of the machine, reading a named pipe would never end) or changes while it is copied.
    """
    with os.fdopen(_open_plain(delivered), "rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        size = source.tell()
        target = archive_path(archive, sha256)
        if not target.exists():
            source.seek(0)
            with sharing(target, once=True) as temporary, temporary.open("wb") as copy:
                shutil.copyfileobj(source, copy)
                copy.flush()
                _refuse_changed_copy(temporary, sha256)
                temporary.chmod(0o400)
    return Archived(sha256, size, target)


def archived_version(archive: Path, delivered: Path) -> Archived:
    """Return what ``store_version`` would, without writing: the path may not exist."""
    with os.fdopen(_open_plain(delivered), "rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        return Archived(sha256, source.tell(), archive_path(archive, sha256))


def _open_plain(delivered: Path) -> int:
    """Return a file descriptor of a regular file; never follows a link or waits for a pipe."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    if delivered.is_symlink():
        raise UnsafeDeliveryError("this is a link, not a file")
    if not delivered.is_file():
        raise UnsafeDeliveryError("this is not a regular file")
    handle = os.open(delivered, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnsafeDeliveryError("this is no longer a regular file")
    return handle


def _refuse_changed_copy(copy: Path, sha256: str) -> None:
    if sha256_of(copy) != sha256:
        raise UnsafeDeliveryError("the file changed while it was being copied")


def checked_version(archive: Path, sha256: str) -> Path:
    """Return the path of an archived file after checking its bytes against the hash.

    Raises ArchiveDamageError if the file is missing or damaged.
    """
    path = archive_path(archive, sha256)
    is_good = is_whole(path, sha256)
    if not path.exists():
        raise ArchiveDamageError(f"{path} is gone: restore it from the backup of the archive")
    if not is_good:
        raise ArchiveDamageError(
            f"{path} has changed on disk: restore it from the backup of the archive"
        )
    return path
