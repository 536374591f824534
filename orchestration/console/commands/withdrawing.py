"""Deliveries that count no more.

Add a command here that changes which delivery counts.
"""

from __future__ import annotations

import sys

import click

from orchestration.console.arguments import as_json, home
from orchestration.console.exit_codes import FINE
from orchestration.console.group import cli


@cli.command()
@click.argument("delivery")
@click.option("--note", required=True, help="Why it is withdrawn; kept in the ledger.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def withdraw(delivery: str, note: str, yes: bool, as_json: bool) -> int:
    """Withdraw DELIVERY (2022-10/gusu/monthly_report/2): it counts no more, and stays archived.

    The same bytes stay withdrawn wherever they lie; other bytes arrive anew.
    """
    from orchestration.console.output import print_json
    from orchestration.console.stored import withdrawing as command

    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("无人应答时须加 --yes。Nobody can be asked here: add --yes")
        click.confirm(f"撤回 {delivery}：{note}。Go on?", abort=True)
    record = command.withdraw(home(), delivery, note)
    if as_json:
        print_json(record)
    else:
        click.echo(f"已撤回 {delivery}（{record['file_name']}）；请运行 {record['next']}")
    return FINE
