"""Commands for the city's sampling inspection.

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
@click.option("--seed", required=True, type=int, help="Random seed; it reproduces the sample.")
@click.option("--drawn-by", help="Who draws the sample; the login name by default.")
@click.option("--approver", help="A second person; required if sample.approvals = 2.")
@click.option("--redraw", is_flag=True, help="Replace the existing sample of MONTH.")
@click.option("--without-absent", is_flag=True, help="Draw even if districts have no ledger.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the contractors' lists.")
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
    """Draw and store the inspection sample from the accepted building ledgers of MONTH."""
    from orchestration.console import inspection_sample as command
    from orchestration.console.output import print_result

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
    print_result(record, as_json, command.show)
    return FINE
