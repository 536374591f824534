"""Reads look-up files: from a key to its building, always in the current file.

A file stays open until it is replaced. A request that still uses the old file can finish, since a
replaced file stays readable while it is open. Readers and the writer never wait for each other.
``service`` sends the answers.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import unicodedata
from pathlib import Path
from typing import Any

from orchestration.lookup.answers import Refusal, refusal
from orchestration.lookup.columns import basic_columns, safety_columns
from orchestration.lookup.file_writing import FILE_NAME
from orchestration.reference.kinds import ALTERATION_CASES, DANGER_CASES
from orchestration.reference.months import Month
from orchestration.reference.vocabulary import DEMONSTRATION, VINTAGE_STATES

#: No spaces, no control characters, no characters that separate the parts of a URL.
KEY_PATTERN = r"^[^\s\x00-\x1f\x7f-\x9f./\\?#%][^\s\x00-\x1f\x7f-\x9f/\\?#%]{0,63}$"
MAX_KEY_LENGTH = 64
_MAX_CANDIDATES = 50
_MONTHS_KNOWN_FOR_SECONDS = 1.0
#: Longer than any request takes.
_REPLACED_STAYS_OPEN_SECONDS = 30.0
_CASES = (DANGER_CASES, ALTERATION_CASES)


class NotPublishedError(LookupError):
    """There is no look-up file of this month, or none at all."""


def clean_key(text: str) -> str:
    """Return a pasted key without surrounding spaces and with full-width letters as ASCII.

    >>> clean_key(" ３２０５０８Ｍ１ ")
    '320508M1'
    """
    return unicodedata.normalize("NFKC", text).strip()


class LookupFile:
    """One look-up file, open for reading."""

    def __init__(self, path: Path) -> None:
        # immutable: nobody writes to it, so no lock is needed
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        [about] = self._connection.execute("select * from about").fetchall()
        self.as_of: dict[str, Any] = {
            **about,
            "is_simulated": bool(about["is_simulated"]),
            "note": _note(about["status"], about["vintage"], bool(about["is_simulated"])),
        }

    def close_later(self) -> None:
        """Close the file in a thread of its own, after all requests that use it have ended.

        Closing the last handle of a replaced file can block while the system frees its space.
        """
        timer = threading.Timer(_REPLACED_STAYS_OPEN_SECONDS, self._connection.close)
        timer.daemon = True
        timer.start()

    def find(self, key: str, scheme: str | None = None) -> dict[str, Any] | Refusal:
        """Return the building of a key, as ``answers.Building``, or the reason for none."""
        rows = self._connection.execute(
            "select distinct subject.* from identifier inner join subject using (subject_no)"
            " where value = ? and scheme = coalesce(?, scheme) order by subject_no limit ?",
            (key, scheme, _MAX_CANDIDATES),
        ).fetchall()
        if len(rows) == 1:
            return _building(rows[0], self._identifiers(rows[0]))
        if rows:
            candidates = (_candidate(row, self._identifiers(row)) for row in rows)
            return refusal("several_buildings", candidates=candidates)
        known = self._connection.execute(
            "select * from refusal where value = ? and scheme = coalesce(?, scheme)"
            " order by scheme limit 1",
            (key, scheme),
        ).fetchone()
        if known is None:
            return refusal("unknown_key")
        return refusal(
            known["reason"],
            known["since_on"],
            known["told"],
            (
                {"key": other, "scheme": known["scheme"], "district_name": None, "address": None}
                for other in json.loads(known["successors"])
            ),
        )

    def _identifiers(self, subject: sqlite3.Row) -> list[dict[str, str]]:
        """Return every key of a building, as ``answers.Identifier``."""
        rows = self._connection.execute(
            "select scheme, value, source from identifier where subject_no = ?"
            " order by scheme, value",
            (subject["subject_no"],),
        )
        return [dict(row) for row in rows]


def _note(status: str, vintage: int, is_simulated: bool) -> str:
    """Return the note to quote with every answer of a file."""
    version = f"第{vintage}版" if vintage else "未发布的试算"
    notes = {
        "provisional": f"{VINTAGE_STATES['provisional']}数据（{version}），可能修订。",
        "final": f"{VINTAGE_STATES['final']}数据（{version}）。",
        "withdrawn": f"{version}{VINTAGE_STATES['withdrawn']}，不得引用。",
    }
    simulated = f"{DEMONSTRATION}，不是真实房屋。" if is_simulated else ""
    return f"{simulated}{notes[status]}"


def _building(row: sqlite3.Row, identifiers: list[dict[str, str]]) -> dict[str, Any]:
    cases = {name: json.loads(row[name]) if row[name] is not None else None for name in _CASES}
    return {
        "building_id": row["building_id"],
        "district_id": row["district_id"],
        "district_name": row["district_name"],
        "is_in_ledger": bool(row["is_in_ledger"]),
        "as_at": row["as_at"],
        "identifiers": identifiers,
        "basic": {c.name: row[c.name] for c in basic_columns()},
        "safety": {
            c.name: row[c.name] if not c.is_boolean or row[c.name] is None else bool(row[c.name])
            for c in safety_columns()
        }
        | cases,
    }


def _candidate(row: sqlite3.Row, identifiers: list[dict[str, str]]) -> dict[str, Any]:
    """Return the key that finds just this building, with its district and address."""
    keys = {key["scheme"]: key["value"] for key in identifiers}
    scheme = next(s for s in ("building_code", "building_id", "doorplate") if s in keys)
    return {
        "key": keys[scheme],
        "scheme": scheme,
        "district_name": row["district_name"],
        "address": row["address"],
    }


class LookupFiles:
    """The look-up files of a folder: that of the newest month, or of a given one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, tuple[tuple[int, ...], LookupFile]] = {}
        self._months: list[str] = []
        self._months_known_at = -_MONTHS_KNOWN_FOR_SECONDS

    def months(self) -> list[str]:
        """Return the months with a file, newest first; the folder is read once a second."""
        now = time.monotonic()
        if now - self._months_known_at >= _MONTHS_KNOWN_FOR_SECONDS:
            found = self._folder.glob(f"[0-9]*/{FILE_NAME}")
            self._months = sorted((path.parent.name for path in found), reverse=True)
            self._months_known_at = now
        return self._months

    def file(self, month: Month | None = None) -> LookupFile:
        """Return the current file, opened again if it was replaced.

        Raises NotPublishedError if there is none, sqlite3.DatabaseError if it is damaged.
        """
        for name in [str(month)] if month else self.months():
            path = self._folder / name / FILE_NAME
            opened = self._open.get(name)
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            identity = (stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if opened is None or opened[0] != identity:
                self._open[name] = (identity, LookupFile(path))
                if opened is not None:
                    opened[1].close_later()
            return self._open[name][1]
        raise NotPublishedError(str(month) if month else "")
