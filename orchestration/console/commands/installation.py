"""Commands about this installation: its health, its stored data, its webserver.

Add a command here that concerns the machine or the home, not a single month or district.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import click

from orchestration.choices import ConfigurationError
from orchestration.console.arguments import MONTH, as_json, home, home_with_raw, waits
from orchestration.console.exit_codes import FAULT, FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month
from orchestration.settings import load_settings
from orchestration.store.ledger_database import refuse_newer


@cli.command()
@click.option("--mend", "mends", is_flag=True, help="Mend what needs no decision: modes, logs.")
@as_json
def doctor(mends: bool, as_json: bool) -> int:
    """Open everything a run needs, and say what is wrong and which command mends it.

    Nothing is changed without --mend, which corrects file modes and moves a broken log of
    Dagster's aside. Exit 4 for a fault, 0 with notes only.
    """
    from orchestration.console.health.examination import examine, unusable_settings
    from orchestration.console.health.mending import mend
    from orchestration.console.output import print_json, print_table

    try:
        settings = load_settings()
    except ConfigurationError as error:
        records = unusable_settings(error)
    else:
        if mends:
            refuse_newer(settings.ledger)
            for line in mend(settings.prepare()):
                click.echo(line, err=True)
        records = examine(settings)
    if as_json:
        print_json(records)
    else:
        print_table("", records)
    return FAULT if any(record["state"] == "fault" for record in records) else FINE


@cli.command()
@click.argument("month", type=MONTH, required=False)
@click.option("--repair", "repairs", is_flag=True, help="Make damaged files again if possible.")
@waits
@as_json
def verify(month: Month | None, repairs: bool, as_json: bool) -> int:
    """Check everything stored, or one MONTH, against the hashes and rows in the ledger.

    It says what is damaged, since when, what that affects and how to repair it. With --repair
    damaged files are moved to internal/damaged and made again; the archive, the ledger and files
    stored with releases are never touched.
    """
    from orchestration.console.output import print_result
    from orchestration.console.stored import verifying as command

    report = command.verify(home(), month, repairs=repairs)
    print_result(report, as_json, command.show)
    return FINE if report["is_whole"] else FINDINGS


@cli.command()
@waits
def rebuild() -> int:
    """Model and publish every month again, after columns of marts have changed.

    Nothing is read or judged again; the old result stays in use until all months are done.
    """
    from orchestration.console.monthly.month_run import run_month
    from orchestration.modelling.rebuild import rebuild_warehouse

    settings = home_with_raw()
    months = rebuild_warehouse(settings, lambda month: click.echo(f"{month} …"))
    if not months:
        click.echo("还没有统计过，无需重建。Nothing has been run yet, so nothing is rebuilt.")
        return FINE
    run_month(settings, months[-1], again=True)
    click.echo(
        f"已重建并发布 {len(months)} 个月。{len(months)} months modelled and published again."
    )
    return FINE


@cli.command()
def prepare() -> int:
    """Make the home ready for Dagster's services: folders, instance file, parsed dbt project.

    They need it before their first start and after an upgrade; a month's run does it by itself.
    """
    from orchestration.console.monthly.month_run import prepare_service
    from orchestration.modelling.dbt import prepare_manifest

    settings = home()
    for ended in prepare_service(settings):
        click.echo(f"{ended.month} {ended.run_id}: {ended.reason}")
    prepare_manifest(settings)
    click.echo(str(settings.home))
    return FINE


@cli.command(hidden=True)
@click.option("--port", default=3000, show_default=True)
def dev(port: int) -> None:
    """Start Dagster's webserver and daemon on this machine only (``make dev``)."""
    from orchestration.console.monthly.month_run import prepare_service
    from orchestration.settings import PROJECT_ROOT

    if _is_taken(port):
        raise click.UsageError(f"端口 {port} 已被占用。The port is taken: make dev PORT={port + 1}")
    for ended in prepare_service(home()):
        click.echo(f"{ended.month} {ended.run_id}: {ended.reason}")
    click.echo(f"Dagster: http://127.0.0.1:{port}")
    sys.stdout.flush()
    executable = Path(sys.executable).parent / "dagster"
    arguments = ["dev", "--host", "127.0.0.1", "--port", str(port)]
    # `dg dev`, which Dagster would rather see, belongs to a package for development
    os.environ.setdefault("PYTHONWARNINGS", "ignore:Function `dev_command` is superseded")
    # the code location and its name stand in pyproject.toml
    os.chdir(PROJECT_ROOT)
    os.execv(executable, [str(executable), *arguments])  # noqa: S606 - our own interpreter's tool


def _is_taken(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
