"""Turns rows of the ledger's tables into the classes of ``records``.

Change a function here together with the table in ``migrations``. The queries are in the modules
of the tables.
"""

from __future__ import annotations

import json
from typing import Any

from orchestration.reference.months import Month
from orchestration.store.databases.connection import Connection
from orchestration.store.records import Arrival, DeliveredFile, Judgement, StoredFile, Verdict


def arrival_record(row: Any) -> Arrival:
    """Return an arrival from a row of the table ``arrival``."""
    return Arrival(
        delivery_id=row["delivery_id"],
        month=Month.parse(row["month"]),
        district_id=row["district_id"],
        kind=row["kind"],
        version=row["version"],
        file_name=row["file_name"],
        sha256=row["sha256"],
        size=row["size"],
        parts=tuple(DeliveredFile(**part) for part in json.loads(row["parts"])),
        arrived_at=row["arrived_at"],
    )


def latest_judgement(connection: Connection, delivery_id: int) -> Judgement | None:
    """Return the latest judgement of a delivery, or None if it was never judged."""
    row = connection.execute(
        "select * from judgement where delivery_id = ? order by judgement_id desc limit 1",
        (delivery_id,),
    ).fetchone()
    return judgement_record(connection, row) if row else None


def judgement_record(connection: Connection, row: Any) -> Judgement:
    """Return a judgement from a row of the table ``judgement``, with its verdicts."""
    verdicts = connection.execute(
        "select rule_id, dimension, severity, outcome, failing_count, checked_count, reason"
        " from verdict where judgement_id = ? order by rule_id",
        (row["judgement_id"],),
    ).fetchall()
    return Judgement(
        month=Month.parse(row["month"]),
        district_id=row["district_id"],
        kind=row["kind"],
        delivery_id=row["delivery_id"],
        fingerprint=row["fingerprint"],
        state=row["state"],
        as_at=row["as_at"],
        row_count=row["row_count"],
        accepted_count=row["accepted_count"],
        quarantined_count=row["quarantined_count"],
        itemised_count=row["itemised_count"],
        files={name: StoredFile(**file) for name, file in json.loads(row["files"]).items()},
        verdicts=tuple(Verdict(**dict(verdict)) for verdict in verdicts),
    )
