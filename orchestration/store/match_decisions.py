"""Clerks' decisions on pairs of a building code and a door plate: who, when, and what.

In the ledger's file, since they cannot be recomputed; rows are added, never changed, and the
latest one on a pair holds. Showing pairs to clerks and reading their answers is elsewhere.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from orchestration.store.ledger_file import LedgerFile, now

SAME, DIFFERENT, UNCLEAR = "same", "different", "unclear"


@dataclass(frozen=True)
class MatchDecision:
    """One answer: whether a code stands at a plate, by whom and on which day (ISO)."""

    building_code: str
    doorplate_code: str
    verdict: str
    decided_by: str
    decided_on: str
    note: str | None = None


class MatchDecisions(LedgerFile):
    """Reads and appends to the table ``match_decision``; each method is one transaction."""

    def record(self, decisions: list[MatchDecision]) -> int:
        """Add the decisions that say something new, all or none; return how many those are."""
        with self._connection() as connection:
            connection.execute("begin immediate")
            known = self._latest(connection)
            new = [
                decision
                for decision in decisions
                if known.get((decision.building_code, decision.doorplate_code))
                != (decision.verdict, decision.decided_by, decision.decided_on)
            ]
            connection.executemany(
                "insert into match_decision (building_code, doorplate_code, verdict, decided_by,"
                " decided_on, note, recorded_at) values (?, ?, ?, ?, ?, ?, ?)",
                [(*vars(decision).values(), now()) for decision in new],
            )
            return len(new)

    @staticmethod
    def _latest(connection: sqlite3.Connection) -> dict[tuple[str, str], tuple[str, str, str]]:
        rows = connection.execute(
            "select building_code, doorplate_code, verdict, decided_by, decided_on"
            " from match_decision where decision_id in (select max(decision_id)"
            " from match_decision group by building_code, doorplate_code)"
            " order by decision_id"
        ).fetchall()
        return {(code, plate): (verdict, by, on) for code, plate, verdict, by, on in rows}

    def binding(self) -> list[tuple[str, str, str]]:
        """Return (code, plate, verdict) of what holds: same or different, one same a code.

        An answer of unclear binds nothing; of two plates called the same the later answer holds.
        """
        with self._connection() as connection:
            latest = self._latest(connection)
        same = {code: plate for (code, plate), (verdict, *_) in latest.items() if verdict == SAME}
        return sorted(
            (code, plate, verdict)
            for (code, plate), (verdict, *_) in latest.items()
            if verdict == DIFFERENT or (verdict == SAME and same[code] == plate)
        )
