"""The ledger's table of drawn samples: the frame, the seed, and the file with the rows.

A sample cannot be drawn again once a district has redelivered its building ledger. So the draw is
recorded here, and its rows are kept as a Parquet file whose hash is in the record.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from orchestration.reference.months import Month
from orchestration.store import audit
from orchestration.store.ledger_database import LedgerDatabase, now
from orchestration.store.records import StoredFile


@dataclass(frozen=True)
class Sample:
    """One draw. ``absent`` are the districts without a building ledger; ``drawn_at`` is UTC.

    ``drawn_by`` is None for draws from before it was recorded, ``approved_by`` if nobody else
    approved.
    """

    sample_id: int
    month: Month
    size: int
    seed: int
    frame_sha256: str
    frame_count: int
    absent: tuple[str, ...]
    file: StoredFile
    drawn_at: str
    drawn_by: str | None = None
    approved_by: str | None = None


class Samples(LedgerDatabase):
    """The table ``sample``; the latest draw of a month counts."""

    def record_sample(
        self,
        month: Month,
        *,
        size: int,
        seed: int,
        frame_sha256: str,
        frame_count: int,
        absent: tuple[str, ...],
        file: StoredFile,
        drawn_by: str | None = None,
        approved_by: str | None = None,
    ) -> Sample:
        """Record a draw and return it."""
        with self._writing() as connection:
            cursor = connection.execute(
                "insert into sample (month, size, seed, frame_sha256, frame_count, absent, file,"
                " drawn_at, drawn_by, approved_by) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " returning *",
                (
                    str(month),
                    size,
                    seed,
                    frame_sha256,
                    frame_count,
                    json.dumps(absent),
                    json.dumps(vars(file)),
                    now(),
                    drawn_by,
                    approved_by,
                ),
            )
            sample = _sample(cursor.fetchone())
            audit.append(connection, "sample", sample.sample_id)
            return sample

    def sample_of(self, month: Month) -> Sample | None:
        """Return the sample drawn from a month's building ledgers, or None."""
        return self._latest("month = ?", month)

    def sample_for(self, month: Month) -> Sample | None:
        """Return the sample that a month's inspection uses: the latest up to that month."""
        return self._latest("month <= ?", month)

    def samples(self) -> list[Sample]:
        """Return every draw, including replaced ones."""
        with self._connection() as connection:
            rows = connection.execute("select * from sample order by sample_id").fetchall()
        return [_sample(row) for row in rows]

    def _latest(self, condition: str, month: Month) -> Sample | None:
        with self._connection() as connection:
            row = connection.execute(
                f"select * from sample where {condition}"  # noqa: S608 - our own two conditions
                " order by month desc, sample_id desc limit 1",
                (str(month),),
            ).fetchone()
        return _sample(row) if row else None


def _sample(row: Any) -> Sample:
    return Sample(
        sample_id=row["sample_id"],
        month=Month.parse(row["month"]),
        size=row["size"],
        seed=row["seed"],
        frame_sha256=row["frame_sha256"],
        frame_count=row["frame_count"],
        absent=tuple(json.loads(row["absent"])),
        file=StoredFile(**json.loads(row["file"])),
        drawn_at=row["drawn_at"],
        drawn_by=row["drawn_by"],
        approved_by=row["approved_by"],
    )
