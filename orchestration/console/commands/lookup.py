"""Commands that look up single buildings, and the look-up service.

Add a command here that answers questions about single buildings.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.arguments import MONTH, as_json, home
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.command()
@click.argument("doorplate_or_building", required=False)
@click.option("--month", type=MONTH, help="Month; by default the newest with a look-up file.")
@click.option("--build", "is_build", is_flag=True, help="Build the look-up file of --month again.")
@as_json
def lookup(
    doorplate_or_building: str | None, month: Month | None, is_build: bool, as_json: bool
) -> int:
    """Look up a building by doorplate, building code, building id or internal code.

    Prints basic and safety information of a published month, never personal data. fangan release
    builds the look-up file; before a release build it with --build --month MONTH.
    """
    from orchestration.console import building_lookup as command
    from orchestration.console.output import print_json, print_result

    settings = home()
    if is_build == bool(doorplate_or_building) or (is_build and month is None):
        raise click.UsageError("give one code to look up, or --build --month MONTH")
    if is_build and month is not None:
        made = command.build(settings, month)
        if as_json:
            print_json(made)
        else:
            click.echo(
                f"{made['month']} 查询库：{made['building_count']} 幢，{made['key_count']} 个编码"
            )
            click.echo(f"  {made['file']}")
        return FINE
    record = command.find(settings, doorplate_or_building or "", month)
    print_result(record, as_json, command.show)
    return FINDINGS if "problem" in record else FINE


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Any other needs a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8300, show_default=True)
@click.option(
    "--rate",
    type=click.FloatRange(min=1),
    default=300,
    show_default=True,
    help="Keys a second for each client.",
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Bearer tokens, one per line; only the owner may read the file.",
)
def serve(host: str, port: int, rate: float, token_file: Path | None) -> int:
    """Serve look-ups over HTTP, read-only: HTML pages and a JSON API.

    Tokens are read from --token-file and from FANGAN_LOOKUP_TOKEN. The API is described at
    /api/v1/openapi.json.
    """
    from orchestration.console import lookup_server as command

    command.serve(home(), host, port, rate, token_file)
    return FINE
