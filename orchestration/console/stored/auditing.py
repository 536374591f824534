"""``fangan audit verify``: checks that the audit log is complete and unchanged.

The chain itself is in ``store.audit``.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.output import Record
from orchestration.publication.release.audit_heads import (
    Noted,
    NothingNotedError,
    known_heads,
    noted_in,
    unknown_manifests,
)
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


def verify_audit(settings: Settings, against: Path | None) -> Record:
    """Verify the audit log, also against every place that noted one of its hashes.

    ``against`` is a file that somebody kept; raises click.UsageError if it contains no hash.
    """
    ledger = Ledger(settings.ledger)
    try:
        noted = noted_in(against) if against else Noted()
    except NothingNotedError as error:
        raise click.UsageError(str(error)) from error
    report = ledger.verify_audit(known_heads(settings) | noted.heads)
    faults = [*report.faults, *unknown_manifests(ledger, noted)]
    return {"entry_count": report.entry_count, "head": report.head, "faults": faults}


def show_audit(report: Record) -> None:
    """Print the state of the audit log and every fault."""
    found = f"{len(report['faults'])} 处异常" if report["faults"] else "完整，未被改动"
    click.echo(f"审计日志 {report['entry_count']} 条：{found}；末条 {report['head']}")
    for fault in report["faults"]:
        click.echo(f"  {fault}")
