"""The ledger's records of drawn samples: from which frame, with which seed, and where the rows lie.

A sample cannot be made again once its month's ledgers have been delivered anew, so the fact is
kept beside arrivals and judgements, and the rows as a Parquet whose hash stands here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from orchestration.reference.months import Month
from orchestration.store import audit
from orchestration.store.ledger_file import LedgerFile, now
from orchestration.store.records import StoredFile


@dataclass(frozen=True)
class Sample:
    """One draw. ``absent`` are the districts without a ledger; ``drawn_at`` is UTC.

    ``drawn_by`` is None of a draw from before it was recorded, ``approved_by`` without a second
    person.
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


class Samples(LedgerFile):
    """The ledger's part about samples; the latest draw of a month is the one that counts."""

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
        with self._connection() as connection:
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
        """Return the sample drawn from a month's ledgers, or None."""
        return self._latest("month = ?", month)

    def sample_for(self, month: Month) -> Sample | None:
        """Return the sample that a month's inspection follows: the last of it or earlier months."""
        return self._latest("month <= ?", month)

    def samples(self) -> list[Sample]:
        """Return every draw, also those that a later one took the place of."""
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
