"""The click group of all ``fangan`` commands.

The commands are in ``commands``, error handling and exit codes in ``orchestration.cli``.
"""

from __future__ import annotations

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fangan")
def cli() -> None:
    """Fang'an 房安: a city's building-safety statistics, from deliveries to a bulletin."""
