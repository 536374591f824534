"""What clerks do with matches: decide those left open, judge a sample of the others.

Add a command here that concerns single pairs of a code and a plate.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.arguments import DISTRICT, MONTH, as_json, home
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.group()
def review() -> None:
    """Review matches of building codes and door plates."""


@review.command("export")
@click.argument("month", type=MONTH)
@click.argument("district", type=DISTRICT, required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Where the workbook goes.")
@click.option(
    "--sample",
    "sample_count",
    type=click.IntRange(min=1),
    help="So many of the machine's matches, drawn at random, to learn how often they are right.",
)
@click.option("--seed", default=0, show_default=True, help="Another seed, another sample.")
@as_json
def export_command(
    month: Month,
    district: str | None,
    out: Path | None,
    sample_count: int | None,
    seed: int,
    as_json: bool,
) -> int:
    """Write the undecided pairs of MONTH into a workbook that clerks fill in."""
    from orchestration.console import review as command
    from orchestration.console.output import print_json

    record = command.export(home(), month, district, out, sample_count=sample_count, seed=seed)
    if as_json:
        print_json(record)
    else:
        click.echo(f"{record['pair_count']} 对待复核：{record['file']}")
    return FINE


@review.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def import_command(file: Path, as_json: bool) -> int:
    """Record the answers of a filled-in workbook; the next run of the month follows them."""
    from orchestration.console import review as command
    from orchestration.console.output import print_json

    record = command.take_in(home(), file)
    if as_json:
        print_json(record)
    else:
        command.show(record)
    return FINDINGS if record["findings"] else FINE
