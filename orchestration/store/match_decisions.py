"""Clerks' decisions on pairs of a building code and a doorplate: what, by whom, and when.

They cannot be recomputed, so they are in the ledger. Rows are only added; the latest decision on
a pair is valid. Showing pairs to clerks and reading their answers is elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from orchestration.store import audit
from orchestration.store.databases.connection import Connection
from orchestration.store.ledger_database import LedgerDatabase, now

SAME, DIFFERENT, UNCLEAR = "same", "different", "unclear"


@dataclass(frozen=True)
class MatchDecision:
    """One answer: whether a building has a doorplate, by whom and on which day (ISO)."""

    building_code: str
    doorplate_code: str
    verdict: str
    decided_by: str
    decided_on: str
    note: str | None = None


class MatchDecisions(LedgerDatabase):
    """Reads and appends to the table ``match_decision``; each method is one transaction."""

    def record(self, decisions: list[MatchDecision]) -> int:
        """Add the decisions that change an answer, in one transaction; return their number."""
        with self._writing() as connection:
            known = self._latest(connection)
            new = [decision for decision in decisions if _is_new(decision, known)]
            for decision in new:
                cursor = connection.execute(
                    "insert into match_decision (building_code, doorplate_code, verdict,"
                    " decided_by, decided_on, note, recorded_at) values (?, ?, ?, ?, ?, ?, ?)"
                    " returning decision_id",
                    (*vars(decision).values(), now()),
                )
                audit.append(connection, "match_decision", cursor.fetchone()[0])
            return len(new)

    def latest(self) -> dict[tuple[str, str], MatchDecision]:
        """Return the last answer on each pair by (building code, plate), oldest first."""
        with self._connection() as connection:
            return self._latest(connection)

    @staticmethod
    def _latest(connection: Connection) -> dict[tuple[str, str], MatchDecision]:
        rows = connection.execute(
            "select building_code, doorplate_code, verdict, decided_by, decided_on, note"
            " from match_decision where decision_id in (select max(decision_id)"
            " from match_decision group by building_code, doorplate_code)"
            " order by decision_id"
        ).fetchall()
        return {(row["building_code"], row["doorplate_code"]): MatchDecision(*row) for row in rows}

    def binding(self) -> list[tuple[str, str, str]]:
        """Return the valid (code, plate, verdict): same or different, at most one same per code.

        "Unclear" decides nothing; if two plates were called the same, the later answer is valid.
        """
        latest = self.latest()
        same = {code: plate for (code, plate), last in latest.items() if last.verdict == SAME}
        return sorted(
            (code, plate, last.verdict)
            for (code, plate), last in latest.items()
            if last.verdict == DIFFERENT or (last.verdict == SAME and same[code] == plate)
        )


def _is_new(decision: MatchDecision, known: dict[tuple[str, str], MatchDecision]) -> bool:
    former = known.get((decision.building_code, decision.doorplate_code))
    return former is None or replace(former, note=None) != replace(decision, note=None)
