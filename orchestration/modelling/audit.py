"""The audit between building and publishing: may this month be shown.

Stops what would be our own fault: rows that went astray, a rule that could not be asked or was
forgotten. A district's failing verdicts never stop a publication. dbt's tests, which run
before, guard the figures themselves.
"""

from __future__ import annotations

from expectations.rule_files import load_rulebooks
from orchestration.reference.districts import CITY_ID, reporting_districts
from orchestration.reference.months import Month
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement


class AuditError(RuntimeError):
    """The month may not be published; the message lists every reason."""


def audit_month(ledger: Ledger, month: Month) -> None:
    """Raise AuditError unless every row and every rule of the month is accounted for."""
    faults = audit_faults(ledger, month)
    if faults:
        raise AuditError(f"{month} is not published: " + "; ".join(faults))


def audit_faults(ledger: Ledger, month: Month) -> list[str]:
    """Return why the month may not be published, a reason a row or rule; empty if it may."""
    judgements = ledger.judgements(month)
    return [
        *_unjudged(month, judgements),
        *(fault for judgement in judgements for fault in _faults(judgement)),
    ]


def _unjudged(month: Month, judgements: list[Judgement]) -> list[str]:
    judged = {judgement.district_id for judgement in judgements}
    expected = [district.district_id for district in reporting_districts(month)] + [CITY_ID]
    return [
        f"{district_id} was not judged" for district_id in expected if district_id not in judged
    ]


def _faults(judgement: Judgement) -> list[str]:
    place = f"{judgement.district_id} {judgement.kind}"
    faults = []
    if not judgement.is_conserved:
        faults.append(f"{place}: {judgement.row_count} rows delivered, {judgement.kept_rows} kept")
    asked = {verdict.rule_id for verdict in judgement.verdicts}
    faults += [
        f"{place}: rule {rule.id} has no verdict"
        for rule in load_rulebooks()[judgement.kind].rules
        if rule.id not in asked
    ]
    faults += [
        f"{place}: rule {verdict.rule_id} could not be asked: {verdict.reason}"
        for verdict in judgement.verdicts
        if verdict.outcome == "error"
    ]
    return faults
