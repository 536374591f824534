"""The records the ledger keeps: arrivals, verdicts, judgements, and the files they name.

Plain and frozen; add a field here together with its column in ``schema.sql``.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.months import Month


@dataclass(frozen=True)
class DeliveredFile:
    """One file of an arrival: its name as delivered and the hash of its bytes."""

    file_name: str
    sha256: str


@dataclass(frozen=True)
class Arrival:
    """One delivery: normally one file; several where they stood there at once and collide."""

    delivery_id: int
    month: Month
    district_id: str
    kind: str
    version: int
    file_name: str
    sha256: str
    size: int
    parts: tuple[DeliveredFile, ...]
    arrived_at: str


@dataclass(frozen=True)
class Verdict:
    """What one rule said of one delivery."""

    rule_id: str
    dimension: str
    severity: str
    outcome: str
    failing_count: int | None
    checked_count: int | None
    reason: str | None


@dataclass(frozen=True)
class StoredFile:
    """A Parquet of a judgement: its path below the home and the hash of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True)
class AcceptedFile:
    """The accepted rows of one kind of one district in one month."""

    month: Month
    kind: str
    file: StoredFile


@dataclass(frozen=True)
class Judgement:
    """What became of one kind of one district in one month, with its verdicts."""

    month: Month
    district_id: str
    kind: str
    delivery_id: int | None
    fingerprint: str
    state: str
    as_at: str | None
    row_count: int | None
    accepted_count: int | None
    quarantined_count: int | None
    itemised_count: int | None
    files: dict[str, StoredFile]
    verdicts: tuple[Verdict, ...]
