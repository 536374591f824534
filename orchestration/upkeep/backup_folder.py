"""The folder that backups lie in: every content once, and a manifest for each backup.

    objects/ab/ab12…            a file's content, named by its SHA-256
    20261201T020000Z/manifest.json   which content was where in the home, with mode, size and time

So a second backup costs what has changed, and a file can be put back by hand, without us. What
goes into a backup is said in ``backups``, what may go from the folder in ``backup_pruning``.
Nothing in the folder is ever changed or removed here.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from orchestration.store.files import is_whole, replacing, sha256_of, sync_folder

FORMAT = 1
_MANIFEST = "manifest.json"
_OBJECTS = "objects"
_CHUNK = 1 << 20
_ATTEMPTS = 5


class _ChangedError(Exception):
    """The file changed between two readings."""


class BackupError(RuntimeError):
    """A backup that cannot be made, read or restored; the message says why and what to do."""


@dataclass(frozen=True)
class Entry:
    """One file of the home: its path below it, mode, size, time of change, and SHA-256."""

    path: str
    mode: int
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup has: its time (UTC), the versions of program and ledger, the files by path.

    ``missing`` says what could not be taken, in sentences; empty for a complete backup.
    """

    made_at: str
    program_version: str
    ledger_version: int
    missing: tuple[str, ...]
    files: tuple[Entry, ...]

    @property
    def byte_count(self) -> int:
        """The bytes of all files together."""
        return sum(entry.size for entry in self.files)


class BackupFolder:
    """A folder with backups; it is made when the first one is put there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Return the names of all whole backups, the oldest first."""
        return sorted(path.parent.name for path in self.path.glob(f"[0-9]*Z/{_MANIFEST}"))

    def is_one_backup(self) -> bool:
        """Whether the folder is no folder of backups but one of them."""
        return self.path.name in BackupFolder(self.path.parent).names()

    def object_path(self, sha256: str) -> Path:
        """Return where the content with that hash lies, or would lie."""
        return self.path / _OBJECTS / sha256[:2] / sha256

    def objects(self) -> list[Path]:
        """Return every file among the contents, also those of a backup that was broken off."""
        return sorted(path for path in (self.path / _OBJECTS).glob("*/*") if path.is_file())

    def keep(self, source: Path) -> tuple[str, bool]:
        """Keep a file's content; return its SHA-256, and whether it had to be written.

        Raises BackupError for a file that changes each time it is read.
        """
        for _ in range(_ATTEMPTS):
            sha256 = sha256_of(source)
            target = self.object_path(sha256)
            if target.exists():
                return sha256, False
            with suppress(_ChangedError), replacing(target) as temporary:
                if _copy(source, temporary) != sha256:
                    raise _ChangedError
                temporary.chmod(0o400)
            if target.exists():
                return sha256, True
        raise BackupError(f"{source} 一直在变化。It changes all the time: stop what writes to it")

    def write(self, name: str, manifest: Manifest) -> str:
        """Put a backup's manifest under its name, whole or not at all; return its SHA-256."""
        content = json.dumps({"format": FORMAT} | asdict(manifest), ensure_ascii=False, indent=1)
        folder = Path(mkdtemp(dir=self.path, prefix=f".{name}.", suffix=".tmp"))
        try:
            with replacing(folder / _MANIFEST) as temporary:
                temporary.write_text(content, encoding="utf-8")
            os.rename(folder, self.path / name)
            sync_folder(self.path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def read(self, name: str | None = None) -> tuple[str, Manifest]:
        """Return a backup's name and manifest, by default the last one's.

        Raises BackupError if there is none, or it is damaged or of a later format.
        """
        names = self.names()
        if not names:
            raise BackupError(f"{self.path} 中没有备份。No backup lies in that folder")
        if name is not None and name not in names:
            raise BackupError(
                f"{self.path} 中没有备份 {name}。No such backup there; the last:"
                f" {'、'.join(names[-5:])}"
            )
        name = name or names[-1]
        path = self.path / name / _MANIFEST
        try:
            return name, _manifest(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError(
                f"{path} 无法读取。It cannot be read ({error}): take another, --name NAME"
            ) from error

    def copy_out(self, entry: Entry, target: Path) -> bool:
        """Copy an entry's content to ``target``, with mode and time; False if it is not whole."""
        source = self.object_path(entry.sha256)
        if not source.is_file() or _copy(source, target) != entry.sha256:
            return False
        target.chmod(entry.mode)
        os.utime(target, ns=(entry.mtime_ns, entry.mtime_ns))
        return True

    def damaged(self, entries: Iterable[Entry], *, sizes_only: bool = False) -> list[Entry]:
        """Return the entries whose content is missing or not what its hash says."""
        return [entry for entry in entries if not self._is_whole(entry, sizes_only)]

    def _is_whole(self, entry: Entry, sizes_only: bool) -> bool:
        path = self.object_path(entry.sha256)
        if sizes_only:
            return path.is_file() and path.stat().st_size == entry.size
        return is_whole(path, entry.sha256)


def _copy(source: Path, target: Path) -> str:
    """Copy a file; return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as written:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            written.write(chunk)
    return digest.hexdigest()


def _manifest(content: dict[str, Any]) -> Manifest:
    if content.pop("format") != FORMAT:
        raise ValueError("it was written by a newer program")
    files = tuple(Entry(**entry) for entry in content.pop("files"))
    return Manifest(missing=tuple(content.pop("missing")), files=files, **content)
