"""Commands that keep a home: backups, restoring them, pruning.

The work is in ``upkeep``.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.arguments import DURATION, as_json, home, waits
from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.settings import load_settings
from orchestration.store.ledger_database import refuse_newer

_COUNT = click.IntRange(min=1)
_BACKUPS = click.Path(exists=True, file_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@cli.command()
@click.argument("folder", type=_FOLDER)
@click.option(
    "--wait",
    "wait_seconds",
    type=DURATION,
    default="10m",
    show_default=True,
    help="How long to wait for a run to leave the warehouse: 90, 90s, 30m, 2h.",
)
@as_json
def backup(folder: Path, wait_seconds: int, as_json: bool) -> int:
    """Back the home up into FOLDER while runs go on; a later backup adds only what is new.

    Not in it: deliveries not yet taken in (FANGAN_RAW) and the office's decisions. Exit 1 if
    something could not be taken.
    """
    from orchestration.console.output import print_result
    from orchestration.console.stored import backing_up as command

    report = command.back_up(home(), folder, wait_seconds)
    print_result(report, as_json, command.show)
    return FINE if report["is_complete"] else FINDINGS


@cli.command()
@click.argument("folder", type=_FOLDER)
@click.option("--name", help="Which backup; by default the last one.")
@as_json
def restore(folder: Path, name: str | None, as_json: bool) -> int:
    """Restore a backup into the empty home that FANGAN_HOME names, and verify it.

    FOLDER is where backups lie; then the last one is taken. Or it is a backup's own folder.
    """
    from orchestration.console.output import print_result
    from orchestration.console.stored import backing_up as command

    settings = load_settings()
    refuse_newer(settings.ledger)
    report = command.restore(settings, folder, name)
    print_result(report, as_json, command.show_restored)
    return FINE if report["verified"]["is_whole"] else FINDINGS


@cli.command()
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=1),
    default=90,
    show_default=True,
    help="Days that runs, ticks and logs are kept.",
)
@click.option("--backups", type=_BACKUPS, help="Prune this folder of backups, not the home.")
@click.option("--keep-last", type=_COUNT, help="Keep the last N complete backups.")
@click.option("--keep-daily", type=_COUNT, help="Keep the last one of each of the last N days.")
@click.option("--keep-monthly", type=_COUNT, help="Keep the last one of each of N months.")
@click.option("--yes", "does_it", is_flag=True, help="Remove it; without, only list it.")
@waits
@as_json
def prune(
    days: int,
    backups: Path | None,
    keep_last: int | None,
    keep_daily: int | None,
    keep_monthly: int | None,
    does_it: bool,
    as_json: bool,
) -> int:
    """List what nobody needs any more in the home, and with --yes remove it.

    Old runs and ticks of Dagster (never the last run of a month), logs, earlier published files,
    leftovers of processes that died. Never the archive, the ledger, a release or a judgement.

    With --backups and at least one --keep: the backups that no rule keeps, and what only they
    hold. Never the last complete one, nor what came after it.
    """
    from orchestration.console.output import print_result
    from orchestration.console.stored import pruning as command

    keep = (keep_last, keep_daily, keep_monthly)
    if (backups is None) != (not any(keep)):
        raise click.UsageError(
            "--backups 与 --keep-last、--keep-daily、--keep-monthly 须一起用。"
            "--backups needs a --keep rule, and a rule needs --backups"
        )
    if backups is not None:
        removed = command.prune_backups(backups, *(count or 0 for count in keep), does_it=does_it)
        print_result(removed, as_json, command.show_backups)
        return FINE
    report = command.prune(home(), days, does_it=does_it)
    print_result(report, as_json, command.show)
    return FINE
