"""The ledger's tables of judgements: the states and verdicts of each district and month.

Add a query about verdicts or accepted rows here; arrivals are in ``arrivals``.
"""

from __future__ import annotations

import json

from orchestration.reference.months import Month
from orchestration.store import audit
from orchestration.store.ledger_database import LedgerDatabase, now
from orchestration.store.records import AcceptedFile, JudgedFile, Judgement, StoredFile
from orchestration.store.rows import judgement_record


class Judgements(LedgerDatabase):
    """The tables ``judgement`` and ``verdict``."""

    def record_judgements(self, judgements: list[Judgement]) -> None:
        """Record a district's judgements of one month in one transaction."""
        with self._writing() as connection:
            for judgement in judgements:
                cursor = connection.execute(
                    "insert into judgement (month, district_id, kind, delivery_id, fingerprint,"
                    " state, as_at, row_count, accepted_count, quarantined_count, itemised_count,"
                    " files, judged_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    " returning judgement_id",
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
                        now(),
                    ),
                )
                judgement_id = cursor.fetchone()[0]
                connection.executemany(
                    "insert into verdict values (?, ?, ?, ?, ?, ?, ?, ?)",
                    [(judgement_id, *vars(verdict).values()) for verdict in judgement.verdicts],
                )
                audit.append(connection, "judgement", judgement_id)

    def judgements(self, month: Month, district_id: str | None = None) -> list[Judgement]:
        """Return the latest judgement of each district and kind of a month (or one district)."""
        with self._connection() as connection:
            rows = connection.execute(
                "select * from judgement where judgement_id in (select max(judgement_id)"
                " from judgement where month = ? and ? in (district_id, '')"
                " group by district_id, kind) order by judgement_id",
                (str(month), district_id or ""),
            ).fetchall()
            return [judgement_record(connection, row) for row in rows]

    def former_judgements(self, month: Month) -> list[Judgement]:
        """Return the last judgement of each replaced version of the month's deliveries.

        Neither the current version nor withdrawn ones are among them.
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
        """Return a district's accepted rows of the months from ``first`` until before ``month``."""
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

    def files(self, month: Month, name: str) -> list[StoredFile]:
        """Return the files of this name in the month's latest judgements, ordered by district."""
        with self._connection() as connection:
            rows = connection.execute(
                "select files from judgement where judgement_id in (select max(judgement_id)"
                " from judgement where month = ? group by district_id, kind)"
                " order by district_id, kind",
                (str(month),),
            ).fetchall()
        named = [json.loads(row["files"]).get(name) for row in rows]
        return [StoredFile(**file) for file in named if file]

    def judged_files(self, month: Month) -> list[JudgedFile]:
        """Return every file that judgements of the month wrote; of equal paths the last one.

        The files of a delivery's latest judgement are in use; others are left from earlier ones.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "select district_id, kind, delivery_id, files, judged_at, judgement_id = max("
                " judgement_id) over (partition by district_id, kind, delivery_id) as is_last"
                " from judgement where month = ? order by judgement_id",
                (str(month),),
            ).fetchall()
        by_path = {}
        for row in rows:
            for name, file in json.loads(row["files"]).items():
                by_path[file["path"]] = JudgedFile(
                    month=month,
                    district_id=row["district_id"],
                    kind=row["kind"],
                    delivery_id=row["delivery_id"],
                    name=name,
                    file=StoredFile(**file),
                    judged_at=row["judged_at"],
                    is_in_use=bool(row["is_last"]),
                )
        return list(by_path.values())

    def months(self) -> list[Month]:
        """Return the months that have at least one judgement, in order."""
        with self._connection() as connection:
            rows = connection.execute(
                "select distinct month from judgement order by month"
            ).fetchall()
        return [Month.parse(row["month"]) for row in rows]
