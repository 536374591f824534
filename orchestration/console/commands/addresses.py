"""Addresses and building codes: how an address is read, what clerks decide on matches.

Add a command here that concerns single addresses, codes or door plates.
"""

from __future__ import annotations

import click

from orchestration.console.arguments import as_json
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.console.group import cli


@cli.command()
@click.argument("text")
@as_json
def address(text: str, as_json: bool) -> int:
    """Take an address apart and show what each piece of TEXT was read as."""
    from orchestration.console import address as command
    from orchestration.console.output import print_json

    explained = command.explain(text)
    if as_json:
        print_json(explained)
    else:
        command.show(explained)
    return FINDINGS if explained["problem"] else FINE
