"""Commands about a whole month: running it, and its delivery status.

Add a command here that takes a month and concerns all of it.
"""

from __future__ import annotations

import click

from orchestration.console.arguments import DISTRICT, MONTH, as_json, home, home_with_raw, waits
from orchestration.console.exit_codes import FAULT, FINDINGS, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.command()
@click.argument("month", type=MONTH)
@click.option("--again", is_flag=True, help="Run even if nothing has changed.")
@waits
@as_json
def month(month: Month, again: bool, as_json: bool) -> int:
    """Run MONTH: read, judge, model and publish what was delivered for it.

    Does nothing if nothing has changed since the month was published.
    """
    from orchestration.console.monthly import month as command
    from orchestration.console.monthly.month_run import NothingDeliveredError, run_month
    from orchestration.console.output import print_json

    settings = home_with_raw()
    try:
        ran = run_month(settings, month, again=again)
    except NothingDeliveredError as error:
        raise click.ClickException(str(error)) from error
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
                "text_problems": result.text_problems,
            }
        )
    else:
        if not ran:
            click.echo("没有新的报送，沿用已发布的结果。Nothing has changed since the last run.")
        command.show(month, result)
    return FINDINGS if result.finding_count or result.text_problems else FINE


@cli.command()
@click.argument("month", type=MONTH, required=False)
@click.argument("district", type=DISTRICT, required=False)
@as_json
def status(month: Month | None, district: str | None, as_json: bool) -> int:
    """Show what each district has delivered for MONTH (default: the latest one judged).

    With DISTRICT (name, id or code) show its failed rules, versions and changes in detail.
    """
    from orchestration.console.monthly import delivery_status as command
    from orchestration.console.monthly import delivery_status_tables as page
    from orchestration.console.monthly import staleness
    from orchestration.console.output import print_json

    settings = home()
    judged = command.judged_months(settings)
    month = month or (judged[-1] if judged else None)
    if month is None or month not in judged:
        if as_json:
            print_json(
                {
                    "month": month and str(month),
                    "deliveries": [],
                    "month_failures": [],
                    "months": command.month_rates(settings),
                }
            )
        else:
            click.echo(f"还没有统计过。Nothing has been run yet: fangan month {month or '2022-10'}")
        return FINE
    records = command.month_status(settings, month, district)
    failures = command.month_failures(settings, month, district)
    is_stale = staleness.is_stale(settings, month)
    if as_json:
        print_json(
            {
                "month": str(month),
                "is_stale": is_stale,
                "deliveries": records,
                "month_failures": failures,
                "months": command.month_rates(settings),
            }
        )
    elif district:
        page.show_district(month, records, failures)
    else:
        page.show_month(month, records, failures)
        page.show_rates(command.month_rates(settings))
        if is_stale:
            staleness.show_stale(month)
    if not all(record["is_conserved"] for record in records):
        return FAULT
    asks = any(failure["asks_for_action"] for failure in failures)
    return FINDINGS if asks or any(r["failed_rules"] for r in records) else FINE
