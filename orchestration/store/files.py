"""Writing files so that a reader sees the old one or the new one, never half of one.

Used wherever a file is written that something else may read. Formats stay out: the caller
writes the bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; on success sync it and rename it into place.

    If the block raises, the temporary file is removed and ``path`` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        sync_file(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Force a file's content to the disk."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Force a folder's entries (a rename) to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


class StoredFileDamageError(RuntimeError):
    """A file we wrote whose bytes are gone or no longer have the hash in the ledger."""


def verified(path: Path, sha256: str) -> Path:
    """Return ``path`` after checking its bytes; raise StoredFileDamageError if they changed.

    A flipped bit in a Parquet file mostly reads as wrong data without any error.
    """
    if not is_whole(path, sha256):
        what = "has changed on disk" if path.is_file() else "is gone"
        raise StoredFileDamageError(f"{path} {what}; fangan verify says what mends it")
    return path


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is there with the bytes that were written."""
    return path.is_file() and sha256_of(path) == sha256
