"""``fangan release`` and ``diff``: what they print and ask."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import Any, Literal, cast

import click

from orchestration.console.arguments import person
from orchestration.console.lookup import build_if_any
from orchestration.console.output import Record, print_table
from orchestration.publication.bulletin.wording import MEASURE_NAMES
from orchestration.publication.database.reading import open_statistics
from orchestration.publication.release import decisions
from orchestration.publication.release.comparison import NoSuchVintageError, compare
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
from orchestration.store.ledger import Ledger
from orchestration.store.locks import BusyError
from orchestration.store.releases import DecisionRefusedError, ReleaseState


def request(
    month: Month,
    note: str,
    reviewer: str | None,
    at: datetime | None,
    reason: str | None,
    is_final: bool,
    accepts_differences: bool,
    approver: str | None = None,
) -> ReleaseRequest:
    """Return the request; raise click.UsageError for a time that is still to come."""
    now = datetime.now(SUZHOU).replace(microsecond=0)
    if at is not None and at > now + timedelta(minutes=1):
        raise click.UsageError(f"{at.isoformat()} is still to come; a release is made now or was")
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
    """Ask before anything is decided; raise click.UsageError where nobody can answer."""
    if not sys.stdin.isatty():
        raise click.UsageError("无人应答时须加 --yes。Nobody can be asked here: add --yes")
    kind = "正式" if request.is_final else ""
    click.confirm(
        f"{request.month} {RELEASE_ACTIONS[action]}{kind}，"
        f"{'、'.join(filter(None, (request.decided_by, request.approved_by)))}："
        f"{request.note}。Go on?",
        abort=True,
    )


def decide(settings: Settings, request: ReleaseRequest, action: str | None) -> Record:
    """Release, or withdraw, unlock or annotate; return where the month stands then.

    Raises click.UsageError if the month must be run first, click.ClickException with every
    reason if it may not be.
    """
    made: list[Record | None] = []

    def complete(month: Month) -> None:
        made.append(build_if_any(settings, month))

    try:
        if action is None:
            state = decisions.make_release(settings, request, complete)
        else:
            other = cast(Literal["erratum", "withdraw", "unlock"], action)
            state = decisions.decide(settings, request, other, complete)
    except NotReadyError as error:
        raise click.UsageError(str(error)) from error
    except (DecisionRefusedError, NotFinalError, UntrueTextError) as error:
        raise click.ClickException(str(error)) from error
    return _record(settings, state) | {"lookup": made[-1]}


def take_up(settings: Settings) -> None:
    """Finish what a killed command left of a decision, and say so in a line on stderr.

    Whatever goes wrong is told and keeps no command from its work.
    """

    def complete(month: Month) -> None:
        build_if_any(settings, month)

    try:
        finished = decisions.take_up_decisions(settings, complete)
    except BusyError:
        return  # whoever holds the month is at it, or comes first
    except Exception as error:
        click.echo(f"上次的发布决定尚未办完 a decision is not finished: {error}", err=True)
        return
    for decision in finished:
        done = f"{decision.month} 第{decision.vintage}版{RELEASE_ACTIONS[decision.action]}"
        click.echo(f"上次中断的{done}已补办完毕。What was broken off is now finished.", err=True)


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
    """Print where a month stands, and its files."""
    state = VINTAGE_STATES[record["status"]]
    locked = "已锁定，以后的运行不改变它" if record["is_locked"] else "未锁定，随运行更新"
    click.echo(f"{record['month']} 现行第 {record['vintage']} 版（{state}），{locked}")
    print_table("", [_named(vintage) for vintage in record["vintages"]], missing="—")
    for path in record["files"]:
        click.echo(f"  {path}")
    if record["lookup"]:
        click.echo(f"  {record['lookup']['file']}")


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


def difference(settings: Settings, month: Month, a: int, b: int) -> Record:
    """Return how two vintages differ; raise click.UsageError for one that there is not."""
    try:
        found = compare(settings, Ledger(settings.ledger), month, a, b)
    except NoSuchVintageError as error:
        raise click.UsageError(str(error)) from error
    causes = _causes(settings, month, b) if b == a + 1 and a else {}
    figures = [
        row
        | causes.get(
            (row["district_code"], row["measure"]), {"reason_code": None, "delivery": None}
        )
        for row in found.figures
    ]
    return {"month": str(month), "old": a, "new": b, "figures": figures, "marts": found.marts}


def _causes(settings: Settings, month: Month, vintage: int) -> dict[tuple[str, str], Record]:
    """Return reason and delivery of each revision that a vintage brought."""
    with open_statistics(settings.statistics) as connection:
        rows = connection.execute(
            "select district_code, measure, reason_code, delivery from marts.rpt_revision"
            " where month = ? and vintage = ?",
            [month.first_day, vintage],
        ).fetchall()
    return {
        (c, m): {"reason_code": reason, "delivery": delivery} for c, m, reason, delivery in rows
    }


def show_difference(found: Record) -> None:
    """Print the figures that differ, then the marts of which rows differ."""
    title = f"{found['month']} 第 {found['old']} 版 → 第 {found['new']} 版"
    if not found["figures"]:
        click.echo(f"{title}：统计表逐格一致。Equal in every cell.")
    else:
        rows: list[dict[str, Any]] = [
            {
                "地区": row["district_name"],
                "指标": MEASURE_NAMES.get(row["measure"], row["measure"]),
                "原": row["old_value"],
                "新": row["new_value"],
                "差": row["difference"],
                "原因": row["reason_code"],
                "报送": row["delivery"],
            }
            for row in found["figures"]
        ]
        print_table(title, rows, missing="—")
    if found["marts"]:
        print_table("有行不同的表", found["marts"])
