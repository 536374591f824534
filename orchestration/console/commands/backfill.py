"""The command that runs a span of months."""

from __future__ import annotations

import sys

import click

from orchestration.console.arguments import SPAN, as_json, home_with_raw, waits
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.command()
@click.argument("span", type=SPAN)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@waits
@as_json
def backfill(span: tuple[Month, Month], yes: bool, as_json: bool) -> int:
    """Run every month of SPAN (2022-01..2022-12) that is due or stale, the oldest first.

    Each is a run of its own. It prints its plan first: which months are current, due, stale (made
    by an earlier program) or without any delivery. Broken off, it goes on where it was when it is
    called again. A month that fails does not stop the others.
    """
    from orchestration.console.monthly import backfill as command
    from orchestration.console.output import print_json

    settings = home_with_raw()
    planned = command.plan(settings, *span)
    is_due = any(one.state in command.TO_RUN for one in planned)
    if not as_json:
        command.show_plan(planned)
    if is_due and not yes:
        if not sys.stdin.isatty():
            raise click.UsageError(
                "不在终端中运行，须加 --yes。There is no terminal to ask: add --yes"
            )
        click.confirm("开始？Continue?", abort=True, err=as_json)
    done = []
    for one in command.run(settings, planned):
        done.append(one)
        if not as_json:
            command.show_done(one)
    if as_json:
        print_json({"plan": command.records(planned), "done": command.records(done)})
    return command.exit_code(planned, done)
