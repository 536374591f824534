"""The check whether a backup of the home is there and young enough.

Who is told of an overdue one is said in ``messages``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orchestration.choices import ConfigurationError
from orchestration.console.health.findings import fault, note, ok
from orchestration.console.health.stored import open_ledger
from orchestration.console.output import Record
from orchestration.messages.configuration import load_configuration
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings

_BACKUP = "backup"


def backup(settings: Settings) -> Record:
    """Whether the last backup is young enough, by the rule of ``messages.toml``."""
    ledger = open_ledger(settings)
    opened_at = ledger.opened_at() if ledger else None
    if ledger is None or opened_at is None:
        return ok(_BACKUP, "there is nothing to back up yet")
    try:
        days = load_configuration(settings.messages).rules.backup_every_days
    except ConfigurationError:
        days = 0  # said by ``telling.channels``
    last = ledger.last_backup()
    if last is None:
        return note(_BACKUP, "never made", "fangan backup FOLDER, on another disk")
    at = f"{last.finished_at.astimezone(SUZHOU):%Y-%m-%d %H:%M}"
    if days and datetime.now(UTC) - last.finished_at > timedelta(days=days):
        return fault(
            _BACKUP,
            f"the last is of {at}, one in {days} days is wanted",
            f"fangan backup {last.folder}",
        )
    if not last.is_complete:
        detail = f"{last.name} of {at} lacks something"
        return note(_BACKUP, detail, f"fangan backup {last.folder} --wait 30m")
    return ok(_BACKUP, f"{last.folder}/{last.name} of {at}")
