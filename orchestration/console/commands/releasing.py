"""Releases of a month: making, comparing and revising them.

Add a command here that decides what is published of a month, or tells how releases differ.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from orchestration.console.arguments import MONTH, SUZHOU_TIME, as_json, home, home_with_raw
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month
from orchestration.reference.vocabulary import REVISION_REASONS


@cli.command()
@click.argument("month", type=MONTH)
@click.option("--note", help="What this release is, or why it is decided; published with it.")
@click.option("--final", "is_final", is_flag=True, help="Release as final: nothing may be open.")
@click.option("--reason", type=click.Choice(list(REVISION_REASONS)), help="Why it is revised.")
@click.option(
    "--accept-differences", is_flag=True, help="Accept that ledgers and reports differ; listed."
)
@click.option("--withdraw", "action", flag_value="withdraw", help="Withdraw the last vintage.")
@click.option("--unlock", "action", flag_value="unlock", help="Publish the runs' figures again.")
@click.option("--erratum", "action", flag_value="erratum", help="Add a note to the last vintage.")
@click.option("--verify", "action", flag_value="verify", help="Prove that releases are as made.")
@click.option(
    "--from-archive", is_flag=True, help="With --verify: run the month again from its deliveries."
)
@click.option("--reviewer", help="Who decides; the login name by default.")
@click.option("--approver", help="Who else approves it; release.approvals = 2 demands one.")
@click.option("--at", type=SUZHOU_TIME, help="When it is released, Suzhou's clock; now by default.")
@click.option("--yes", is_flag=True, help="Do not ask.")
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
    """Release MONTH as its next vintage, from what its last run published.

    A released figure stays until the next release, which must say why (--reason). One of
    --withdraw, --unlock, --erratum and --verify does that instead.
    """
    from orchestration.console.output import print_json
    from orchestration.console.stored import releasing as command

    # the newsletter's texts lie beside the deliveries
    settings = home() if action else home_with_raw()
    if from_archive and action != "verify":
        raise click.UsageError("--from-archive 只与 --verify 合用。It goes with --verify")
    if action == "verify":
        from orchestration.console.stored.verifying import show_releases, verify_releases

        reports = verify_releases(settings, month, from_archive=from_archive)
        if as_json:
            print_json(reports)
        else:
            show_releases(reports)
        return FINDINGS if any(report["faults"] for report in reports) else FINE
    if not note:
        raise click.UsageError("须写明说明。A note is needed: --note TEXT")
    request = command.request(
        month, note, reviewer, at, reason, is_final, accept_differences, approver
    )
    if not yes:
        command.ask(request, action or "release")
    result: dict[str, Any] = command.decide(settings, request, action)
    if as_json:
        print_json(result)
    else:
        command.show(result)
    return FINE


@cli.command()
@click.argument("month", type=MONTH)
@click.argument("a", type=click.IntRange(min=0))
@click.argument("b", type=click.IntRange(min=0))
@as_json
def diff(month: Month, a: int, b: int, as_json: bool) -> int:
    """Compare vintages A and B of MONTH; 0 is what the last run computed, released or not."""
    from orchestration.console.output import print_json
    from orchestration.console.stored import releasing as command

    difference = command.difference(home(), month, a, b)
    if as_json:
        print_json(difference)
    else:
        command.show_difference(difference)
    return FINE


@cli.group()
def audit() -> None:
    """The log of every arrival, judgement, withdrawal and release, chained by hashes."""


@audit.command(name="verify")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What somebody kept: a hash in a text or JSON, a manifest, receipt or statistics file.",
)
@as_json
def audit_verify(against: Path | None, as_json: bool) -> int:
    """Find any entry that was changed, left out or moved since it was written.

    A log cut short still hangs together: keep its last hash, or a release's receipt.json, where
    nobody who can write here can write, and give it with --against.
    """
    from orchestration.console.output import print_json
    from orchestration.console.stored import auditing as command

    report = command.verify_audit(home(), against)
    if as_json:
        print_json(report)
    else:
        command.show_audit(report)
    return FINDINGS if report["faults"] else FINE
