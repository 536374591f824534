"""The ledger's tables of arrivals: which bytes came, as which version, and how they were read.

Add a query about a delivered file here; the verdicts on its rows are in ``judgements``.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from orchestration.reference.deadlines import days_late
from orchestration.reference.months import Month
from orchestration.store import audit
from orchestration.store.databases.connection import Connection
from orchestration.store.ledger_database import LedgerDatabase, now
from orchestration.store.records import Arrival, DeliveredFile, Version
from orchestration.store.rows import arrival_record, latest_judgement


class Arrivals(LedgerDatabase):
    """The tables ``arrival``, ``withdrawal`` and ``reading``."""

    def record_arrival(
        self,
        month: Month,
        district_id: str,
        kind: str,
        sha256: str,
        size: int,
        parts: tuple[DeliveredFile, ...],
    ) -> Arrival:
        """Return the latest arrival if it is of these files, else record and return a new one.

        Files are the same by their bytes, and by which part they say they are. A withdrawn file
        that is still in the folder stays withdrawn; other bytes are a new arrival.
        """
        with self._writing() as connection:
            latest = self._latest_arrival(connection, month, district_id, kind)
            if latest and is_of(arrival_record(latest), sha256, parts):
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
                    json.dumps(list(map(_stated, parts)), ensure_ascii=False),
                    now(),
                ),
            )
            row = self._latest_arrival(connection, month, district_id, kind)
            assert row is not None
            audit.append(connection, "arrival", row["delivery_id"])
            return arrival_record(row)

    def record_withdrawal(self, delivery_id: int, reason: str) -> None:
        """Record that a delivery no longer counts.

        Raises the database's IntegrityError if it was withdrawn already.
        """
        with self._writing() as connection:
            connection.execute(
                "insert into withdrawal values (?, ?, ?)", (delivery_id, now(), reason)
            )
            audit.append(connection, "withdrawal", delivery_id)

    @staticmethod
    def _latest_arrival(connection: Connection, month: Month, district_id: str, kind: str) -> Any:
        return connection.execute(
            "select a.*, w.withdrawn_at from arrival a left join withdrawal w using (delivery_id)"
            " where month = ? and district_id = ? and kind = ? order by version desc limit 1",
            (str(month), district_id, kind),
        ).fetchone()

    def current_arrival(self, month: Month, district_id: str, kind: str) -> Arrival | None:
        """Return the latest arrival, or None if there is none or it was withdrawn."""
        with self._connection() as connection:
            row = self._latest_arrival(connection, month, district_id, kind)
        return None if row is None or row["withdrawn_at"] else arrival_record(row)

    def latest_arrival(self, month: Month, district_id: str, kind: str) -> Arrival | None:
        """Return the latest arrival, also a withdrawn one; None without any."""
        with self._connection() as connection:
            row = self._latest_arrival(connection, month, district_id, kind)
        return arrival_record(row) if row else None

    def arrival(self, delivery_id: int) -> Arrival | None:
        """Return the arrival with this number, or None."""
        with self._connection() as connection:
            row = connection.execute(
                "select * from arrival where delivery_id = ?", (delivery_id,)
            ).fetchone()
        return arrival_record(row) if row else None

    def arrivals(self, month: Month) -> dict[int, Arrival]:
        """Return every arrival of a month by number, including replaced and withdrawn ones."""
        with self._connection() as connection:
            rows = connection.execute("select * from arrival where month = ?", (str(month),))
            return {row["delivery_id"]: arrival_record(row) for row in rows}

    def months_of_arrivals(self) -> list[Month]:
        """Return the months that have at least one arrival, in order."""
        with self._connection() as connection:
            rows = connection.execute("select distinct month from arrival order by month")
            return [Month.parse(row["month"]) for row in rows]

    def last_readings(self, month: Month) -> dict[int, tuple[str, str, str]]:
        """Return the latest reading of each delivery of a month, by delivery number.

        Each is the hash of the landed rows, the hash of the notes ("" if unknown), and the time.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "select delivery_id, landing_sha256, read_at, content"
                " from reading where reading_id in (select max(reading_id) from reading r"
                " join arrival a using (delivery_id) where a.month = ? group by delivery_id)",
                (str(month),),
            ).fetchall()
        notes = [json.loads(row["content"]).get("notes_sha256") or "" for row in rows]
        return {
            row["delivery_id"]: (row["landing_sha256"], notes_sha256, row["read_at"])
            for row, notes_sha256 in zip(rows, notes, strict=True)
        }

    def versions(self, month: Month, district_id: str, kind: str) -> list[Version]:
        """Return every version that arrived for a month, district and kind, oldest first."""
        with self._connection() as connection:
            rows = connection.execute(
                "select a.*, w.withdrawn_at, (select min(judged_at) from judgement j"
                " where j.delivery_id = a.delivery_id) as first_judged_at,"
                " (select landing_sha256 from reading r where r.delivery_id = a.delivery_id"
                " order by reading_id desc limit 1) as landing_sha256"
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
        """Return by delivery how many rows of each role (title, total …) its reading set aside."""
        with self._connection() as connection:
            rows = connection.execute(
                "select a.delivery_id, r.content from arrival a join reading r using (delivery_id)"
                " where a.month = ? and r.reading_id ="
                " (select max(reading_id) from reading where delivery_id = a.delivery_id)"
                " order by a.delivery_id",
                (str(month),),
            ).fetchall()
        itemised = {row["delivery_id"]: json.loads(row["content"]).get("itemised") for row in rows}
        return {delivery_id: _by_role(items) for delivery_id, items in itemised.items() if items}

    def first_arrivals(self, month: Month) -> dict[tuple[str, str], str]:
        """Return when each (district, kind) first delivered a file that was not withdrawn.

        If every file was withdrawn, the time of the first one.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "select district_id, kind, coalesce("
                "min(arrived_at) filter (where withdrawn_at is null), min(arrived_at))"
                " as first_arrived_at"
                " from arrival left join withdrawal using (delivery_id)"
                " where month = ? group by district_id, kind",
                (str(month),),
            ).fetchall()
        return {(row["district_id"], row["kind"]): row["first_arrived_at"] for row in rows}

    def days_late(self, month: Month) -> dict[tuple[str, str], int | None]:
        """Return how many days late each (district, kind) delivered.

        The first version counts: a correction that we asked for is not late. See
        ``deadlines.days_late``.
        """
        opened_at = self.opened_at()
        return {
            place: days_late(month, datetime.fromisoformat(first), opened_at)
            for place, first in self.first_arrivals(month).items()
        }

    def opened_at(self) -> datetime | None:
        """Return when the first file ever arrived, in UTC; None if there is none."""
        with self._connection() as connection:
            row = connection.execute("select min(arrived_at) as first from arrival").fetchone()
        return datetime.fromisoformat(row["first"]) if row["first"] else None

    def archived_hashes(self) -> set[str]:
        """Return the hash of every file that ever arrived."""
        with self._connection() as connection:
            rows = connection.execute("select parts from arrival").fetchall()
        return {part["sha256"] for row in rows for part in json.loads(row["parts"])}

    def record_reading(
        self, delivery_id: int, reader_version: str, landing_sha256: str, content: dict[str, Any]
    ) -> None:
        """Record the receipt of one reading, unless the same receipt was recorded last."""
        receipt = json.dumps(content, ensure_ascii=False)
        with self._writing() as connection:
            known = _latest_reading(connection, delivery_id, reader_version)
            if known and (known["landing_sha256"], known["content"]) == (landing_sha256, receipt):
                return
            cursor = connection.execute(
                "insert into reading (delivery_id, reader_version, landing_sha256, content,"
                " read_at) values (?, ?, ?, ?, ?) returning reading_id",
                (delivery_id, reader_version, landing_sha256, receipt, now()),
            )
            audit.append(connection, "reading", cursor.fetchone()[0])

    def reading(self, delivery_id: int, reader_version: str) -> tuple[str, dict[str, Any]] | None:
        """Return (landing hash, content) of the last reading by this reader version, or None."""
        with self._connection() as connection:
            row = _latest_reading(connection, delivery_id, reader_version)
        return (row["landing_sha256"], json.loads(row["content"])) if row else None


def is_of(latest: Arrival, sha256: str, parts: tuple[DeliveredFile, ...]) -> bool:
    """Whether an arrival has these bytes, in files that say they are the same parts."""
    return latest.sha256 == sha256 and _roles(latest.parts) == _roles(parts)


def _roles(parts: tuple[DeliveredFile, ...]) -> list[tuple[str, int, int]]:
    return sorted((part.sha256, part.part or 0, part.of or 0) for part in parts)


def _stated(part: DeliveredFile) -> dict[str, Any]:
    """Return what is kept of a file; one that is no part says nothing of parts."""
    return {name: value for name, value in vars(part).items() if value is not None}


def _latest_reading(connection: Connection, delivery_id: int, reader_version: str) -> Any:
    return connection.execute(
        "select landing_sha256, content from reading"
        " where delivery_id = ? and reader_version = ? order by reading_id desc limit 1",
        (delivery_id, reader_version),
    ).fetchone()


def _by_role(items: list[dict[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in items:
        counts[item["role"]] = counts.get(item["role"], 0) + item["count"]
    return counts
