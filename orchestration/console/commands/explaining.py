"""Where a figure comes from.

Add a command here that traces what is published back to what was delivered.
"""

from __future__ import annotations

import click

from orchestration.console.arguments import DISTRICT, MONTH, as_json, home
from orchestration.console.exit_codes import FAULT, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.command()
@click.argument("month", type=MONTH)
@click.argument("district", type=DISTRICT)
@click.argument("measure")
@click.option("--vintage", type=click.IntRange(min=0), help="Default: as published; 0: last run.")
@as_json
def explain(month: Month, district: str, measure: str, vintage: int | None, as_json: bool) -> int:
    """Explain one figure: definition, vintages, and the delivered rows that it was counted from.

    MEASURE is a column of the table (completed_count) or its Chinese name.
    """
    from orchestration.console import explaining as command
    from orchestration.console.output import print_json

    told = command.explained(home(), month, district, measure, vintage)
    if as_json:
        print_json(told)
    else:
        command.show(told)
    return FINE if told.get("adds_up", True) else FAULT
