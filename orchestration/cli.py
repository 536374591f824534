"""The command ``fangan``: loads the commands, runs one, exits with its code.

Errors become messages and exit codes here. Commands are in ``console.commands``.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from importlib import import_module

import click

from orchestration.choices import ConfigurationError
from orchestration.console import commands
from orchestration.console.exit_codes import BUSY, FAULT, FINDINGS, FINE, USAGE
from orchestration.console.group import cli
from orchestration.store.locks import busy_in
from orchestration.store.migrations import NewerLedgerError

for _topic in pkgutil.iter_modules(commands.__path__):
    import_module(f"{commands.__name__}.{_topic.name}")


def main() -> None:
    """Run the command and exit with its code; a traceback is shown only on request."""
    try:
        code = cli.main(standalone_mode=False)
    except click.UsageError as error:
        error.show()
        code = USAGE
    except click.ClickException as error:
        error.show()
        code = FINDINGS
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = FAULT
    except (NewerLedgerError, ConfigurationError) as error:
        click.echo(f"Error: {error}", err=True)
        code = USAGE
    except Exception as error:
        if busy := busy_in(error):
            click.echo(
                f"Busy: {busy}. Wait for it to end, or let the command wait: --wait 30m."
                " fangan doctor shows locks.",
                err=True,
            )
            sys.exit(BUSY)
        click.echo(f"Our fault: {type(error).__name__}: {error}", err=True)
        if os.environ.get("FANGAN_TRACEBACK"):
            raise
        click.echo("Set FANGAN_TRACEBACK=1 to see where.", err=True)
        code = FAULT
    sys.exit(code if isinstance(code, int) else FINE)
