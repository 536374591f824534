"""Commands about telling people: the look that a timer takes.

Add a command here that concerns messages.
"""

from __future__ import annotations

import click

from orchestration.console.arguments import as_json, home
from orchestration.console.exit_codes import FAULT, FINDINGS, FINE
from orchestration.console.group import cli


@cli.command()
@click.option("--once", is_flag=True, help="Look once and end, as a timer does.")
@click.option("--every", type=click.IntRange(1, 1440), default=5, help="Minutes between looks; 5.")
@click.option("--test", "tests", is_flag=True, help="Send a test message to every channel.")
@as_json
def watch(once: bool, every: int, tests: bool, as_json: bool) -> int:
    """Look at deadlines, heartbeats and disk; tell who must know; send what waits.

    Channels are named in messages.toml; without it messages are only written to outbox/. Needs no
    Dagster. Ends with 1 if anything is open or could not be sent.
    """
    from orchestration.console import watching as command
    from orchestration.console.output import print_result

    settings = home()
    if tests:
        tested = command.test(settings)
        print_result(tested, as_json, command.show_test)
        return FINDINGS if any(one["why"] for one in tested) else FINE
    if not once:
        command.watch_for_ever(settings, every)
        return FAULT
    report = command.watch(settings)
    print_result(report, as_json, command.show)
    return FINDINGS if report["open"] or report["waiting_count"] else FINE
