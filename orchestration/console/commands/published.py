"""Commands on published figures: queries, explanations, and the index pages.

Add a command here that reads what is published, and neither computes nor decides anything.
"""

from __future__ import annotations

import click

from orchestration.console.arguments import DISTRICT, MONTH, as_json, home
from orchestration.console.exit_codes import FAULT, FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month


@cli.command()
@click.argument("sql")
@as_json
def query(sql: str, as_json: bool) -> int:
    """Query the published statistics: fangan query "from marts.rpt_district_monthly"."""
    import duckdb

    from orchestration.console.output import print_json, print_table
    from orchestration.formats.sql import records
    from orchestration.publication.database.reading import open_statistics

    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise click.UsageError(str(error)) from error
    if not statements:
        raise click.UsageError("没有查询语句。The query has no statement")
    settings = home()
    if not settings.statistics.exists():
        raise click.ClickException("nothing is published yet; run: fangan month 2022-10")
    try:
        with open_statistics(settings.statistics) as connection:
            rows = records(connection, sql)
    except duckdb.Error as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        print_json(rows)
    else:
        print_table("", rows, missing="—")
    return FINE


@cli.command()
@click.option("--docs", is_flag=True, help="Also write the documentation of the dbt models.")
@as_json
def site(docs: bool, as_json: bool) -> int:
    """Write published/index.html and definitions.html again, as every run does.

    The documentation of the models (--docs) depends on the code, not on the months, and takes a
    minute, so runs do not write it.
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


@cli.command()
@click.argument("month", type=MONTH)
@click.argument("district", type=DISTRICT)
@click.argument("measure")
@click.option("--vintage", type=click.IntRange(min=0), help="Default: as published; 0: last run.")
@as_json
def explain(month: Month, district: str, measure: str, vintage: int | None, as_json: bool) -> int:
    """Explain one figure: its definition, its vintages, and the delivered rows behind it.

    MEASURE is a column of the table (completed_count) or its Chinese name.
    """
    from orchestration.console import figure_explanation as command
    from orchestration.console.output import print_result

    explanation = command.explain_figure(home(), month, district, measure, vintage)
    print_result(explanation, as_json, command.show)
    return FINE if explanation.get("adds_up", True) else FAULT
