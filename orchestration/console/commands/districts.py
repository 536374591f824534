"""Commands about one district's deliveries: rules, blank workbooks, checks, return packages.

Add a command here that concerns one delivery before or after its month is run.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.arguments import DISTRICT, MONTH, as_json, home
from orchestration.console.exit_codes import FAULT, FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month
from orchestration.settings import load_settings


@cli.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--kind", help="The kind of export, if the file's name does not show it.")
@click.option("--month", help="The month, if neither folder nor content show it.")
@click.option("--district", type=DISTRICT, help="The reporting district: name, id or code.")
@as_json
def check(
    files: tuple[Path, ...],
    kind: str | None,
    month: str | None,
    district: str | None,
    as_json: bool,
) -> int:
    """Read and judge FILES as if they were delivered, without storing anything.

    Current waivers and corrections are applied; files of one district are compared.
    """
    from orchestration.console.check import check_files, show
    from orchestration.console.output import print_json

    checked = check_files(load_settings(), files, kind, month, district)
    if as_json:
        print_json(checked)
    else:
        for record in checked:
            show(record)
    if not all(record["is_conserved"] for record in checked):
        return FAULT
    return FINDINGS if any(record["failed_rules"] for record in checked) else FINE


@cli.command(name="return")
@click.argument("month", type=MONTH)
@click.argument("district", type=DISTRICT, required=False)
@as_json
def return_(month: Month, district: str | None, as_json: bool) -> int:
    """Build the return package of DISTRICT (default: all) for MONTH: files, issues, a note."""
    from orchestration.console import return_packages as command
    from orchestration.console.output import print_result

    packages = command.build(home(), month, district)
    print_result(packages, as_json, command.show)
    return FINDINGS if any(package["asks_for_action"] for package in packages) else FINE


@cli.command()
@click.argument("kind")
@click.argument("district", type=DISTRICT)
@click.option("--month", type=MONTH, required=True, help="The reporting month.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it.")
def template(kind: str, district: str, month: Month, out: Path | None) -> int:
    """Write a blank workbook of KIND for DISTRICT, made from the contract."""
    from orchestration.console.return_packages import write_blank

    load_settings()
    click.echo(str(write_blank(kind, district, month, out)))
    return FINE


@cli.command()
@click.argument("kind", required=False)
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write it as a workbook instead.")
@click.option("--suite", type=DISTRICT, help="The Great Expectations suite of this district.")
@click.option("--month", type=MONTH, help="The month whose limits a suite has (default: last).")
@as_json
def rules(
    kind: str | None, xlsx: Path | None, suite: str | None, month: Month | None, as_json: bool
) -> int:
    """List every rule (of KIND) with its severity and its remedy.

    With --suite DISTRICT, print the expectations of its suite, or without KIND list its suites.
    """
    from orchestration.console import rules as command
    from orchestration.console import suites
    from orchestration.console.output import print_json

    if suite is not None:
        suites.show(suites.chosen_suites(suite, kind, month), kind, as_json)
        return FINE
    listed = command.chosen_rules(kind)
    if xlsx is not None:
        command.write(xlsx, listed)
    elif as_json:
        print_json(command.records(listed))
    else:
        command.show(listed)
    return FINE
