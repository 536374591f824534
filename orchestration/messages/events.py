"""What just happened and must be told: a run or a release that ended, a verification, a backup.

The command line and Dagster's sensors call these; each tells the cause or its end, and sends what
waits. None of them raises: a message that cannot be written must not undo what it is about.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from orchestration.messages.causes import Cause
from orchestration.messages.configuration import Configuration
from orchestration.messages.delivery_causes import KEYS as DELIVERY_KEYS
from orchestration.messages.delivery_causes import delivery_causes
from orchestration.messages.outbox import configuration_or_none, tell
from orchestration.messages.reminders import write_reminders
from orchestration.messages.sending import send_waiting
from orchestration.publication.status.facts import month_status
from orchestration.publication.status.page import write_status
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

_LOG = logging.getLogger(__name__)
_REASONS_TOLD = 12
#: Beginnings of the keys of causes told here, which no look finds; it repeats them.
KEYS = ("run/", "release_refused/", "verification/")


def run_ended(settings: Settings, month: Month, now: datetime, fault: str | None) -> None:
    """Tell that a month's run failed, or (without ``fault``) that it ended well.

    ``fault`` names steps and classes of errors, never what an error says: that may be a cell.
    What the run judged is told too; after a failure the status board is drawn again, since nothing
    is published that would.
    """

    def told() -> None:
        failed = [] if fault is None else [_failed_run(month, fault)]
        ledger = Ledger(settings.ledger)
        rules = (configuration_or_none(settings) or Configuration()).rules
        status = month_status(ledger, month, now)
        write_reminders(settings, [status])
        tell(
            settings,
            failed + delivery_causes(ledger, [status], now, rules.remind_for),
            now,
            looked_at=(f"run/{month}", *(f"{key}{month}/" for key in DELIVERY_KEYS)),
        )
        if fault is not None:  # otherwise the bulletin's asset has drawn it
            write_status(settings, ledger, now)
        _send(settings, now)

    _quietly(told)


def _failed_run(month: Month, fault: str) -> Cause:
    return Cause(
        key=f"run/{month}",
        subject=f"【{month}】统计运行失败",
        first_line=(
            f"请查明原因后重跑：fangan month {month}。The last published figures stay in use."
        ),
        body=f"{fault}\nDetails: the run's page in Dagster, or fangan doctor.",
        severity="error",
        audience="engineers",
    )


def release_ended(settings: Settings, month: Month, now: datetime, reasons: Sequence[str]) -> None:
    """Tell that a release was refused for these reasons, or (without any) that it was made."""
    listed = "\n".join(f"· {reason}" for reason in reasons[:_REASONS_TOLD])
    cause = Cause(
        key=f"release_refused/{month}",
        subject=f"【{month}】发布被拒绝 {len(reasons)} 条",
        first_line="请处理下列各条后再发布；数据不全时可作初步数据发布（不加 --final）。",
        body=listed,
    )
    looked_at = (f"release_refused/{month}", f"release_waiting/{month}")

    def told() -> None:
        tell(settings, [cause] if reasons else [], now, looked_at=looked_at[: 1 if reasons else 2])
        _send(settings, now)

    _quietly(told)


def verification_ended(
    settings: Settings, month: Month | None, now: datetime, damaged_count: int
) -> None:
    """Tell that stored files are damaged, or (with 0) that everything examined is whole.

    One month that is whole ends only what was told of that month.
    """
    key = f"verification/{month or 'all'}"
    cause = Cause(
        key=key,
        subject=f"【{month or '平台'}】核验发现 {damaged_count} 处损坏",
        first_line=(
            f"请查看并修复：fangan verify {month or ''} --repair。Stored files are damaged."
        ).replace("  ", " "),
        severity="error",
        audience="engineers",
    )

    def told() -> None:
        looked_at = (key,) if month else ("verification/",)
        tell(settings, [cause] if damaged_count else [], now, looked_at=looked_at)
        _send(settings, now)

    _quietly(told)


def backup_made(settings: Settings, now: datetime) -> None:
    """Tell that a complete backup was made: an overdue one has ended."""
    _quietly(lambda: _tell_and_send(settings, now))


def _tell_and_send(settings: Settings, now: datetime) -> None:
    tell(settings, [], now, looked_at=("backup/",))
    _send(settings, now)


def _send(settings: Settings, now: datetime) -> None:
    """Send at once what can be; ``watch`` tries again what cannot."""
    configuration = configuration_or_none(settings)
    if configuration and configuration.channels:
        send_waiting(settings, configuration, now)


def _quietly(act: Callable[[], None]) -> None:
    """Do it; if it fails, say so in the process's log instead of failing what was done."""
    try:
        act()
    except Exception:
        _LOG.exception("a message could not be written")
