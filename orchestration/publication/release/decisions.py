"""Makes a release of a month, and withdraws, unlocks or annotates one.

The order keeps it consistent: rows and outputs are written where nobody reads them, a transaction
of the ledger makes the release, one rename publishes it. If the process is killed before the
transaction, nothing was released; if after it, the next command completes it (``settling``).
``store.releases`` and ``finality`` decide what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from orchestration.formats.sql import in_memory, literal
from orchestration.masthead import MASTHEAD, masthead_bytes
from orchestration.modelling.audit import audit_month
from orchestration.modelling.up_to_date import is_current, publication_standing
from orchestration.publication.database.publish import (
    note_audit_head,
    publish_statistics,
    replacing_statistics,
    require_tested,
)
from orchestration.publication.database.released_rows import EDITORIAL, release_set_with
from orchestration.publication.database.row_files import judged_rows, verified_rows
from orchestration.publication.issue.placing import keep_texts, render_issue
from orchestration.publication.release.finality import open_differences, reasons_against_final
from orchestration.publication.release.manifest import describe_release
from orchestration.publication.release.release_files import ReleaseFiles
from orchestration.publication.release.settling import Complete, settle, take_up
from orchestration.reference.approvals import approval_refusal
from orchestration.reference.deadlines import SUZHOU, suzhou_clock
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding
from orchestration.store.manifests import MANIFEST, manifest_bytes
from orchestration.store.releases import Decision, DecisionRefusedError, ReleaseState
from orchestration.store.tidying import tidy_home


class NotReadyError(RuntimeError):
    """Something has changed since the month was last run, so it cannot be released."""


class NotFinalError(RuntimeError):
    """The month may not be released as final; ``reasons`` says why, one per line."""

    def __init__(self, month: Month, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(
            f"{month} 不能作为正式数据发布。It cannot be final:\n" + "\n".join(reasons)
        )


class UntrueTextError(RuntimeError):
    """The editors' texts differ from the figures; ``reasons`` names each place."""

    def __init__(self, month: Month, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(
            f"{month} 文稿与统计表不符，不能发布。The texts do not agree with the figures:\n"
            + "\n".join(reasons)
        )


@dataclass(frozen=True)
class ReleaseRequest:
    """A request to decide on a month's release: by whom, approved by whom, when, and why."""

    month: Month
    note: str
    decided_by: str
    decided_at: datetime
    reason_code: str | None = None
    is_final: bool = False
    accepts_differences: bool = False
    approved_by: str | None = None


@contextmanager
def _alone(settings: Settings) -> Iterator[Ledger]:
    """Hold the locks of a run, so that no month is computed or published meanwhile."""
    with holding(settings.ledger_locks, "month"), holding(settings.locks, "warehouse"):
        tidy_home(settings)
        yield Ledger(settings.ledger)


def _refuse_unapproved(settings: Settings, request: ReleaseRequest) -> None:
    refusal = approval_refusal(request.decided_by, request.approved_by, settings.release_approvals)
    if refusal:
        raise DecisionRefusedError(refusal)


def _nothing(_: Month) -> None:
    """Do nothing beyond what this room does."""


def make_release(
    settings: Settings, request: ReleaseRequest, complete: Complete = _nothing
) -> ReleaseState:
    """Release the warehouse's month as its next vintage; return the month's release state.

    ``complete`` does further work before the release counts as settled. Raises NotReadyError if
    the month must be run first, NotFinalError, UntrueTextError, DecisionRefusedError, BusyError
    during a run, and AuditError if the month must not be published at all.
    """
    _refuse_unapproved(settings, request)
    with _alone(settings) as ledger:
        if not settings.statistics.exists() or not is_current(settings, ledger, request.month):
            raise NotReadyError(
                f"{request.month} 自上次运行后有变化。Run it first: fangan month {request.month}"
            )
        audit_month(settings, ledger, request.month)
        state = ledger.release_state(request.month)
        decision = _decision(settings, ledger, state, request)
        refusal = state.refusal(decision)
        if refusal:
            raise DecisionRefusedError(refusal)
        files = ReleaseFiles.started(settings, request.month, decision.vintage)
        try:
            _publish(settings, ledger, decision, state, files)
        except BaseException:
            if ledger.release_state(request.month).vintage(decision.vintage) is None:
                files.discard()
            raise
        return settle(
            settings, ledger, request.month, request.decided_at, complete, was_current=True
        )


def _decision(
    settings: Settings, ledger: Ledger, state: ReleaseState, request: ReleaseRequest
) -> Decision:
    """Return the release that was requested; raise NotFinalError if it may not be final."""
    with in_memory() as connection:
        connection.execute(f"attach {literal(settings.warehouse)} as warehouse (read_only)")
        connection.execute(f"attach {literal(settings.statistics)} as published (read_only)")
        reasons = reasons_against_final(
            connection,
            ledger,
            request.month,
            "warehouse",
            "published",
            accepts_differences=request.accepts_differences,
        )
        differences = open_differences(connection, request.month, "warehouse")
    if request.is_final and reasons:
        raise NotFinalError(request.month, reasons)
    return Decision(
        month=request.month,
        vintage=len(state.vintages) + 1,
        action="release",
        decided_at=request.decided_at,
        note=request.note,
        decided_by=request.decided_by,
        approved_by=request.approved_by,
        reason_code=request.reason_code,
        status="final" if request.is_final else "provisional",
        accepted_differences=differences if request.accepts_differences else (),
    )


def _publish(
    settings: Settings, ledger: Ledger, decision: Decision, state: ReleaseState, files: ReleaseFiles
) -> None:
    """Render the release from a file that nobody reads yet, record it, and swap the file in."""
    decided = replace(state, decisions=(*state.decisions, decision))
    released_at = decision.decided_at.astimezone(SUZHOU)
    with (
        release_set_with(settings, ledger, decided, files.keep_marts()) as releases,
        replacing_statistics(settings, releases, suzhou_clock(released_at)) as published,
    ):
        delivered = keep_texts(settings, decision.month)
        if delivered.is_file():
            files.keep(EDITORIAL, delivered.read_bytes())
        rows = verified_rows(settings, judged_rows(ledger, decision.month))
        texts = files.folder / EDITORIAL
        files.keep(MASTHEAD, masthead_bytes(settings.masthead))
        issue = render_issue(
            *(published.path, texts, decision.month, rows, released_at),
            masthead=settings.masthead,
        )
        if issue.problems:
            raise UntrueTextError(decision.month, list(issue.problems))
        content = files.keep_content(published, ledger, issue.contents)
        manifest = describe_release(settings, ledger, decision, content)
        sha256 = files.keep(MANIFEST, manifest_bytes(manifest))
        files.share()
        ledger.decide(replace(decision, manifest_sha256=sha256))
        note_audit_head(published.path, ledger.audit_head())


def decide(
    settings: Settings,
    request: ReleaseRequest,
    action: Literal["erratum", "withdraw", "unlock"],
    complete: Complete = _nothing,
) -> ReleaseState:
    """Withdraw the month's last vintage, unlock the month, or add an erratum to the vintage.

    Returns the new release state; ``complete`` is as in ``make_release``. Raises
    DecisionRefusedError if it is not allowed, PublicationError if the last run's models did not
    pass their tests, and BusyError during a run.
    """
    _refuse_unapproved(settings, request)
    with _alone(settings) as ledger:
        # before the decision is recorded, which could then not be published
        require_tested(settings.warehouse)
        was_current = publication_standing(settings, ledger, request.month) != "due"
        ledger.decide(
            Decision(
                month=request.month,
                vintage=len(ledger.release_state(request.month).vintages),
                action=action,
                decided_at=request.decided_at,
                note=request.note,
                decided_by=request.decided_by,
                approved_by=request.approved_by,
            )
        )
        publish_statistics(settings, built_at=suzhou_clock(request.decided_at))
        return settle(
            settings, ledger, request.month, request.decided_at, complete, was_current=was_current
        )


def take_up_decisions(settings: Settings, complete: Complete = _nothing) -> list[Decision]:
    """Complete decisions whose command was killed; return those decisions.

    Raises BusyError during a run, and CannotTakeUpError if a run is needed first.
    """
    with _alone(settings) as ledger:
        return take_up(settings, ledger, complete)
