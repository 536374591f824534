"""``fangan backfill``: runs the months of a span that are due or stale, one run a month.

The oldest is first.

The plan is asked of the ledger each time, so that one that was broken off is taken up again by
the same command. Which months are due is said in ``operations.due``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from orchestration.console.exit_codes import FAULT, FINDINGS, FINE
from orchestration.console.monthly.month_run import RunFailedError, run_month
from orchestration.console.output import Record, print_table
from orchestration.ingest.deliveries import is_anything_delivered, nothing_delivered
from orchestration.operations.due import REASONS, due_months, stale_months
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

#: What a backfill does with a month, in Chinese for its plan.
STATES = {
    "due": "待统计",
    "stale": "由旧版程序统计，待重算",
    "current": "已是最新",
    "nothing_delivered": "没有报送",
    "early": "尚未开始",
    "published": "已统计并发布",
    "failed": "失败",
}
TO_RUN = ("due", "stale")


@dataclass(frozen=True)
class Planned:
    """A month of the span: a key of STATES, and why it is due or failed."""

    month: Month
    state: str
    reason: str = ""


def plan(settings: Settings, first: Month, last: Month) -> list[Planned]:
    """Return what is to be done of each month from ``first`` to ``last``, in order."""
    ledger, now = Ledger(settings.ledger), datetime.now(SUZHOU)
    due = {one.month: one.reason for one in due_months(settings, ledger, now)}
    stale = stale_months(settings, ledger, now)
    months = []
    month = first
    while month <= last:
        if month in due:
            months.append(Planned(month, "due", REASONS[due[month]]))
        elif month in stale:
            months.append(Planned(month, "stale"))
        elif month > Month.of(now.date()):
            months.append(Planned(month, "early"))
        elif not is_anything_delivered(settings, ledger, month):
            months.append(Planned(month, "nothing_delivered"))
        elif not ledger.arrivals(month):
            months.append(Planned(month, "nothing_delivered", nothing_delivered(month)))
        else:
            months.append(Planned(month, "current"))
        month = month.shift(1)
    return months


def run(settings: Settings, planned: Sequence[Planned]) -> Iterator[Planned]:
    """Run the due and the stale months and yield what became of each, as it ends.

    A month that fails does not stop the others. Raises BusyError if another run holds the home.
    """
    for one in planned:
        if one.state in TO_RUN:
            try:
                run_month(settings, one.month)
            except RunFailedError as error:
                yield Planned(one.month, "failed", str(error))
            else:
                yield Planned(one.month, "published")


def exit_code(planned: Sequence[Planned], done: Sequence[Planned]) -> int:
    """Return 4 if a month failed, 1 if nothing at all was delivered for the span, else 0."""
    if any(one.state == "failed" for one in done):
        return FAULT
    is_empty = all(one.state in ("nothing_delivered", "early") for one in planned)
    return FINDINGS if is_empty else FINE


def records(months: Sequence[Planned]) -> list[Record]:
    """Return months as they are printed with ``--json``."""
    return [{"month": str(m.month), "state": m.state, "reason": m.reason} for m in months]


def show_plan(planned: Sequence[Planned]) -> None:
    """Print the plan, and how many runs it asks for."""
    rows = [{"月份": str(m.month), "状态": STATES[m.state], "原因": m.reason} for m in planned]
    print_table("", rows)
    count = sum(one.state in TO_RUN for one in planned)
    click.echo(f"将统计 {count} 个月，每月一次。{count} months will be run, one after the other.")


def show_done(done: Planned) -> None:
    """Print what became of a month."""
    click.echo(f"{done.month} {STATES[done.state]} {done.reason}".rstrip())
