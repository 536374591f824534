"""The ledger: one small database that says what arrived and what became of it.

Dagster's database is a log and may be lost; this one may not. Rows are only added; "current"
always means the latest row. Add a table for facts that cannot be recomputed from the archive (an
arrival, a decision, a release), as a class in its own module, combined here. The rows of
deliveries stay out: they are Parquet files.
"""

from __future__ import annotations

from datetime import datetime

from orchestration.reference.months import Month
from orchestration.store import audit
from orchestration.store.arrivals import Arrivals
from orchestration.store.backups import Backups
from orchestration.store.delivery_history import DeliveryHistory
from orchestration.store.judgements import Judgements
from orchestration.store.ledger_file import now
from orchestration.store.public_files import PublicFiles
from orchestration.store.releases import Releases
from orchestration.store.samples import Samples


class Ledger(Arrivals, Backups, DeliveryHistory, Judgements, PublicFiles, Releases, Samples):
    """Reads and appends to ``ledger.sqlite``; each public method is one transaction."""

    def record_publication(self, month: Month, fingerprint: str) -> None:
        """Record that a month was published, with the fingerprint of what it was made from."""
        with self._connection() as connection:
            cursor = connection.execute(
                "insert into publication (month, fingerprint, published_at) values (?, ?, ?)",
                (str(month), fingerprint, now()),
            )
            assert cursor.lastrowid is not None  # a row was inserted
            audit.append(connection, "publication", cursor.lastrowid)

    def published_fingerprint(self, month: Month) -> str | None:
        """Return the fingerprint of the month's last publication, or None."""
        with self._connection() as connection:
            row = connection.execute(
                "select fingerprint from publication where month = ?"
                " order by publication_id desc limit 1",
                (str(month),),
            ).fetchone()
        return row["fingerprint"] if row else None

    def facts_of(self, month: Month) -> tuple[str, str]:
        """Return what the ledger knows that a month depends on, and what became of the month.

        Two short texts, each of which changes with every such fact. They say that something has
        changed at the cost of one query, not what.
        """
        with self._connection() as connection:
            row = connection.execute(
                "select (select max(judgement_id) from judgement where month < :month) as earlier,"
                " (select count(*) from withdrawal) as withdrawals,"
                " (select max(decision_id) from release_decision) as decisions,"
                " (select max(sample_id) from sample) as samples,"
                " (select max(decision_id) from match_decision) as answers,"
                " (select max(delivery_id) from arrival where month = :month) as arrivals,"
                " (select max(judgement_id) from judgement where month = :month) as judgements,"
                " (select max(publication_id) from publication where month = :month) as published",
                {"month": str(month)},
            ).fetchone()
        return repr(tuple(row)[:5]), repr(tuple(row)[5:])

    def last_match_decision(self) -> int | None:
        """Return the number of the last clerk's answer on a pair; each new answer has a new one."""
        with self._connection() as connection:
            row = connection.execute("select max(decision_id) as last from match_decision")
            last: int | None = row.fetchone()["last"]
        return last

    def is_published_since_judged(self, month: Month) -> bool:
        """Whether a month was published after it and the month before it were last judged."""
        with self._connection() as connection:
            row = connection.execute(
                "select (select max(published_at) from publication where month = ?)"
                " >= (select max(judged_at) from judgement where month in (?, ?)) as is_since",
                (str(month), str(month), str(month.previous)),
            ).fetchone()
        return bool(row["is_since"])

    def first_published_at(self, month: Month) -> datetime | None:
        """Return when a month was first published, in UTC; None if it never was."""
        with self._connection() as connection:
            row = connection.execute(
                "select min(published_at) as first from publication where month = ?", (str(month),)
            ).fetchone()
        return datetime.fromisoformat(row["first"]) if row["first"] else None

    def record_name_key(self, sha256: str) -> None:
        """Record the hash of the key for masking names, before the key file is written."""
        with self._connection() as connection:
            connection.execute(
                "insert into name_key (sha256, made_at) values (?, ?)", (sha256, now())
            )

    def name_key_sha256(self) -> str | None:
        """Return the hash of the latest key for masking names, or None."""
        with self._connection() as connection:
            row = connection.execute(
                "select sha256 from name_key order by key_id desc limit 1"
            ).fetchone()
        return row["sha256"] if row else None
