"""The click group of all ``fangan`` commands.

The commands are in ``commands``, error handling and exit codes in ``orchestration.cli``.
"""

from __future__ import annotations

import click

from orchestration.settings import program_version


def _print_version(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if is_asked and not context.resilient_parsing:
        click.echo(f"fangan {program_version()}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Fang'an 房安: a city's building-safety statistics, from deliveries to a bulletin."""
