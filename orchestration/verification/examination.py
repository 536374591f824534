"""Everything stored, looked at in order: from what nothing can make again to what is made of it.

The caller holds the locks that a run holds: while a month is computed nothing is as it was.
"""

from __future__ import annotations

from orchestration.publication.release.audit_heads import known_heads
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.verification.damage import Check, Damage, Examination, Fault, Remedy
from orchestration.verification.ledgers import examine_ledger, examine_name_key, open_ledger
from orchestration.verification.published import (
    examine_identifiers,
    examine_lookups,
    examine_public_files,
    examine_statistics,
    examine_warehouse,
)
from orchestration.verification.releases import examine_releases
from orchestration.verification.stored_rows import (
    examine_archive,
    examine_judgements,
    examine_matching,
    examine_samples,
)
from orchestration.verification.strays import examine_strays

CHECKS: tuple[Check, ...] = (
    examine_name_key,
    examine_archive,
    examine_judgements,
    examine_samples,
    examine_matching,
    examine_releases,
    examine_public_files,
    examine_warehouse,
    examine_statistics,
    examine_identifiers,
    examine_lookups,
)


def examine(
    settings: Settings, month: Month | None = None, *, shows_change: bool = False
) -> Examination | Damage:
    """Look at everything stored, or at what belongs to one month; return what was found.

    Just one damage if the ledger cannot be opened: nothing can be held against it then. With
    ``shows_change`` releases are made again also where other code made them.
    """
    ledger = open_ledger(settings)
    if isinstance(ledger, Damage):
        return ledger
    if ledger is None:
        ledger = Ledger(settings.ledger)
    examination = Examination(settings, ledger, month, shows_change)
    examine_ledger(examination)
    _examine_audit(examination)
    for check in CHECKS:
        # a damaged row of the ledger must not hide what the other looks find
        with examination.reading(_of_ledger(f"{check.__name__} could not be done")):
            check(examination)
    if month is None:
        examine_strays(examination)
    return examination


def _examine_audit(examination: Examination) -> None:
    """Follow the chain of the audit log, also against the heads noted elsewhere."""
    with examination.reading(_of_ledger("audit log")):
        heads = known_heads(examination.settings)
        report = examination.ledger.verify_audit(heads)
        examination.checked_count += report.entry_count
        for fault in report.faults:
            examination.tell(_of_ledger(fault))


def _of_ledger(detail: str) -> Damage:
    return Damage(
        "台账 ledger",
        "ledger.sqlite",
        Fault.DIFFERS,
        Remedy.BACKUP,
        "审计日志 the audit log and what it proves",
        detail=detail,
    )
