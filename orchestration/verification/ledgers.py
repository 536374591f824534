"""The ledger: its pages, its tables' shape and what its rows refer to; and the key of its names.

What a table means is the store's. Damage here can be undone by nothing but a backup.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.migrations import migrate
from orchestration.verification.damage import Damage, Examination, Fault, Remedy

_WHOLE = Damage(
    "台账 ledger", "ledger.sqlite", Fault.UNREADABLE, Remedy.BACKUP, "全部月份 every month"
)
#: Columns that hold JSON, by table.
_JSON = {
    "arrival": ("parts",),
    "reading": ("content",),
    "judgement": ("files",),
    "sample": ("absent", "file"),
    "release_decision": ("accepted_differences",),
}
_FAULTS_SHOWN = 20


def open_ledger(settings: Settings) -> Ledger | Damage | None:
    """Return the ledger, or what is the matter with it, or None where nothing was ever stored.

    Never makes one: an empty ledger in the place of a lost one would hide the loss.
    """
    if not settings.ledger.exists():
        rooms = (settings.archive, settings.accepted, settings.releases)
        has_content = any(path.is_file() for room in rooms for path in room.rglob("*"))
        return replace(_WHOLE, fault=Fault.LOST) if has_content else None
    try:
        return Ledger(settings.ledger)
    except sqlite3.DatabaseError as error:
        return replace(_WHOLE, detail=str(error))


def examine_ledger(examination: Examination) -> None:
    """Look at the ledger's file, its schema, its references and its JSON."""
    path = examination.settings.ledger
    with (
        examination.reading(_WHOLE),
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
    ):
        for fault in _faults(connection):
            examination.tell(replace(_WHOLE, fault=Fault.DIFFERS, detail=fault))
    examination.checked_count += 1
    examination.known |= {path.with_name(path.name + ending) for ending in ("", "-wal", "-shm")}


def examine_name_key(examination: Examination) -> None:
    """Hold the key by which masked names are told apart against the hash that the ledger has."""
    made = examination.ledger.name_key_sha256()
    if made is None:
        return  # nothing was delivered yet
    told = Damage(
        "姓名密钥 key of masked names",
        examination.settings.name_key.name,
        Fault.LOST,
        Remedy.BACKUP,
        "含个人信息的文件名、表名 names of files and sheets that are masked, and return packages",
    )
    examination.hold(made, told)


def _faults(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute(f"pragma integrity_check({_FAULTS_SHOWN})"):
        if said != "ok":
            yield f"integrity_check: {said}"
    for table, row, parent, _ in connection.execute("pragma foreign_key_check"):
        yield f"{table} row {row} refers to no row of {parent}"
    with closing(sqlite3.connect(":memory:")) as new:
        migrate(new)
        wanted, there = _shape(new), _shape(connection)
    yield from (f"{name} is missing" for name in sorted(wanted.keys() - there.keys()))
    yield from (f"{name} is none of ours" for name in sorted(there.keys() - wanted.keys()))
    for name in sorted(wanted.keys() & there.keys()):
        if wanted[name] != there[name]:
            yield f"{name} is another than it was made"
    for table in sorted(_JSON.keys() & there.keys()):
        for column in _JSON[table]:
            for (row,) in connection.execute(
                f"select rowid from {table} where not json_valid({column}) limit {_FAULTS_SHOWN}"  # noqa: S608 - our tables
            ):
                yield f"{table} row {row}: {column} is no JSON"


def _shape(connection: sqlite3.Connection) -> dict[str, str]:
    """Return how each table, index and trigger was made, by kind and name."""
    rows = connection.execute("select type, name, sql from sqlite_master where sql is not null")
    shape = {f"{kind} {name}": " ".join(sql.split()) for kind, name, sql in rows}
    # SQLite's own; there once a table counts its rows
    return {name: sql for name, sql in shape.items() if "sqlite_" not in name}
