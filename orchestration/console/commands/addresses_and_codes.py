"""Addresses and building codes: reading an address, identifiers, reviewing matches.

Add a command here that concerns addresses, codes or doorplates.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.arguments import DISTRICT, MONTH, as_json, home
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.command()
@click.argument("text")
@as_json
def address(text: str, as_json: bool) -> int:
    """Show how each part of the address TEXT is read."""
    from orchestration.console import address as command
    from orchestration.console.output import print_result

    explained = command.explain(text)
    print_result(explained, as_json, command.show)
    return FINDINGS if explained["problem"] else FINE


@cli.command()
@click.argument("month", type=MONTH)
@as_json
def identifiers(month: Month, as_json: bool) -> int:
    """Count the building identifiers of MONTH by scheme, and list those that break a rule."""
    from orchestration.console import identifiers as command
    from orchestration.console.output import print_result

    record = command.month_identifiers(home(), month)
    print_result(record, as_json, command.show)
    return FINDINGS if record["findings"] else FINE


@cli.group()
def review() -> None:
    """Review matches of building codes and doorplates."""


@review.command("export")
@click.argument("month", type=MONTH)
@click.argument("district", type=DISTRICT, required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the workbook.")
@click.option(
    "--sample",
    "sample_count",
    type=click.IntRange(min=1),
    help="A random sample of this many automatic matches, to measure how many are right.",
)
@click.option("--seed", default=0, show_default=True, help="Random seed of the sample.")
@as_json
def export_command(
    month: Month,
    district: str | None,
    out: Path | None,
    sample_count: int | None,
    seed: int,
    as_json: bool,
) -> int:
    """Write the undecided pairs of MONTH to a workbook for clerks to fill in."""
    from orchestration.console import review_queue as command
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
    """Record the answers of a filled-in workbook; the next run of the month uses them."""
    from orchestration.console import review_queue as command
    from orchestration.console.output import print_result

    record = command.import_answers(home(), file)
    print_result(record, as_json, command.show)
    return FINDINGS if record["findings"] else FINE
