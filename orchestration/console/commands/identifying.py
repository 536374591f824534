"""What is asked about the identifiers of buildings.

Add a command here that concerns codes of buildings as a whole; single matches are reviewed.
"""

from __future__ import annotations

import click

from orchestration.console.arguments import MONTH, as_json, home
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.command()
@click.argument("month", type=MONTH)
@as_json
def identifiers(month: Month, as_json: bool) -> int:
    """Count the identifiers of buildings by scheme, and list what contradicts their rules."""
    from orchestration.console import identifiers as command
    from orchestration.console.output import print_json

    record = command.told(home(), month)
    if as_json:
        print_json(record)
    else:
        command.show(record)
    return FINDINGS if record["findings"] else FINE
