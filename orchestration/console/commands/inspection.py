"""What the city's office needs for its sampling inspection: drawing the sample.

Add a command here that concerns the inspection as a whole; its results are marts.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.arguments import MONTH, as_json, home
from orchestration.console.exit_codes import FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.command()
@click.argument("month", type=MONTH)
@click.option("--size", required=True, type=click.IntRange(min=1), help="How many buildings.")
@click.option("--seed", required=True, type=int, help="Any number; the same one draws the same.")
@click.option("--drawn-by", help="Who draws; the login name by default.")
@click.option("--approver", help="Who else approves it; sample.approvals = 2 demands one.")
@click.option("--redraw", is_flag=True, help="Replace another sample kept for MONTH.")
@click.option("--without-absent", is_flag=True, help="Draw although districts have no ledger.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the contractors' lists go.")
@as_json
def sample(
    month: Month,
    size: int,
    seed: int,
    drawn_by: str | None,
    approver: str | None,
    redraw: bool,
    without_absent: bool,
    out: Path | None,
    as_json: bool,
) -> int:
    """Draw the inspection's sample from the accepted building ledgers of MONTH, and keep it."""
    from orchestration.console import sample as command
    from orchestration.console.output import print_json

    record = command.draw(
        home(),
        month,
        size=size,
        seed=seed,
        drawn_by=drawn_by,
        approver=approver,
        is_redrawn=redraw,
        without_absent=without_absent,
        out=out,
    )
    if as_json:
        print_json(record)
    else:
        command.show(record)
    return FINE
