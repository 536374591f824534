"""What the ledger says of the files that the public reads: which bytes were last written where.

Told before the files are put in place, so that whatever lies there is known: the last bytes, or
the ones before where a publication was broken off. Which files those are is ``publication``'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PUBLIC_FILE, PUBLIC_FOLDER, Settings
from orchestration.store.files import replacing, sha256_of
from orchestration.store.ledger_file import LedgerFile, now


@dataclass(frozen=True)
class PublicFile:
    """What was last written at ``path`` (below the home): None if it was taken away."""

    path: str
    sha256: str | None
    written_at: str
    former: frozenset[str]


class PublicFiles(LedgerFile):
    """The table ``public_file``."""

    def record_public_files(self, files: Mapping[str, str | None]) -> None:
        """Record what is about to be written: hash by path below the home, None if removed."""
        with self._connection() as connection:
            connection.execute("begin immediate")
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
        """Return what was last written at each path, with the hashes that lay there before."""
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
    """Write public files, each whole or not at all, and remove ``obsolete`` ones; tell the ledger.

    Everybody may read them and nobody need write them.
    """
    hashes: dict[Path, str | None] = {
        path: hashlib.sha256(content).hexdigest() for path, content in contents.items()
    }
    tell_public(settings, hashes | dict.fromkeys(obsolete))
    for path in obsolete:
        path.unlink(missing_ok=True)
    for path, content in contents.items():
        open_folders(settings, path)
        with replacing(path) as temporary:
            temporary.write_bytes(content)
            temporary.chmod(PUBLIC_FILE)


def open_folders(settings: Settings, path: Path) -> None:
    """Make the folders of a public path, and let everybody into them, whatever the umask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.parents:
        if folder.is_relative_to(settings.published):
            folder.chmod(PUBLIC_FOLDER)


def tell_public(settings: Settings, hashes: Mapping[Path, str | None]) -> None:
    """Tell the ledger what is about to lie at public paths."""
    told = {str(path.relative_to(settings.home)): sha256 for path, sha256 in hashes.items()}
    PublicFiles(settings.ledger).record_public_files(told)


def tell_written(settings: Settings, temporary: Path, path: Path) -> None:
    """Tell the ledger of a file that was written beside ``path`` and takes its place next."""
    tell_public(settings, {path: sha256_of(temporary)})
