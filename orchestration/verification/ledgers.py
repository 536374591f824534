"""Checks the ledger's pages, schema and references, and the key for masking names.

What the tables mean is in ``store``. Only a backup can repair damage here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from orchestration.settings import Settings
from orchestration.store.databases.postgres_tables import server_faults
from orchestration.store.ledger import Ledger
from orchestration.store.ledger_database import LEDGER_ERRORS, ledger_exists
from orchestration.store.migrations import migrate
from orchestration.verification.damage import Damage, Examination, Fault, Remedy

_WHOLE = Damage(
    "记录库 ledger", "ledger.sqlite", Fault.UNREADABLE, Remedy.BACKUP, "全部月份 every month"
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
    """Return the ledger, or its damage, or None if nothing was ever stored.

    It never creates a ledger: an empty one in place of a lost one would hide the loss.
    """
    if not ledger_exists(settings.ledger):
        folders = (settings.archive, settings.accepted, settings.releases)
        has_content = any(path.is_file() for folder in folders for path in folder.rglob("*"))
        return replace(_WHOLE, fault=Fault.LOST) if has_content else None
    try:
        return Ledger(settings.ledger)
    except LEDGER_ERRORS as error:
        return replace(_WHOLE, detail=str(error))


def examine_ledger(examination: Examination) -> None:
    """Check the ledger's file, schema, references and JSON columns."""
    path = examination.settings.ledger
    if isinstance(path, str):
        for fault in server_faults(path):
            examination.report(replace(_WHOLE, fault=Fault.DIFFERS, detail=fault))
        examination.checked_count += 1
        return
    with (
        examination.catching(_WHOLE),
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
    ):
        for fault in _faults(connection):
            examination.report(replace(_WHOLE, fault=Fault.DIFFERS, detail=fault))
    examination.checked_count += 1
    examination.known |= {path.with_name(path.name + ending) for ending in ("", "-wal", "-shm")}


def examine_name_key(examination: Examination) -> None:
    """Compare the key for masking names with its hash in the ledger."""
    made = examination.ledger.name_key_sha256()
    if made is None:
        return  # nothing was delivered yet
    damage = Damage(
        "姓名密钥 key for masking names",
        examination.settings.name_key.name,
        Fault.LOST,
        Remedy.BACKUP,
        "含个人信息的文件名、表名 masked file and sheet names, and return packages",
    )
    examination.check_hash(made, damage)


def _faults(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute(f"pragma integrity_check({_FAULTS_SHOWN})"):
        if said != "ok":
            yield f"integrity_check: {said}"
    for table, row, parent, _ in connection.execute("pragma foreign_key_check"):
        yield f"{table} row {row} refers to a missing row of {parent}"
    with closing(sqlite3.connect(":memory:")) as new:
        migrate(new)
        expected, found = _schema(new), _schema(connection)
    yield from (f"{name} is missing" for name in sorted(expected.keys() - found.keys()))
    yield from (f"{name} is not ours" for name in sorted(found.keys() - expected.keys()))
    for name in sorted(expected.keys() & found.keys()):
        if expected[name] != found[name]:
            yield f"{name} was changed after it was created"
    for table in sorted(_JSON.keys() & found.keys()):
        for column in _JSON[table]:
            for (row,) in connection.execute(
                f"select rowid from {table} where not json_valid({column}) limit {_FAULTS_SHOWN}"  # noqa: S608 - our tables
            ):
                yield f"{table} row {row}: {column} is not JSON"


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the SQL of each table, index and trigger, by kind and name."""
    rows = connection.execute("select type, name, sql from sqlite_master where sql is not null")
    schema = {f"{kind} {name}": " ".join(sql.split()) for kind, name, sql in rows}
    # SQLite adds tables of its own, for example once a table has an autoincrement key
    return {name: sql for name, sql in schema.items() if "sqlite_" not in name}
