"""``fangan release``: asks for confirmation, makes the decision, prints the month's releases.

Decisions are made in ``publication.release``; here messages and exit conditions are.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import Literal, cast

import click

from orchestration.console.arguments import person
from orchestration.console.building_lookup import build_if_any
from orchestration.console.output import Record, path_from_here, print_table
from orchestration.messages.events import release_ended
from orchestration.publication.release import decisions
from orchestration.publication.release.decisions import (
    NotFinalError,
    NotReadyError,
    ReleaseRequest,
    UntrueTextError,
)
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.reference.vocabulary import RELEASE_ACTIONS, VINTAGE_STATES
from orchestration.settings import Settings
from orchestration.store.locks import BusyError
from orchestration.store.releases import DecisionRefusedError, ReleaseState


def build_request(
    month: Month,
    note: str,
    reviewer: str | None,
    at: datetime | None,
    reason: str | None,
    is_final: bool,
    accepts_differences: bool,
    approver: str | None = None,
) -> ReleaseRequest:
    """Return the request; raise click.UsageError for a time in the future."""
    now = datetime.now(SUZHOU).replace(microsecond=0)
    if at is not None and at > now + timedelta(minutes=1):
        raise click.UsageError(
            f"发布时间 {at.isoformat()} 晚于现在（{now.isoformat()}）。"
            "--at is in the future; give a time up to now"
        )
    return ReleaseRequest(
        month=month,
        note=note,
        decided_by=person(reviewer, "--reviewer"),
        approved_by=approver,
        decided_at=at or now,
        reason_code=reason,
        is_final=is_final,
        accepts_differences=accepts_differences,
    )


def ask(request: ReleaseRequest, action: str) -> None:
    """Ask for confirmation; raise click.UsageError without a terminal."""
    if not sys.stdin.isatty():
        raise click.UsageError("不在终端中运行，须加 --yes。There is no terminal to ask: add --yes")
    kind = "正式" if request.is_final else ""
    click.confirm(
        f"{request.month} {RELEASE_ACTIONS[action]}{kind}，"
        f"{'、'.join(filter(None, (request.decided_by, request.approved_by)))}："
        f"{request.note}。Continue?",
        abort=True,
    )


def decide(settings: Settings, request: ReleaseRequest, action: str | None) -> Record:
    """Release the month, or withdraw, unlock or annotate a release; return the month's state.

    Raises click.UsageError if the month must be run first, click.ClickException with every
    reason if the decision is not allowed.
    """
    lookups: list[Record | None] = []

    def complete(month: Month) -> None:
        lookups.append(build_if_any(settings, month))

    try:
        if action is None:
            state = decisions.make_release(settings, request, complete)
            release_ended(settings, request.month, datetime.now(SUZHOU), [])
        else:
            other = cast(Literal["erratum", "withdraw", "unlock"], action)
            state = decisions.decide(settings, request, other, complete)
    except NotReadyError as error:
        raise click.UsageError(str(error)) from error
    except (DecisionRefusedError, NotFinalError, UntrueTextError) as error:
        if action is None:
            release_ended(settings, request.month, datetime.now(SUZHOU), _told_reasons(error))
        raise click.ClickException(str(error)) from error
    return _record(settings, state) | {"lookup": lookups[-1]}


def _told_reasons(error: Exception) -> list[str]:
    """Return why a release was refused, without names of persons and without the texts."""
    if isinstance(error, NotFinalError):
        return error.reasons
    if isinstance(error, UntrueTextError):
        return [f"文稿有 {len(error.reasons)} 处与统计表不符，逐处见命令的输出"]
    return ["说明、原因代码或批准人不合要求，见命令的输出"]


def finish_decisions(settings: Settings) -> None:
    """Finish the decisions that a killed command left unfinished, and say so on stderr.

    An error is printed and does not stop the current command.
    """

    def complete(month: Month) -> None:
        build_if_any(settings, month)

    try:
        finished = decisions.take_up_decisions(settings, complete)
    except BusyError:
        return  # the process that holds the lock finishes it, or the next command does
    except Exception as error:
        click.echo(f"上次的发布决定尚未办完 a decision is unfinished: {error}", err=True)
        return
    for decision in finished:
        done = f"{decision.month} 第{decision.vintage}版{RELEASE_ACTIONS[decision.action]}"
        click.echo(f"上次中断的{done}已补办完毕。It was interrupted and is now finished.", err=True)


def _record(settings: Settings, state: ReleaseState) -> Record:
    shown = state.shown
    number = shown.number if shown else 0
    folder = settings.published / str(state.month) / f"v{number}"
    return {
        "month": str(state.month),
        "vintage": number,
        "status": shown.status if shown else "provisional",
        "is_locked": shown is not None,
        "vintages": [
            {
                "vintage": v.number,
                "status": v.status,
                "released_at": v.release.decided_at.astimezone(SUZHOU).isoformat(),
                "reviewer": v.release.decided_by,
                "approver": v.release.approved_by,
                "reason_code": v.release.reason_code,
                "note": v.release.note,
            }
            for v in state.vintages
        ],
        "files": [str(path) for path in sorted(folder.glob("[!.]*"))],
    }


def show(record: Record) -> None:
    """Print the month's releases and their files."""
    state = VINTAGE_STATES[record["status"]]
    locked = "已锁定，以后运行不再改变" if record["is_locked"] else "未锁定，随每次运行更新"
    click.echo(f"{record['month']} 现行第 {record['vintage']} 版（{state}），{locked}")
    print_table("", [_named(vintage) for vintage in record["vintages"]], missing="—")
    for path in record["files"]:
        click.echo(f"  {path_from_here(path)}")
    if record["lookup"]:
        click.echo(f"  {path_from_here(record['lookup']['file'])}")


def _named(vintage: Record) -> Record:
    return {
        "版次": vintage["vintage"],
        "状态": VINTAGE_STATES[vintage["status"]],
        "发布时间": vintage["released_at"],
        "审核人": vintage["reviewer"],
        "批准人": vintage["approver"],
        "原因": vintage["reason_code"],
        "说明": vintage["note"],
    }
