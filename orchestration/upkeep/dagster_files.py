"""Dagster's own files in the home: which of its databases are broken, and moving them aside.

They are a log, and Dagster makes new ones; without that a broken one stops every run. They are kept
for whoever wants to look, until ``pruning`` removes them. Nothing here imports Dagster.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.settings import PRIVATE_FOLDER, Settings

#: Folders in ``dagster/`` with what was moved aside begin with this.
BROKEN = "broken-"
#: The database over all runs, beside those of the single runs.
INDEX = "index"


@dataclass(frozen=True)
class BrokenDatabase:
    """A database of Dagster's that cannot be read, and SQLite's reason."""

    path: Path
    reason: str


def run_logs(settings: Settings) -> Path:
    """Return the folder with a database of events for each run, and the index over all."""
    return settings.dagster / "history" / "runs"


def databases(settings: Settings) -> list[Path]:
    """Return the databases that all runs share, as far as they are SQLite files of this home."""
    paths = (
        settings.dagster / "history" / "runs.db",
        run_logs(settings) / f"{INDEX}.db",
        settings.dagster / "schedules" / "schedules.db",
    )
    return [path for path in paths if path.is_file()]


def broken_databases(settings: Settings) -> list[BrokenDatabase]:
    """Return the shared databases that SQLite cannot read or finds damaged."""
    found = ((path, _reason(path)) for path in databases(settings))
    return [BrokenDatabase(path, reason) for path, reason in found if reason]


def _reason(path: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            [(said,)] = database.execute("pragma quick_check(1)").fetchall()
    except sqlite3.OperationalError as error:
        # locked, or a schema that is not readable: only the latter is damage
        return None if "locked" in str(error) else str(error)
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if said == "ok" else str(said)


def move_broken_aside(settings: Settings) -> Path | None:
    """Move what is broken of Dagster's log out of its way; return the folder it lies in now.

    None if nothing is broken. Runs and their events refer to each other, so they go together; the
    ticks of schedules and sensors are a database of their own.
    """
    broken = [database.path for database in broken_databases(settings)]
    if not broken:
        return None
    moved = settings.dagster / f"{BROKEN}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    moved.mkdir(mode=PRIVATE_FOLDER)
    for name in sorted({path.relative_to(settings.dagster).parts[0] for path in broken}):
        os.replace(settings.dagster / name, moved / name)
    return moved


def moved_message(moved: Path) -> str:
    """Return the sentence that says where a broken log lies now."""
    return (
        f"Dagster 的日志库已损坏，移至 {moved}，将另建新库；报送、判定和发布不受影响。"
        f"Dagster's broken log was moved to {moved.name}; a new one is begun, the ledger is whole"
    )
