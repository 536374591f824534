"""The ledger: one small transactional file that says what arrived and what became of it.

Dagster's database is a log and may be lost; this may not. Every table only grows; "current"
is always the latest row. Add a table here for facts that cannot be recomputed from the archive:
an arrival, a decision, a release. Rows of deliveries stay out (they are Parquet).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.months import Month
from orchestration.store.records import (
    AcceptedFile,
    Arrival,
    DeliveredFile,
    Judgement,
    StoredFile,
    Version,
)
from orchestration.store.rows import arrival_record, judgement_record, latest_judgement

_SCHEMA = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
_BUSY_SECONDS = 30


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Ledger:
    """Reads and appends to ``ledger.sqlite``; each public method is one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._connection() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(_SCHEMA)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        connection.row_factory = sqlite3.Row
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def record_arrival(
        self,
        month: Month,
        district_id: str,
        kind: str,
        sha256: str,
        size: int,
        parts: tuple[DeliveredFile, ...],
    ) -> Arrival:
        """Return the latest arrival if it has these bytes, else record and return a new one.

        A withdrawn file that still lies there stays withdrawn; other bytes arrive anew.
        """
        with self._connection() as connection:
            connection.execute("begin immediate")
            latest = self._latest_arrival(connection, month, district_id, kind)
            if latest and latest["sha256"] == sha256:
                return arrival_record(latest)
            connection.execute(
                "insert into arrival (month, district_id, kind, version, file_name, sha256, size,"
                " parts, arrived_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    str(month),
                    district_id,
                    kind,
                    latest["version"] + 1 if latest else 1,
                    "、".join(part.file_name for part in parts),
                    sha256,
                    size,
                    json.dumps([vars(part) for part in parts], ensure_ascii=False),
                    _now(),
                ),
            )
            row = self._latest_arrival(connection, month, district_id, kind)
            assert row is not None
            return arrival_record(row)

    @staticmethod
    def _latest_arrival(
        connection: sqlite3.Connection, month: Month, district_id: str, kind: str
    ) -> Any:
        return connection.execute(
            "select a.*, w.withdrawn_at from arrival a left join withdrawal w using (delivery_id)"
            " where month = ? and district_id = ? and kind = ? order by version desc limit 1",
            (str(month), district_id, kind),
        ).fetchone()

    def current_arrival(self, month: Month, district_id: str, kind: str) -> Arrival | None:
        """Return the arrival that counts: the latest one, unless it was withdrawn."""
        with self._connection() as connection:
            row = self._latest_arrival(connection, month, district_id, kind)
        return None if row is None or row["withdrawn_at"] else arrival_record(row)

    def arrival(self, delivery_id: int) -> Arrival | None:
        """Return one arrival by its number."""
        with self._connection() as connection:
            row = connection.execute(
                "select * from arrival where delivery_id = ?", (delivery_id,)
            ).fetchone()
        return arrival_record(row) if row else None

    def arrivals(self, month: Month) -> dict[int, Arrival]:
        """Return every arrival of a month by its number, also former and withdrawn ones."""
        with self._connection() as connection:
            rows = connection.execute("select * from arrival where month = ?", (str(month),))
            return {row["delivery_id"]: arrival_record(row) for row in rows}

    def versions(self, month: Month, district_id: str, kind: str) -> list[Version]:
        """Return all that arrived for a month of one district and kind, the first one first."""
        with self._connection() as connection:
            rows = connection.execute(
                "select a.*, w.withdrawn_at, (select min(judged_at) from judgement j"
                " where j.delivery_id = a.delivery_id) as first_judged_at,"
                " (select landing_sha256 from reading r where r.delivery_id = a.delivery_id"
                " order by rowid desc limit 1) as landing_sha256"
                " from arrival a left join withdrawal w using (delivery_id)"
                " where month = ? and district_id = ? and kind = ? order by version",
                (str(month), district_id, kind),
            ).fetchall()
            return [
                Version(
                    arrival=arrival_record(row),
                    withdrawn_at=row["withdrawn_at"],
                    judged_at=row["first_judged_at"],
                    landing_sha256=row["landing_sha256"],
                    judgement=latest_judgement(connection, row["delivery_id"]),
                )
                for row in rows
            ]

    def itemised_by_role(self, month: Month) -> dict[int, dict[str, int]]:
        """Return, by delivery, how many rows of each role its latest reading itemised."""
        with self._connection() as connection:
            rows = connection.execute(
                "select a.delivery_id, json_extract(item.value, '$.role') as role,"
                " sum(json_extract(item.value, '$.count')) as row_count"
                " from arrival a join reading r using (delivery_id),"
                " json_each(r.content, '$.itemised') item where a.month = ? and r.rowid ="
                " (select max(rowid) from reading where delivery_id = a.delivery_id)"
                " group by a.delivery_id, role order by a.delivery_id, min(item.key)",
                (str(month),),
            ).fetchall()
        counts: dict[int, dict[str, int]] = {}
        for row in rows:
            counts.setdefault(row["delivery_id"], {})[row["role"]] = row["row_count"]
        return counts

    def first_arrivals(self, month: Month) -> dict[tuple[str, str], str]:
        """Return when each (district, kind) first delivered, withdrawn files left out."""
        with self._connection() as connection:
            rows = connection.execute(
                "select district_id, kind, min(arrived_at) as first_arrived_at"
                " from arrival left join withdrawal using (delivery_id)"
                " where month = ? and withdrawn_at is null group by district_id, kind",
                (str(month),),
            ).fetchall()
        return {(row["district_id"], row["kind"]): row["first_arrived_at"] for row in rows}

    def archived_hashes(self) -> set[str]:
        """Return the hash of every file that ever arrived."""
        with self._connection() as connection:
            rows = connection.execute("select parts from arrival").fetchall()
        return {part["sha256"] for row in rows for part in json.loads(row["parts"])}

    def record_reading(
        self, delivery_id: int, reader_version: str, landing_sha256: str, content: dict[str, Any]
    ) -> None:
        """Record the receipt of one reading, replacing an earlier one of the same version."""
        with self._connection() as connection:
            connection.execute(
                "insert or replace into reading values (?, ?, ?, ?, ?)",
                (
                    delivery_id,
                    reader_version,
                    landing_sha256,
                    json.dumps(content, ensure_ascii=False),
                    _now(),
                ),
            )

    def reading(self, delivery_id: int, reader_version: str) -> tuple[str, dict[str, Any]] | None:
        """Return (landing hash, content) of an earlier reading by this reader, or None."""
        with self._connection() as connection:
            row = connection.execute(
                "select landing_sha256, content from reading"
                " where delivery_id = ? and reader_version = ?",
                (delivery_id, reader_version),
            ).fetchone()
        return (row["landing_sha256"], json.loads(row["content"])) if row else None

    def record_judgements(self, judgements: list[Judgement]) -> None:
        """Record a district's judgements of one month, all or none."""
        with self._connection() as connection:
            for judgement in judgements:
                cursor = connection.execute(
                    "insert into judgement (month, district_id, kind, delivery_id, fingerprint,"
                    " state, as_at, row_count, accepted_count, quarantined_count, itemised_count,"
                    " files, judged_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        str(judgement.month),
                        judgement.district_id,
                        judgement.kind,
                        judgement.delivery_id,
                        judgement.fingerprint,
                        judgement.state,
                        judgement.as_at,
                        judgement.row_count,
                        judgement.accepted_count,
                        judgement.quarantined_count,
                        judgement.itemised_count,
                        json.dumps({name: vars(file) for name, file in judgement.files.items()}),
                        _now(),
                    ),
                )
                connection.executemany(
                    "insert into verdict values (?, ?, ?, ?, ?, ?, ?, ?)",
                    [(cursor.lastrowid, *vars(verdict).values()) for verdict in judgement.verdicts],
                )

    def judgements(self, month: Month, district_id: str | None = None) -> list[Judgement]:
        """Return the current judgement of every district and kind of a month (or one district)."""
        with self._connection() as connection:
            rows = connection.execute(
                "select * from judgement where judgement_id in (select max(judgement_id)"
                " from judgement where month = ? and ? in (district_id, '')"
                " group by district_id, kind) order by judgement_id",
                (str(month), district_id or ""),
            ).fetchall()
            return [judgement_record(connection, row) for row in rows]

    def former_judgements(self, month: Month) -> list[Judgement]:
        """Return the last judgement of every former version of the month's deliveries.

        Withdrawn versions are left out, as is the one that counts.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "select * from judgement where judgement_id in (select max(judgement_id)"
                " from judgement join arrival using (delivery_id)"
                " left join withdrawal using (delivery_id)"
                " where judgement.month = ? and withdrawn_at is null group by delivery_id)"
                " and judgement_id not in (select max(judgement_id) from judgement"
                " where month = ? group by district_id, kind) order by judgement_id",
                (str(month), str(month)),
            ).fetchall()
            return [judgement_record(connection, row) for row in rows]

    def accepted_before(self, month: Month, district_id: str, first: Month) -> list[AcceptedFile]:
        """Return a district's accepted rows of the months from ``first`` up to before ``month``."""
        with self._connection() as connection:
            rows = connection.execute(
                "select month, kind, files from judgement where judgement_id in (select"
                " max(judgement_id) from judgement where month >= ? and month < ?"
                " and district_id = ? group by month, kind) order by month, kind",
                (str(first), str(month), district_id),
            ).fetchall()
        return [
            AcceptedFile(Month.parse(row["month"]), row["kind"], StoredFile(**files["accepted"]))
            for row in rows
            if "accepted" in (files := json.loads(row["files"]))
        ]

    def record_publication(self, month: Month, fingerprint: str) -> None:
        """Record that a month was published, and from what."""
        with self._connection() as connection:
            connection.execute(
                "insert into publication (month, fingerprint, published_at) values (?, ?, ?)",
                (str(month), fingerprint, _now()),
            )

    def published_fingerprint(self, month: Month) -> str | None:
        """Return what the month was last published from, or None."""
        with self._connection() as connection:
            row = connection.execute(
                "select fingerprint from publication where month = ?"
                " order by publication_id desc limit 1",
                (str(month),),
            ).fetchone()
        return row["fingerprint"] if row else None

    def months(self) -> list[Month]:
        """Return the months for which anything was judged, in order."""
        with self._connection() as connection:
            rows = connection.execute(
                "select distinct month from judgement order by month"
            ).fetchall()
        return [Month.parse(row["month"]) for row in rows]
