"""Asking what is published.

Add a command here that only reads the published statistics.
"""

from __future__ import annotations

import click

from orchestration.console.arguments import as_json, home
from orchestration.console.exit_codes import FINE
from orchestration.console.group import cli


@cli.command()
@click.argument("sql")
@as_json
def query(sql: str, as_json: bool) -> int:
    """Ask the published statistics: fangan query "from marts.rpt_district_monthly"."""
    import duckdb

    from orchestration.console.output import print_json, print_table
    from orchestration.publication.statistics import open_statistics

    settings = home()
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
