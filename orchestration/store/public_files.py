"""The ledger's table of public files: which bytes were last written to which path.

It is recorded before the files are put in place, so the bytes found there are always known: the
latest ones, or the previous ones if a publication was interrupted. ``publication`` decides which
files there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PUBLIC_FILE, PUBLIC_FOLDER, Settings
from orchestration.store.files import replacing, sha256_of
from orchestration.store.ledger_database import LedgerDatabase, now


@dataclass(frozen=True)
class PublicFile:
    """What was last written to ``path`` (relative to the home); ``sha256`` None if removed.

    ``former`` are the hashes of earlier contents.
    """

    path: str
    sha256: str | None
    written_at: str
    former: frozenset[str]


class PublicFiles(LedgerDatabase):
    """The table ``public_file``."""

    def record_public_files(self, files: Mapping[str, str | None]) -> None:
        """Record what will be written next: hash by path below the home, None to remove it."""
        with self._writing() as connection:
            known = dict(
                connection.execute(
                    "select path, sha256 from public_file where entry_id in"
                    " (select max(entry_id) from public_file group by path)"
                ).fetchall()
            )
            connection.executemany(
                "insert into public_file (path, sha256, written_at) values (?, ?, ?)",
                [
                    (path, sha256, now())
                    for path, sha256 in sorted(files.items())
                    if known.get(path) != sha256
                ],
            )

    def public_files(self) -> dict[str, PublicFile]:
        """Return what was last written to each path, with the hashes of earlier contents."""
        with self._connection() as connection:
            rows = connection.execute("select * from public_file order by entry_id").fetchall()
        files: dict[str, PublicFile] = {}
        for row in rows:
            path, last = row["path"], files.get(row["path"])
            former = last.former | {last.sha256 or ""} if last else frozenset[str]()
            files[path] = PublicFile(path, row["sha256"], row["written_at"], former - {""})
        return files


def write_public(
    settings: Settings, contents: Mapping[Path, bytes], obsolete: tuple[Path, ...] = ()
) -> None:
    """Record public files in the ledger, remove ``obsolete`` ones, and write each one atomically.

    Every user may read them.
    """
    hashes: dict[Path, str | None] = {
        path: hashlib.sha256(content).hexdigest() for path, content in contents.items()
    }
    record_public(settings, hashes | dict.fromkeys(obsolete))
    for path in obsolete:
        path.unlink(missing_ok=True)
    for path, content in contents.items():
        open_folders(settings, path)
        with replacing(path) as temporary:
            temporary.write_bytes(content)
            temporary.chmod(PUBLIC_FILE)


def open_folders(settings: Settings, path: Path) -> None:
    """Create the folders of a public path, readable by every user whatever the umask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.parents:
        if folder.is_relative_to(settings.published):
            folder.chmod(PUBLIC_FOLDER)


def record_public(settings: Settings, hashes: Mapping[Path, str | None]) -> None:
    """Record in the ledger which content is about to be put at public paths."""
    files = {str(path.relative_to(settings.home)): sha256 for path, sha256 in hashes.items()}
    PublicFiles(settings.ledger).record_public_files(files)


def record_written(settings: Settings, temporary: Path, path: Path) -> None:
    """Record in the ledger that the file ``temporary`` is about to replace ``path``."""
    record_public(settings, {path: sha256_of(temporary)})
