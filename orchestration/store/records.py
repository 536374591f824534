"""The ledger's record classes: arrivals, verdicts, judgements, and the files they name.

Frozen dataclasses without logic; add a field here together with its column in ``migrations``.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.reference.months import Month


@dataclass(frozen=True)
class DeliveredFile:
    """One file of an arrival: its name as delivered and the hash of its bytes.

    ``part`` is which part of a delivery it says it is, ``of`` how many there are.
    """

    file_name: str
    sha256: str
    part: int | None = None
    of: int | None = None


@dataclass(frozen=True)
class Arrival:
    """One delivery: normally one file; several if they are its parts, or collide."""

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
    """The verdict of one rule on one delivery."""

    rule_id: str
    dimension: str
    severity: str
    outcome: str
    failing_count: int | None
    checked_count: int | None
    reason: str | None

    @property
    def asks_for_action(self) -> bool:
        """Whether somebody must correct something: never for a rule that only informs."""
        return self.outcome == "error" or (self.outcome == "fail" and self.severity != "info")


@dataclass(frozen=True)
class StoredFile:
    """A file of ours: its path below the home and the hash of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True)
class AcceptedFile:
    """The accepted rows of one kind of one district in one month."""

    month: Month
    kind: str
    file: StoredFile


@dataclass(frozen=True)
class JudgedFile:
    """A file that a judgement wrote; ``is_in_use`` if that is the delivery's latest judgement."""

    month: Month
    district_id: str
    kind: str
    delivery_id: int | None
    name: str
    file: StoredFile
    judged_at: str
    is_in_use: bool


@dataclass(frozen=True)
class Judgement:
    """The state of one kind of one district in one month, with row counts and verdicts."""

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

    @property
    def kept_rows(self) -> int:
        """The number of rows accounted for: itemised, accepted or quarantined."""
        parts = (self.itemised_count, self.accepted_count, self.quarantined_count)
        return sum(part or 0 for part in parts)

    @property
    def is_conserved(self) -> bool:
        """Whether every row of the file is accounted for; true if there is no file."""
        return (self.row_count or 0) == self.kept_rows


@dataclass(frozen=True)
class Version:
    """One arrival of a month, district and kind, and what became of it.

    ``judged_at`` is when it was first judged, ``landing_sha256`` the hash of its latest landing,
    ``judgement`` the latest one; each is None if that did not happen.
    """

    arrival: Arrival
    withdrawn_at: str | None
    judged_at: str | None
    landing_sha256: str | None
    judgement: Judgement | None
