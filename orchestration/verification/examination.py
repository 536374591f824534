"""Runs all checks in order: first what cannot be made again, then what is derived from it.

The caller holds the locks of a run, because a run changes the files. Add a new check to
``CHECKS``.
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
    """Check everything stored, or one month; return what was found.

    Returns a single damage if the ledger cannot be opened, since every check needs it. With
    ``shows_change`` releases are reproduced even if another version of the code made them.
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
        # a damaged ledger row must not stop the other checks
        with examination.catching(_of_ledger(f"{check.__name__} could not be done")):
            check(examination)
    if month is None:
        examine_strays(examination)
    return examination


def _examine_audit(examination: Examination) -> None:
    """Verify the chain of the audit log, and the hashes noted in published files."""
    with examination.catching(_of_ledger("audit log")):
        heads = known_heads(examination.settings)
        report = examination.ledger.verify_audit(heads)
        examination.checked_count += report.entry_count
        for fault in report.faults:
            examination.report(_of_ledger(fault))


def _of_ledger(detail: str) -> Damage:
    return Damage(
        "记录库 ledger",
        "ledger.sqlite",
        Fault.DIFFERS,
        Remedy.BACKUP,
        "审计日志 the audit log and what it proves",
        detail=detail,
    )
