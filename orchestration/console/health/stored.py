"""Checks of what is stored: the ledger, the archive of the last month, warehouse, published file.

They open each file and read enough of it to notice garbage in it; ``fangan verify`` compares every
stored byte and row.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

import duckdb

from orchestration.choices import ConfigurationError
from orchestration.console.health.findings import fault, note, ok
from orchestration.console.output import Record
from orchestration.formats.sql import in_memory, literal, quoted
from orchestration.publication.database.reading import MARTS, marts_of
from orchestration.servers import store_url
from orchestration.settings import Settings
from orchestration.store.archive import archive_path
from orchestration.store.databases.postgres import shown
from orchestration.store.files import is_whole, sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.ledger_database import LEDGER_ERRORS, ledger_version
from orchestration.store.locks import BusyError, holding, open_elsewhere
from orchestration.store.migrations import STEPS, version_of
from orchestration.store.objects.places import StoreError
from orchestration.store.objects.shared import stored_sizes
from orchestration.upkeep.backup_folder import BackupFolder

_SHOWN = 3
_LEDGER, _STORE, _ARCHIVE = "ledger", "store", "archive"
_WAREHOUSE, _PUBLISHED = "warehouse", "published file"
_REBUILD = "fangan rebuild"
RESTORE = "restore the last backup into an empty home: FANGAN_HOME=NEW fangan restore FOLDER"


def open_ledger(settings: Settings) -> Ledger | None:
    """Return the ledger if it is there, whole and of this version; nothing is migrated.

    What is wrong with it is said by the check ``ledger``.
    """
    if isinstance(settings.ledger, str):
        try:
            is_of_today = ledger_version(settings.ledger) == len(STEPS)
        except (*LEDGER_ERRORS, ConfigurationError):
            return None
        return Ledger(settings.ledger) if is_of_today else None
    if not settings.ledger.is_file():
        return None
    found = settings.ledger.stat()
    if not _is_of_today(settings.ledger, found.st_mtime_ns, found.st_size):
        return None
    return Ledger(settings.ledger)


@cache
def _is_of_today(ledger: Path, _changed_at: int, _size: int) -> bool:
    """Whether the ledger is whole and of this version; read once for all checks."""
    try:
        return version_of(ledger) == len(STEPS) and _integrity(ledger) == ["ok"]
    except sqlite3.Error:
        return False


def _integrity(ledger: Path) -> list[str]:
    """Return what SQLite finds wrong in the file, or ``ok``. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as database:
        return [row[0] for row in database.execute("pragma integrity_check(3)")]


def ledger(settings: Settings) -> Record:
    """Whether the ledger is a whole database of a version that this program knows."""
    if isinstance(settings.ledger, str):
        return _ledger_on_server(settings.ledger)
    if not settings.ledger.exists():
        kept = (settings.archive, settings.accepted, settings.releases)
        if any(path.is_file() for folder in kept for path in folder.rglob("*")):
            return fault(_LEDGER, f"{settings.ledger} is lost, but deliveries are stored", RESTORE)
        return note(_LEDGER, "nothing has been run yet", "fangan month MONTH")
    try:
        said = _integrity(settings.ledger)
        version = version_of(settings.ledger)
    except sqlite3.Error as error:
        return fault(_LEDGER, f"{settings.ledger} cannot be read: {error}", RESTORE)
    if said != ["ok"]:
        return fault(_LEDGER, f"{settings.ledger} is damaged: {'; '.join(said)}", RESTORE)
    return _of_version(settings.ledger, version, "whole")


def _ledger_on_server(url: str) -> Record:
    try:
        version = ledger_version(url)
        if version == 0:
            return note(_LEDGER, f"{shown(url)} is empty", "fangan month MONTH")
        return _of_version(url, version, f"{shown(url)} answers")
    except (*LEDGER_ERRORS, ConfigurationError) as error:
        return fault(_LEDGER, str(error), "start the server, or correct FANGAN_LEDGER")


def _of_version(place: Path | str, version: int, state: str) -> Record:
    """Check version and audit log of a ledger that can be read."""
    if version > len(STEPS):
        return fault(
            _LEDGER,
            f"a newer program made it version {version}, this one knows {len(STEPS)}",
            "use the newer program",
        )
    if version < len(STEPS):
        detail = f"version {version} of an earlier program, this one writes {len(STEPS)}"
        return note(_LEDGER, detail, "the next command that runs brings it up to date")
    faults = Ledger(place).verify_audit({}).faults
    if faults:
        return fault(_LEDGER, f"its audit log is broken: {'; '.join(faults[:3])}", "fangan verify")
    return ok(_LEDGER, f"{state}, version {version}")


def store(settings: Settings) -> Record:
    """Whether the store that hosts share answers, and has every delivered version."""
    url = store_url()
    if url is None:
        return ok(_STORE, "the home's own folders")
    try:
        there = {Path(key).name for key in stored_sizes(settings.archive.name)}
    except (StoreError, ConfigurationError) as error:
        return fault(_STORE, str(error), "start it, or correct FANGAN_STORE and the AWS variables")
    known = open_ledger(settings)
    lacking = known.archived_hashes() - there if known else set()
    if lacking:
        return fault(
            _STORE,
            f"{url} lacks {len(lacking)} delivered versions that the ledger names",
            "restore a backup into an empty home with FANGAN_STORE set: that fills the store",
        )
    return ok(_STORE, f"{url} answers and has {len(there)} delivered versions")


def archive(settings: Settings) -> Record:
    """Whether every delivered version is there, and the last month's have their bytes."""
    known = open_ledger(settings)
    if known is None:
        return note(_ARCHIVE, "not examined: it is the ledger that says what lies there")
    hashes = known.archived_hashes()
    try:
        stored = {Path(key).name for key in stored_sizes(settings.archive.name)}
    except (StoreError, ConfigurationError):
        stored = set()  # the check of the store says so
    lost = [h for h in hashes - stored if not archive_path(settings.archive, h).exists()]
    month = max(known.months_of_arrivals(), default=None)
    arrivals = known.arrivals(month).values() if month else ()
    recent = {part.sha256 for arrival in arrivals for part in arrival.parts} - set(lost)
    damaged = [h for h in recent if not is_whole(archive_path(settings.archive, h), h)]
    if lost or damaged:
        names = ", ".join(sorted(h[:12] for h in (*lost, *damaged))[:3])
        detail = f"{len(lost)} of {len(hashes)} versions missing, {len(damaged)} of the"
        return fault(
            _ARCHIVE,
            f"{detail} {len(recent)} of {month} damaged: {names}",
            _put_back(settings, known, sorted([*lost, *damaged])),
        )
    if month is None:
        return ok(_ARCHIVE, "no deliveries yet")
    return ok(_ARCHIVE, f"{len(hashes)} versions; the {len(recent)} of {month} have their bytes")


def _put_back(settings: Settings, known: Ledger, hashes: list[str]) -> str:
    """Return the commands that take archived versions from the last backup."""
    last = known.last_backup()
    if last is None:
        return "fangan verify lists them; put them back from a backup (objects/ has them by hash)"
    kept = BackupFolder(Path(last.folder))
    copies = [
        f"install -D -m 0400 {kept.object_path(h)} {archive_path(settings.archive, h)}"
        for h in hashes[:_SHOWN]
    ]
    more = "; fangan doctor names the next" if len(hashes) > _SHOWN else ""
    return f"{'; '.join(copies)}{more}"


def warehouse(settings: Settings) -> Record:
    """Whether the working database can be read to its last row."""
    if not settings.warehouse.exists():
        known = open_ledger(settings)
        if known is not None and known.months():
            return fault(_WAREHOUSE, f"{settings.warehouse} is missing", _REBUILD)
        return note(_WAREHOUSE, "nothing has been modelled yet", "fangan month MONTH")
    try:
        # a run that starts meanwhile waits for the lock; an open file it would not wait for
        with holding(settings.locks, "warehouse"):
            tables = _read_whole(settings.warehouse)
    except BusyError as error:
        return note(_WAREHOUSE, f"not examined: {error}", "wait for that process")
    except duckdb.Error as error:
        if busy := open_elsewhere(str(error)):
            return note(_WAREHOUSE, f"not examined: {busy}", "wait for that process")
        remedy = f"rm {settings.warehouse} && {_REBUILD}"
        return fault(_WAREHOUSE, f"cannot be read: {_first_line(error)}", remedy)
    return ok(_WAREHOUSE, f"{tables} marts can be read")


def published(settings: Settings) -> Record:
    """Whether the published file is the one that was written, and can be read."""
    known = open_ledger(settings)
    last = max(known.months(), default=None) if known else None
    again = f"fangan month {last or 'MONTH'} --again"
    if not settings.statistics.exists():
        if known is not None and known.months():
            return fault(_PUBLISHED, f"{settings.statistics} is missing", again)
        return note(_PUBLISHED, "nothing published yet", "fangan month MONTH")
    try:
        tables = _read_whole(settings.statistics)
    except duckdb.Error as error:
        return fault(_PUBLISHED, f"cannot be read: {_first_line(error)}", again)
    below = str(settings.statistics.relative_to(settings.home))
    written = known.public_files().get(below) if known else None
    if written and written.sha256 != sha256_of(settings.statistics):
        return fault(_PUBLISHED, f"not as it was written at {written.written_at}", again)
    return ok(_PUBLISHED, f"{settings.statistics}: {tables} marts can be read")


def _read_whole(path: Path) -> int:
    """Read every row of a DuckDB file's marts; return their number. Raises duckdb.Error."""
    with in_memory() as connection:
        connection.execute(f"attach {literal(path)} as examined (read_only)")
        tables = marts_of(connection, "examined")
        for table in tables:
            rows = f"select hash(columns(*)) from examined.{MARTS}.{quoted(table)}"  # noqa: S608 - our names
            connection.execute(f"select count(*) from ({rows})")  # noqa: S608 - our names
    return len(tables)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
