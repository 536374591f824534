"""Asking what is published, and writing the site over it anew.

Add a command here that computes nothing and decides nothing.
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
    from orchestration.publication.database.reading import open_statistics

    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise click.UsageError(str(error)) from error
    if not statements:
        raise click.UsageError("没有查询语句。There is no statement in the query")
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


@cli.command()
@click.option("--docs", is_flag=True, help="Write the documentation of the dbt models too.")
@as_json
def site(docs: bool, as_json: bool) -> int:
    """Write published/index.html and definitions.html anew; they follow every run by themselves.

    The documentation of the models (--docs) changes with the code, not with the months, and takes
    a minute: it is written when asked for.
    """
    from datetime import datetime

    from orchestration.console.output import print_json
    from orchestration.modelling.dbt import write_docs
    from orchestration.publication.issue.site import MODEL_DOCS, write_site
    from orchestration.reference.deadlines import SUZHOU
    from orchestration.store.ledger import Ledger

    settings = home()
    if not settings.statistics.exists():
        raise click.ClickException("nothing is published yet; run: fangan month 2022-10")
    if docs:
        write_docs(settings, settings.published / MODEL_DOCS)
    pages = [
        str(path) for path in write_site(settings, Ledger(settings.ledger), datetime.now(SUZHOU))
    ]
    if as_json:
        print_json(pages)
    else:
        click.echo("\n".join(pages))
    return FINE
