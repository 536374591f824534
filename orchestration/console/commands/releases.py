"""Commands that record decisions: releases, withdrawals, the audit log.

Add a command here that decides what counts or what is published, or that proves such decisions.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from orchestration.console.arguments import (
    MONTH,
    SUZHOU_TIME,
    as_json,
    home,
    home_with_raw,
    waits,
)
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month
from orchestration.reference.vocabulary import REVISION_REASONS


@cli.command()
@click.argument("month", type=MONTH)
@click.option("--note", help="A note on the decision; it is published with it.")
@click.option("--final", "is_final", is_flag=True, help="Release as final; no problem may be open.")
@click.option("--reason", type=click.Choice(list(REVISION_REASONS)), help="Reason of a revision.")
@click.option(
    "--accept-differences", is_flag=True, help="Accept the differences of ledgers and reports."
)
@click.option("--withdraw", "action", flag_value="withdraw", help="Withdraw the last vintage.")
@click.option("--unlock", "action", flag_value="unlock", help="Let runs publish figures again.")
@click.option("--erratum", "action", flag_value="erratum", help="Add a note to the last vintage.")
@click.option("--verify", "action", flag_value="verify", help="Prove that releases are unchanged.")
@click.option(
    "--from-archive", is_flag=True, help="With --verify: run the month again from its deliveries."
)
@click.option("--reviewer", help="Who decides; the login name by default.")
@click.option("--approver", help="A second person; required if release.approvals = 2.")
@click.option("--at", type=SUZHOU_TIME, help="Time of the release in Suzhou; now by default.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@waits
@as_json
def release(
    month: Month,
    note: str | None,
    is_final: bool,
    reason: str | None,
    accept_differences: bool,
    action: str | None,
    from_archive: bool,
    reviewer: str | None,
    approver: str | None,
    at: datetime | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Release MONTH as its next vintage, with the figures of its last run.

    Released figures stay until the next release, which needs a reason (--reason). Use --withdraw,
    --unlock, --erratum or --verify for another action.
    """
    from orchestration.console.output import print_result
    from orchestration.console.stored import release_decisions as command

    # the newsletter's texts are in the raw folder
    settings = home() if action else home_with_raw()
    if from_archive and action != "verify":
        raise click.UsageError("--from-archive 只能与 --verify 同用。It needs --verify")
    if action == "verify":
        from orchestration.console.stored.verifying import show_releases, verify_releases

        reports = verify_releases(settings, month, from_archive=from_archive)
        print_result(reports, as_json, show_releases)
        return FINDINGS if any(report["faults"] for report in reports) else FINE
    if not note:
        raise click.UsageError("须写明说明。A note is needed: --note TEXT")
    request = command.build_request(
        month, note, reviewer, at, reason, is_final, accept_differences, approver
    )
    if not yes:
        command.ask(request, action or "release")
    result: dict[str, Any] = command.decide(settings, request, action)
    print_result(result, as_json, command.show)
    return FINE


@cli.command()
@click.argument("month", type=MONTH)
@click.argument("a", type=click.IntRange(min=0))
@click.argument("b", type=click.IntRange(min=0))
@as_json
def diff(month: Month, a: int, b: int, as_json: bool) -> int:
    """Compare vintages A and B of MONTH; 0 is the last run, released or not."""
    from orchestration.console.output import print_result
    from orchestration.console.stored import vintage_diff as command

    difference = command.difference(home(), month, a, b)
    print_result(difference, as_json, command.show_difference)
    return FINE


@cli.group()
def audit() -> None:
    """The hash-chained log of every arrival, judgement, withdrawal and release."""


@audit.command(name="verify")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that somebody kept: text or JSON with a hash, manifest, receipt or statistics.",
)
@as_json
def audit_verify(against: Path | None, as_json: bool) -> int:
    """Find entries that were changed, removed or moved after they were written.

    A log that was cut short is still a valid chain. To detect that, keep its last hash, or a
    release's receipt.json, in a place that users of this home cannot change, and pass it with
    --against.
    """
    from orchestration.console.output import print_result
    from orchestration.console.stored import auditing as command

    report = command.verify_audit(home(), against)
    print_result(report, as_json, command.show_audit)
    return FINDINGS if report["faults"] else FINE


@cli.command()
@click.argument("delivery")
@click.option("--note", required=True, help="The reason; recorded in the ledger.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@as_json
def withdraw(delivery: str, note: str, yes: bool, as_json: bool) -> int:
    """Withdraw DELIVERY (2022-10/gusu/monthly_report/2): it no longer counts, but stays archived.

    The same bytes stay withdrawn if delivered again; other bytes are a new delivery.
    """
    from orchestration.console.output import print_json
    from orchestration.console.stored import withdrawals as command

    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError(
                "不在终端中运行，须加 --yes。There is no terminal to ask: add --yes"
            )
        click.confirm(f"撤回 {delivery}：{note}。Continue?", abort=True)
    record = command.withdraw(home(), delivery, note)
    if as_json:
        print_json(record)
    else:
        click.echo(f"已撤回 {delivery}（{record['file_name']}）；请运行 {record['next']}")
    return FINE
