"""Judgements of what is not there: kinds that are owed and were not delivered.

Every rule of such a kind has a verdict all the same, and it is never a pass. What lies there is
judged in ``within_delivery``.
"""

from __future__ import annotations

from expectations.rule_files import load_rulebooks
from orchestration.judgement.judged_rules import not_applicable
from orchestration.reference.contracts import kinds_of
from orchestration.reference.months import Month
from orchestration.store.records import Judgement, Verdict


def missing_judgements(
    month: Month, district_id: str, delivered: set[str], fingerprint: str
) -> list[Judgement]:
    """Return the judgements of the kinds a district owes but has not delivered."""
    return [
        empty_judgement(
            month,
            district_id,
            kind,
            fingerprint,
            "missing",
            tuple(not_applicable(list(load_rulebooks()[kind].rules), "本月未报送")),
        )
        for kind in kinds_of(district_id)
        if kind not in delivered
    ]


def empty_judgement(
    month: Month,
    district_id: str,
    kind: str,
    fingerprint: str,
    state: str,
    verdicts: tuple[Verdict, ...],
) -> Judgement:
    """Return a judgement that counts no row and keeps no file."""
    return Judgement(
        month=month,
        district_id=district_id,
        kind=kind,
        delivery_id=None,
        fingerprint=fingerprint,
        state=state,
        as_at=None,
        row_count=None,
        accepted_count=None,
        quarantined_count=None,
        itemised_count=None,
        files={},
        verdicts=verdicts,
    )
