"""The click group of all ``fangan`` commands.

The commands are in ``commands``, error handling and exit codes in ``orchestration.cli``.
"""

from __future__ import annotations

import tomllib

import click

from orchestration.settings import PROJECT_ROOT


def _print_version(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Print the version in ``pyproject.toml``: the installed one is that of the last setup."""
    if is_asked and not context.resilient_parsing:
        project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        click.echo(f"fangan {project['project']['version']}")
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
