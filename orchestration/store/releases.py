"""Releases: the numbered vintages of a month's figures, and the decisions about them.

A decision (release, erratum, withdrawal, unlocking) is a row that is never changed. The state of
a month follows from its decisions in order and from nothing else. The rows of a release are named
by its manifest, whose hash is recorded here; publishing them is in ``publication``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from orchestration.reference.months import Month
from orchestration.reference.vocabulary import REVISION_REASONS
from orchestration.store import audit
from orchestration.store.ledger_database import LedgerDatabase, now

Action = Literal["release", "erratum", "withdraw", "unlock"]
Status = Literal["provisional", "final"]


class DecisionRefusedError(ValueError):
    """A decision that earlier decisions of the month do not allow; the message says why."""


@dataclass(frozen=True)
class Decision:
    """One decision about a month. ``decided_at`` has a time zone.

    For a release ``vintage`` is its number, ``status`` provisional or final, ``manifest_sha256``
    the hash of the manifest that names its rows, and ``accepted_differences`` are the differences
    between ledger and report that the reviewer accepted. For other actions ``vintage`` is the
    release they are about. ``approved_by`` is a second person, if one was needed.
    ``decision_id`` is None until it is recorded.
    """

    month: Month
    vintage: int
    action: Action
    decided_at: datetime
    note: str
    decided_by: str
    reason_code: str | None = None
    status: Status | None = None
    manifest_sha256: str | None = None
    accepted_differences: tuple[dict[str, str], ...] = ()
    approved_by: str | None = None
    decision_id: int | None = None


@dataclass(frozen=True)
class Vintage:
    """One release, and whether it was withdrawn later."""

    release: Decision
    withdrawn_at: datetime | None

    @property
    def month(self) -> Month:
        """The month of its figures."""
        return self.release.month

    @property
    def number(self) -> int:
        """Its number: 1 for a month's first release."""
        return self.release.vintage

    @property
    def status(self) -> str:
        """Provisional, final or withdrawn."""
        return "withdrawn" if self.withdrawn_at else str(self.release.status)


@dataclass(frozen=True)
class ReleaseState:
    """The state of a month's releases: its decisions, oldest first."""

    month: Month
    decisions: tuple[Decision, ...] = ()

    @property
    def vintages(self) -> tuple[Vintage, ...]:
        """Every release, oldest first."""
        withdrawn = {d.vintage: d.decided_at for d in self.decisions if d.action == "withdraw"}
        return tuple(
            Vintage(decision, withdrawn.get(decision.vintage))
            for decision in self.decisions
            if decision.action == "release"
        )

    @property
    def shown(self) -> Vintage | None:
        """The vintage that is published; None while each run publishes its own as vintage 0."""
        for decision in reversed(self.decisions):
            if decision.action in ("release", "unlock"):
                return self.vintages[-1] if decision.action == "release" else None
        return None

    def vintage(self, number: int) -> Vintage | None:
        """Return the release with this number, or None."""
        return next((vintage for vintage in self.vintages if vintage.number == number), None)

    def refusal(self, decision: Decision) -> str | None:
        """Return why the decision cannot be made now, in Chinese and English, or None."""
        last = self.vintages[-1] if self.vintages else None
        if not decision.note.strip():
            return "须写明说明。A note is needed: --note TEXT"
        if self.decisions and decision.decided_at < self.decisions[-1].decided_at:
            return (
                f"时间早于该月上一项决定（{self.decisions[-1].decided_at.isoformat()}）。"
                "The time is earlier than the month's last decision."
            )
        if decision.action == "release":
            return _release_refusal(decision, last)
        if last is None:
            return f"{self.month}尚未发布过。Not released yet: fangan release {self.month}"
        if decision.action == "unlock" and self.shown is None:
            return f"{self.month}没有锁定，各次运行直接发布。The month is not locked."
        if decision.action != "unlock" and last.withdrawn_at:
            return f"第{last.number}版已撤回。Vintage {last.number} was withdrawn before."
        return None


def _release_refusal(decision: Decision, last: Vintage | None) -> str | None:
    number = last.number + 1 if last else 1
    if decision.vintage != number:
        return f"下一版应为第{number}版。The next vintage must be {number}, not {decision.vintage}."
    if last is None:
        return None
    if decision.reason_code is None:
        codes = "、".join(f"{code}（{name}）" for code, name in REVISION_REASONS.items())
        return f"修订须注明原因代码。A revision needs a reason: --reason CODE, one of {codes}"
    return None


class Releases(LedgerDatabase):
    """The ledger's table of release decisions, and its audit log."""

    def release_states(self, until: int | None = None) -> dict[Month, ReleaseState]:
        """Return the state of each month that has a decision, in order.

        With ``until``, the state right after that decision.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "select * from release_decision where decision_id <= coalesce(?, decision_id)"
                " order by month, decision_id",
                (until,),
            ).fetchall()
        by_month: dict[Month, list[Decision]] = {}
        for row in rows:
            by_month.setdefault(Month.parse(row["month"]), []).append(_decision(row))
        return {month: ReleaseState(month, tuple(made)) for month, made in by_month.items()}

    def release_state(self, month: Month) -> ReleaseState:
        """Return the state of a month; without decisions if there are none."""
        with self._connection() as connection:
            return _release_state(connection, month)

    def decide(self, decision: Decision) -> ReleaseState:
        """Record a decision and return the state of the month after it.

        Raises DecisionRefusedError if earlier decisions do not allow it.
        """
        with self._writing() as connection:
            state = _release_state(connection, decision.month)
            refusal = state.refusal(decision)
            if refusal:
                raise DecisionRefusedError(refusal)
            cursor = connection.execute(
                "insert into release_decision (month, vintage, action, status, decided_at,"
                " reason_code, note, decided_by, manifest_sha256, accepted_differences,"
                " approved_by)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning decision_id",
                (
                    str(decision.month),
                    decision.vintage,
                    decision.action,
                    decision.status,
                    decision.decided_at.astimezone(UTC).isoformat(timespec="seconds"),
                    decision.reason_code,
                    decision.note,
                    decision.decided_by,
                    decision.manifest_sha256,
                    json.dumps(decision.accepted_differences, ensure_ascii=False),
                    decision.approved_by,
                ),
            )
            audit.append(connection, "release_decision", cursor.fetchone()[0])
            return _release_state(connection, decision.month)

    def unsettled(self) -> list[Decision]:
        """Return the decisions whose follow-up work (files, pages) may be incomplete, in order."""
        with self._connection() as connection:
            rows = connection.execute(
                "select * from release_decision where decision_id not in"
                " (select decision_id from settlement) order by decision_id"
            ).fetchall()
        return [_decision(row) for row in rows]

    def settle(self, month: Month) -> None:
        """Record that the follow-up work of all decisions of a month is done."""
        with self._writing() as connection:
            connection.execute(
                "insert into settlement select decision_id, ? from release_decision"
                " where month = ? and decision_id not in (select decision_id from settlement)",
                (now(), str(month)),
            )

    def entry_of(self, decision: Decision) -> audit.AuditEntry:
        """Return the audit entry of a recorded decision; raise LookupError if there is none."""
        assert decision.decision_id is not None  # only what is recorded has an entry
        with self._connection() as connection:
            return audit.entry_of(connection, "release_decision", decision.decision_id)

    def audit_head(self) -> str:
        """Return the last hash of the audit log."""
        with self._connection() as connection:
            return audit.head(connection)

    def verify_audit(self, known_heads: dict[str, str]) -> audit.AuditReport:
        """Verify the whole audit log; see ``audit.verify``."""
        with self._connection() as connection:
            return audit.verify(connection, known_heads)


def has_unsettled(place: Path | str) -> bool:
    """Whether the ledger at ``place`` has a decision that is not settled; never migrates a file.

    False for a ledger that is missing, has older tables, or may not be read.
    """
    if isinstance(place, str):
        return bool(Releases(place).unsettled())
    if not place.exists():
        return False
    try:
        with closing(sqlite3.connect(place)) as connection:
            row = connection.execute(
                "select exists (select * from release_decision where decision_id not in"
                " (select decision_id from settlement))"
            ).fetchone()
    except sqlite3.Error:
        return False
    return bool(row[0])


def _release_state(connection: Any, month: Month) -> ReleaseState:
    rows: Sequence[Any] = connection.execute(
        "select * from release_decision where month = ? order by decision_id", (str(month),)
    ).fetchall()
    return ReleaseState(month, tuple(_decision(row) for row in rows))


def _decision(row: Any) -> Decision:
    return Decision(
        month=Month.parse(row["month"]),
        vintage=row["vintage"],
        action=row["action"],
        decided_at=datetime.fromisoformat(row["decided_at"]),
        note=row["note"],
        decided_by=row["decided_by"],
        reason_code=row["reason_code"],
        status=row["status"],
        manifest_sha256=row["manifest_sha256"],
        accepted_differences=tuple(json.loads(row["accepted_differences"])),
        approved_by=row["approved_by"],
        decision_id=row["decision_id"],
    )
