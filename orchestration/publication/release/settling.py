"""Completes a decision on a release once the ledger has it, also after the process was killed.

The steps are the published file, the month's files, the site, the cache of released rows, the
look-up file, and the record of the publication. If a process is killed in between, the next
command does the remaining steps; each may be done twice. ``decisions`` decides what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from orchestration.modelling.up_to_date import month_fingerprint, record_decided
from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.database.reading import open_statistics
from orchestration.publication.database.released_cache import cached_rows
from orchestration.publication.issue.placing import place_issue, write_bulletin
from orchestration.publication.issue.site import write_site
from orchestration.reference.deadlines import SUZHOU, suzhou_clock
from orchestration.reference.fingerprints import inputs_of
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.releases import Decision, ReleaseState

#: Further work of the caller for a month, in rooms that this one may not import.
Complete = Callable[[Month], None]


class CannotTakeUpError(RuntimeError):
    """A run has changed the warehouse since then; only a run of the month can publish it."""


def settle(
    settings: Settings,
    ledger: Ledger,
    month: Month,
    at: datetime,
    complete: Complete,
    *,
    was_current: bool,
) -> ReleaseState:
    """Place the month's files for its release state; a current or stale month stays what it is.

    ``was_current`` says that it was either before.
    """
    state, at = ledger.release_state(month), at.astimezone(SUZHOU)
    if state.shown:
        place_issue(settings, state.shown)
    else:
        write_bulletin(settings, month, at)
    write_site(settings, ledger, at)
    cached_rows(settings, ledger.release_states())
    complete(month)
    if was_current:
        record_decided(settings, ledger, month)
    ledger.settle(month)
    return state


def take_up(settings: Settings, ledger: Ledger, complete: Complete) -> list[Decision]:
    """Complete decisions whose command was killed; return those decisions.

    The caller holds the locks of a run. Raises CannotTakeUpError, and like ``publish_statistics``.
    """
    left = ledger.unsettled()
    months = {decision.month: decision for decision in reversed(left)}
    if not all(_is_published(settings, ledger.release_state(month)) for month in months):
        _publish(settings, ledger, left[-1])
    for month, first in months.items():
        state = ledger.release_state(month)
        before = state.decisions[: state.decisions.index(first)]
        published = ledger.published_fingerprint(month)
        wanted = month_fingerprint(settings, ledger, month, ReleaseState(month, before))
        was_current = published is not None and inputs_of(published) == inputs_of(wanted)
        at = state.decisions[-1].decided_at
        settle(settings, ledger, month, at, complete, was_current=was_current)
    return left


def _is_published(settings: Settings, state: ReleaseState) -> bool:
    """Whether the published file has all the month's decisions."""
    if not settings.statistics.exists():
        return False
    with open_statistics(settings.statistics) as connection:
        [(count,)] = connection.execute(
            "select count(*) from marts.rpt_release_decision where month = ?",
            [state.month.first_day],
        ).fetchall()
    return bool(count == len(state.decisions))


def _publish(settings: Settings, ledger: Ledger, last: Decision) -> None:
    decided_at = datetime.fromisoformat(ledger.entry_of(last).recorded_at)
    written_at = int(settings.warehouse.stat().st_mtime) if settings.warehouse.exists() else None
    if written_at is None or written_at > decided_at.timestamp():
        raise CannotTakeUpError(
            f"此后又有统计，须先完成：fangan month {last.month}。The marts were written after the"
            f" decision on {last.month}: run that month, then this is finished"
        )
    publish_statistics(settings, built_at=suzhou_clock(last.decided_at))
