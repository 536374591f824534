"""The command ``fangan``: parse, call, print.

Add a command here and its facts in ``console``. Heavy imports stay inside the functions, so
that ``--help`` answers at once. Exit codes: 0 fine, 1 findings, 2 usage, 3 busy, 4 our fault.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from orchestration.console.arguments import DISTRICT, MONTH
from orchestration.months import Month
from orchestration.settings import Settings, load_settings
from orchestration.store.locks import BusyError

FINE, FINDINGS, USAGE, BUSY, FAULT = range(5)

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fangan")
def cli() -> None:
    """Fang'an 房安: a city's building-safety statistics, from deliveries to a bulletin."""


@cli.command()
@click.argument("month", type=MONTH)
@click.option("--again", is_flag=True, help="Run even if nothing is new.")
@_as_json
def month(month: Month, again: bool, as_json: bool) -> int:
    """Run MONTH: read, judge, model and publish what was delivered for it.

    Runs nothing if nothing is new since the month was published.
    """
    from orchestration.console import month as command
    from orchestration.console.output import print_json

    settings = _home()
    ran = command.run_month(settings, month, again=again)
    result = command.month_result(settings, month)
    if as_json:
        print_json(
            {
                "month": str(month),
                "ran": ran,
                "rows": result.rows,
                "failed_verdicts": result.finding_count,
                "missing": result.missing,
                "corrections": result.corrections,
                "waivers": result.waivers,
                "files": [str(path) for path in result.files],
                "differences_from_published": result.differences,
            }
        )
    else:
        if not ran:
            click.echo("没有新的报送，沿用已发布的结果。Nothing new: this is what is published.")
        command.show(month, result)
    return FINDINGS if result.finding_count else FINE


@cli.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--kind", help="Which export it is, if its name does not say.")
@click.option("--month", help="The month it is for, if neither folder nor content say.")
@click.option("--district", type=DISTRICT, help="The district it is from: name, id or code.")
@_as_json
def check(
    files: tuple[Path, ...],
    kind: str | None,
    month: str | None,
    district: str | None,
    as_json: bool,
) -> int:
    """Read and judge FILES as if they were delivered; nothing is written."""
    from orchestration.console.check import check_file, show
    from orchestration.console.output import print_json
    from orchestration.ingest.readers import ReaderPool

    load_settings()
    with ReaderPool() as pool:
        checked = [check_file(pool, path, kind, month, district) for path in files]
    if as_json:
        print_json(checked)
    else:
        for record in checked:
            show(record)
    if not all(record["is_conserved"] for record in checked):
        return FAULT
    return FINDINGS if any(record["failed_rules"] for record in checked) else FINE


@cli.command()
@click.argument("month", type=MONTH, required=False)
@click.argument("district", type=DISTRICT, required=False)
@_as_json
def status(month: Month | None, district: str | None, as_json: bool) -> int:
    """Show what each district has delivered for MONTH (default: the latest one judged).

    With DISTRICT (name, id or code): its failed rules, versions and changes in detail.
    """
    from orchestration.console import status as command
    from orchestration.console import status_page as page
    from orchestration.console.output import print_json

    settings = _home()
    judged = command.judged_months(settings)
    month = month or (judged[-1] if judged else None)
    if month is None or month not in judged:
        if as_json:
            print_json({"month": month and str(month), "deliveries": [], "failed_wholes": []})
        else:
            click.echo(f"还没有统计过。Nothing has been run yet: fangan month {month or '2022-10'}")
        return FINE
    records = command.month_status(settings, month, district)
    wholes = command.whole_failures(settings, month, district)
    if as_json:
        print_json({"month": str(month), "deliveries": records, "failed_wholes": wholes})
    elif district:
        page.show_district(month, records, wholes)
    else:
        page.show_month(month, records, wholes)
    if not all(record["is_conserved"] for record in records):
        return FAULT
    return FINDINGS if wholes or any(r["failed_rules"] for r in records) else FINE


@cli.command()
@click.argument("sql")
@_as_json
def query(sql: str, as_json: bool) -> int:
    """Ask the published statistics: fangan query "from marts.rpt_district_monthly"."""
    import duckdb

    from orchestration.console.output import print_json, print_table
    from orchestration.publication.statistics import open_statistics

    settings = _home()
    if not settings.statistics.exists():
        raise click.ClickException("nothing is published yet; run: fangan month 2022-10")
    try:
        with open_statistics(settings.statistics) as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except duckdb.Error as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        print_json(rows)
    else:
        print_table("", rows, missing="—")
    return FINE


@cli.command()
@_as_json
def doctor(as_json: bool) -> int:
    """Examine this installation and say what mends it."""
    from orchestration.console.doctor import examine
    from orchestration.console.output import print_json, print_table

    records = examine(_home())
    if as_json:
        print_json(records)
    else:
        print_table("", records)
    return FAULT if any(record["state"] == "fault" for record in records) else FINE


@cli.command(name="return")
@click.argument("month", type=MONTH)
@click.argument("district", type=DISTRICT, required=False)
@_as_json
def return_(month: Month, district: str | None, as_json: bool) -> int:
    """Build what DISTRICT (default: every one) gets back for MONTH: files, issues, a note."""
    from orchestration.console import giving_back as command
    from orchestration.console.output import print_json

    packages = command.build(_home(), month, district)
    if as_json:
        print_json(packages)
    else:
        command.show(packages)
    return FINDINGS if any(package["finding_count"] for package in packages) else FINE


@cli.command()
@click.argument("kind")
@click.argument("district", type=DISTRICT)
@click.option("--month", type=MONTH, required=True, help="The month it is to be filled for.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it.")
def template(kind: str, district: str, month: Month, out: Path | None) -> int:
    """Write a blank workbook of KIND for DISTRICT, made from the contract."""
    from orchestration.console.giving_back import write_blank

    load_settings()
    click.echo(str(write_blank(kind, district, month, out)))
    return FINE


@cli.command()
@click.argument("kind", required=False)
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write it as a workbook instead.")
@_as_json
def rules(kind: str | None, xlsx: Path | None, as_json: bool) -> int:
    """List what is asked of a delivery (of KIND): every rule, its severity and its remedy."""
    from orchestration.console import rules as command
    from orchestration.console.output import print_json

    listed = command.chosen_rules(kind)
    if xlsx is not None:
        command.write(xlsx, listed)
    elif as_json:
        print_json(command.records(listed))
    else:
        command.show(listed)
    return FINE


@cli.command()
@click.argument("month", type=MONTH)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A raw folder.")
@click.option("--scale", default=1.0, show_default=True, help="Size, 1 being the whole city.")
@click.option("--seed", default=2022, show_default=True, help="Another seed, another city.")
@click.option("--faults", is_flag=True, help="Plant faults and write answer_key.json.")
@click.option("--kinds", help="Only these kinds, separated by commas.")
@click.option("--codes", type=int, help="How many building codes to make, with door plates.")
def simulate(
    month: Month,
    out: Path,
    scale: float,
    seed: int,
    faults: bool,
    kinds: str | None,
    codes: int | None,
) -> int:
    """Write a synthetic city's deliveries of MONTH, each marked as simulated."""
    from orchestration.simulation.city import simulate as make

    load_settings()
    chosen = tuple(kinds.split(",")) if kinds else None
    try:
        made = make(month, out, scale=scale, seed=seed, faults=faults, kinds=chosen, codes=codes)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{len(made.paths)} 个文件，{sum(made.rows.values())} 行（模拟数据）：{out}")
    return FINE


@cli.command(hidden=True)
@click.option("--port", default=3000, show_default=True)
def dev(port: int) -> None:
    """Start Dagster's webserver and daemon on this machine only (``make dev``)."""
    from orchestration.console.month import prepare_dagster
    from orchestration.settings import PROJECT_ROOT

    prepare_dagster(_home())
    click.echo(f"Dagster: http://127.0.0.1:{port}")
    sys.stdout.flush()
    executable = Path(sys.executable).parent / "dagster"
    arguments = [
        "dev",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "-m",
        "orchestration.definitions",
    ]
    os.chdir(PROJECT_ROOT)
    os.execv(executable, [str(executable), *arguments])  # noqa: S606 - our own interpreter's tool


def _home() -> Settings:
    return load_settings().prepare()


def main() -> None:
    """Run the command and leave with its exit code; no traceback unless it is our fault."""
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
    except BusyError as error:
        click.echo(f"Busy: {error}. Wait for it to end, or look at fangan doctor.", err=True)
        code = BUSY
    except Exception as error:
        click.echo(f"Our fault: {type(error).__name__}: {error}", err=True)
        if os.environ.get("FANGAN_TRACEBACK"):
            raise
        click.echo("Set FANGAN_TRACEBACK=1 to see where.", err=True)
        code = FAULT
    sys.exit(code if isinstance(code, int) else FINE)
