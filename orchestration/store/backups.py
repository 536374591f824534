"""The ledger's table of backups: when each was finished, and where it lies.

How a backup is made and restored is in ``upkeep``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.store.ledger_database import LedgerDatabase, now


@dataclass(frozen=True)
class Backup:
    """A finished backup: ``name`` in ``folder``; not complete if something could not be taken."""

    finished_at: datetime
    folder: Path
    name: str
    file_count: int
    byte_count: int
    is_complete: bool


class Backups(LedgerDatabase):
    """The table ``backup``."""

    def record_backup(
        self,
        place: tuple[Path, str],
        manifest_sha256: str,
        *,
        counts: tuple[int, int],
        is_complete: bool,
    ) -> None:
        """Record a finished backup: its folder and name, its numbers of files and bytes."""
        folder, name = place
        with self._writing() as connection:
            connection.execute(
                "insert into backup (finished_at, folder, name, manifest_sha256, file_count,"
                " byte_count, is_complete) values (?, ?, ?, ?, ?, ?, ?)",
                (now(), str(folder), name, manifest_sha256, *counts, int(is_complete)),
            )

    def last_backup(self, *, complete: bool = False) -> Backup | None:
        """Return the backup that was finished last, or None if there never was one.

        With ``complete`` those that lack something do not count.
        """
        with self._connection() as connection:
            row = connection.execute(
                "select * from backup where is_complete >= ? order by backup_id desc limit 1",
                (int(complete),),
            ).fetchone()
        if row is None:
            return None
        return Backup(
            datetime.fromisoformat(row["finished_at"]),
            Path(row["folder"]),
            row["name"],
            row["file_count"],
            row["byte_count"],
            bool(row["is_complete"]),
        )
