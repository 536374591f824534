"""The audit log: one hash chain over everything that arrives or is decided.

Each entry is written in the transaction that records the fact itself (an arrival, a reading, a
judgement, a draw, a decision, a publication). Its hash covers the previous hash, so changing,
removing or moving an entry makes every later hash wrong. The entry also holds the fact's row, so
neither can be changed without the other. Add an event here together with its table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orchestration.store.databases.connection import Connection

#: The hash that the first entry is chained to.
ORIGIN = "0" * 64
#: By event: the table with its rows, and that table's key.
_TABLES = {
    "arrival": ("arrival", "delivery_id"),
    "withdrawal": ("withdrawal", "delivery_id"),
    "reading": ("reading", "reading_id"),
    "judgement": ("judgement", "judgement_id"),
    "sample": ("sample", "sample_id"),
    "match_decision": ("match_decision", "decision_id"),
    "release_decision": ("release_decision", "decision_id"),
    "publication": ("publication", "publication_id"),
}


@dataclass(frozen=True)
class AuditEntry:
    """The entry of a fact: its number, its time (UTC), and its hash."""

    entry_id: int
    recorded_at: str
    hash: str


@dataclass(frozen=True)
class AuditReport:
    """How many entries the log has, the hash of the last one, and every fault, in order."""

    entry_count: int
    head: str
    faults: tuple[str, ...]


def append(connection: Connection, event: str, key: int) -> None:
    """Append an entry for the row that was just inserted.

    Call it inside the writing transaction, so that no other process can append in between.
    """
    previous = head(connection)
    content = _fact(connection, event, key)
    assert content is not None  # the caller has just inserted it
    recorded_at = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(
        "insert into audit (recorded_at, event, fact_key, content, previous_hash, hash)"
        " values (?, ?, ?, ?, ?, ?)",
        (
            recorded_at,
            event,
            key,
            content,
            previous,
            _hash(previous, recorded_at, event, key, content),
        ),
    )


def head(connection: Connection) -> str:
    """Return the hash of the last entry, which covers the whole log."""
    row = connection.execute("select hash from audit order by entry_id desc limit 1").fetchone()
    return str(row["hash"]) if row else ORIGIN


def entry_of(connection: Connection, event: str, key: int) -> AuditEntry:
    """Return the entry of a fact; raise LookupError if there is none."""
    row = connection.execute(
        "select entry_id, recorded_at, hash from audit"
        " where event = ? and fact_key = ? order by entry_id",
        (event, key),
    ).fetchone()
    if row is None:
        raise LookupError(f"{event} {key} has no entry in the audit log: fangan audit verify")
    return AuditEntry(row["entry_id"], row["recorded_at"], row["hash"])


def rows_without_entry(connection: Connection, event: str) -> list[int]:
    """Return the keys of an event's rows that have no entry in the log, in order."""
    known = {
        row["fact_key"]
        for row in connection.execute("select fact_key from audit where event = ?", (event,))
    }
    return [key for key in _keys(connection, event) if key not in known]


def verify(connection: Connection, known_heads: dict[str, str]) -> AuditReport:
    """Walk the whole chain and compare every fact with its entry.

    ``known_heads`` are earlier last hashes of the log, by the place where they were noted. A log
    that was cut short together with its facts is still a valid chain, but lacks such a hash.
    """
    faults: list[str] = []
    hashes = {ORIGIN}
    previous, expected_id = ORIGIN, 0
    for row in connection.execute("select * from audit order by entry_id"):
        expected_id += 1
        faults += _entry_faults(connection, row, previous, expected_id)
        expected_id, previous = row["entry_id"], row["hash"]
        hashes.add(previous)
    faults += [
        f"{event} {key} has no entry in the audit log"
        for event in _TABLES
        for key in rows_without_entry(connection, event)
    ]
    faults += [
        f"the audit log no longer holds the state noted in {place}"
        for place, noted in known_heads.items()
        if noted not in hashes
    ]
    last = connection.execute(connection.written_query).fetchone()
    if last is not None and last["seq"] != expected_id:
        faults.append(f"the audit log ends at entry {expected_id}, {last['seq']} were written")
    count = connection.execute("select count(*) from audit").fetchone()[0]
    return AuditReport(count, previous, tuple(faults))


def _entry_faults(
    connection: Connection, row: Any, previous: str, expected_id: int
) -> Iterator[str]:
    entry = f"entry {row['entry_id']}"
    if row["entry_id"] != expected_id:
        yield f"{entry} follows entry {expected_id - 1}: entries are missing between them"
    if row["previous_hash"] != previous:
        yield f"{entry} is not chained to the entry before it"
    facts = (row["recorded_at"], row["event"], row["fact_key"], row["content"])
    if row["hash"] != _hash(row["previous_hash"], *facts):
        yield f"{entry} was changed after it was written"
    if row["event"] not in _TABLES:
        yield f"{entry} has the unknown event {row['event']!r}"
        return
    fact = _fact(connection, row["event"], row["fact_key"])
    if fact is None:
        yield f"{row['event']} {row['fact_key']} of {entry} was deleted"
    elif not _matches(fact, row["content"]):
        yield f"{row['event']} {row['fact_key']} is not what {entry} says"


def _matches(fact: str, content: str) -> bool:
    """Whether a row equals its entry; columns added to the table since then must be empty."""
    if fact == content:
        return True
    now, then = json.loads(fact), json.loads(content)
    return all(now.get(name) == value for name, value in then.items()) and all(
        value is None for name, value in now.items() if name not in then
    )


def _hash(previous: str, recorded_at: str, event: str, key: int, content: str) -> str:
    entry = json.dumps([previous, recorded_at, event, key, content], ensure_ascii=False)
    return hashlib.sha256(entry.encode()).hexdigest()


def _fact(connection: Connection, event: str, key: int) -> str | None:
    """Return a fact's row as JSON, with hashes for a judgement's verdicts and a reading's text."""
    table, key_column = _TABLES[event]
    row = connection.execute(
        f"select * from {table} where {key_column} = ?",  # noqa: S608 - our tables
        (key,),
    ).fetchone()
    if row is None:
        return None
    fact: dict[str, Any] = dict(row)
    if event == "judgement":
        verdicts = connection.execute(
            "select * from verdict where judgement_id = ? order by rule_id", (key,)
        ).fetchall()
        text = json.dumps([tuple(verdict) for verdict in verdicts], ensure_ascii=False)
        fact["verdicts_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    if event == "reading":
        fact["content"] = hashlib.sha256(fact["content"].encode()).hexdigest()
    return json.dumps(fact, ensure_ascii=False)


def _keys(connection: Connection, event: str) -> list[int]:
    table, key_column = _TABLES[event]
    rows = connection.execute(f"select {key_column} as fact_key from {table} order by 1")  # noqa: S608 - our tables
    return [row["fact_key"] for row in rows]
