"""The command ``fangan``: parse, call, print.

Add a command here and its facts in ``console``. Heavy imports stay inside the functions, so
that ``--help`` answers at once. Exit codes: 0 fine, 1 findings, 2 usage, 3 busy, 4 our fault.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestration import terms
from orchestration.months import Month
from orchestration.settings import Settings, load_settings
from orchestration.store.locks import BusyError

if TYPE_CHECKING:
    from orchestration.console.output import Record

FINE, FINDINGS, USAGE, BUSY, FAULT = range(5)

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")


class _MonthType(click.ParamType[Month]):
    name = "MONTH"

    def convert(self, value: Any, param: Any, ctx: Any) -> Month:
        if isinstance(value, Month):
            return value
        try:
            return Month.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_MONTH = _MonthType()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fangan")
def cli() -> None:
    """Fang'an 房安: a city's building-safety statistics, from deliveries to a bulletin."""


@cli.command()
@click.argument("month", type=_MONTH)
@_as_json
def month(month: Month, as_json: bool) -> int:
    """Run MONTH: read, judge, model and publish what was delivered for it."""
    from orchestration.console import month as command
    from orchestration.console.output import print_json

    settings = _home()
    command.run_month(settings, month)
    result = command.month_result(settings, month)
    if as_json:
        print_json(
            {
                "month": str(month),
                "rows": result.rows,
                "failed_verdicts": result.finding_count,
                "missing": result.missing,
                "files": [str(path) for path in result.files],
                "differences_from_published": result.differences,
            }
        )
    else:
        _print_month(month, result)
    return FINDINGS if result.finding_count else FINE


def _print_month(month: Month, result: Any) -> None:
    from orchestration.console.month import printed_rows
    from orchestration.console.output import print_table

    print_table(f"{month.chinese}（截至{month.chinese}末）", printed_rows(result.rows), missing="—")
    if result.missing:
        click.echo(f"缺报或不全：{'、'.join(result.missing)}；合计只含已报地区")
    if result.differences == []:
        click.echo("与已公布的统计表逐格一致。Equal to the published table in every cell.")
    elif result.differences:
        print_table("与已公布的统计表不同之处", result.differences, missing="—")
    if result.finding_count:
        click.echo(f"{result.finding_count} 条规则未通过，详见 fangan status {month}")
    for path in result.files:
        click.echo(f"  {_short(path)}")


@cli.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--kind", help="Which export it is, if its name does not say.")
@click.option("--month", help="The month it is for, if neither folder nor content say.")
@click.option("--district", help="The district it is from: name, id or code.")
@_as_json
def check(
    files: tuple[Path, ...],
    kind: str | None,
    month: str | None,
    district: str | None,
    as_json: bool,
) -> int:
    """Read and judge FILES as if they were delivered; nothing is written."""
    from orchestration.console.check import check_file
    from orchestration.console.output import print_json
    from orchestration.ingest.readers import ReaderPool

    load_settings()
    with ReaderPool() as pool:
        checked = [check_file(pool, path, kind, month, district) for path in files]
    if as_json:
        print_json(checked)
    else:
        for record in checked:
            _print_checked(record)
    return FINDINGS if any(record["failed_rules"] for record in checked) else FINE


def _print_checked(record: Record) -> None:
    from orchestration.console.output import print_table

    click.echo(
        f"{record['file']}：{terms.STATES[record['state']]}，共 {record['row_count']} 行 ＝ "
        f"采用 {record['accepted_count']} ＋ 隔离 {record['quarantined_count']} ＋ "
        f"表题表头合计等 {record['itemised_count']}；规范化单元格 {record['normalised_count']} 个"
    )
    if record["findings"]:
        shown = record["findings"][:_SHOWN_FINDINGS]
        print_table(
            f"问题 {len(record['findings'])} 项"
            + (f"，显示前 {_SHOWN_FINDINGS} 项" if len(shown) < len(record["findings"]) else ""),
            [
                {
                    "规则": f["rule_id"],
                    "程度": terms.SEVERITIES[f["severity"]],
                    "工作表": f["sheet"],
                    "单元格": f["cell"],
                    "问题": f["message"],
                    "改法": f["remedy"],
                }
                for f in shown
            ],
        )


_SHOWN_FINDINGS = 50


@cli.command()
@click.argument("month", type=_MONTH, required=False)
@_as_json
def status(month: Month | None, as_json: bool) -> int:
    """Show what each district has delivered for MONTH (default: the latest one judged)."""
    from orchestration.console import status as command
    from orchestration.console.output import print_json, print_table

    settings = _home()
    month = month or command.latest_month(settings)
    if month is None:
        click.echo("还没有统计过任何月份。Nothing has been run yet: fangan month 2022-10")
        return FINE
    records = command.month_status(settings, month)
    wholes = command.failed_wholes(settings, month)
    if as_json:
        print_json({"month": str(month), "deliveries": records, "failed_wholes": wholes})
    else:
        print_table(
            f"{month.chinese} 报送情况",
            [
                {
                    "地区": r["district_name"],
                    "种类": r["title"],
                    "状态": terms.STATES[r["state"]],
                    "版本": r["version"],
                    "行数": r["row_count"],
                    "采用": r["accepted_count"],
                    "隔离": r["quarantined_count"],
                    "其他行": r["itemised_count"],
                    "未通过的规则": "、".join(r["failed_rules"]),
                }
                for r in records
                if r["state"] != "missing" or r["kind"] == "monthly_report"
            ],
        )
        for whole in wholes:
            click.echo(f"未通过：{whole}")
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


def _short(path: Path) -> str:
    """Return a path as seen from here if it lies below, else whole."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


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
