"""``fangan diff``: how two vintages of a month differ.

The comparison is in ``publication.release.comparison``; here reasons are added, and it is printed.
"""

from __future__ import annotations

from typing import Any

import click

from orchestration.console.output import Record, print_table
from orchestration.publication.database.reading import columns_of, open_statistics
from orchestration.publication.release.comparison import NoSuchVintageError, compare
from orchestration.reference.metrics import metric_name, metric_unit
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


def difference(settings: Settings, month: Month, a: int, b: int) -> Record:
    """Return how two vintages differ; raise click.UsageError if one does not exist."""
    try:
        found = compare(settings, Ledger(settings.ledger), month, a, b)
    except NoSuchVintageError as error:
        raise click.UsageError(str(error)) from error
    causes = _causes(settings, month, b) if b == a + 1 and a else {}
    figures = [
        row
        | {"measure_name": metric_name(row["measure"]), "unit": metric_unit(row["measure"])}
        | causes.get(
            (row["district_code"], row["measure"]), {"reason_code": None, "delivery": None}
        )
        for row in found.figures
    ]
    return {"month": str(month), "old": a, "new": b, "figures": figures, "marts": found.marts}


def _causes(settings: Settings, month: Month, vintage: int) -> dict[tuple[str, str], Record]:
    """Return reason and delivery of each revision of a vintage, by (district code, measure)."""
    names = ("district_code", "metric_id", "reason_code", "delivery")
    with open_statistics(settings.statistics) as connection:
        columns = columns_of(connection, "rpt_revision", names)
        rows = connection.execute(
            f"select {', '.join(columns)} from marts.rpt_revision as rows"  # noqa: S608 - our names
            " where month = ? and vintage = ?",
            [month.first_day, vintage],
        ).fetchall()
    return {
        (c, m): {"reason_code": reason, "delivery": delivery} for c, m, reason, delivery in rows
    }


def show_difference(found: Record) -> None:
    """Print the figures that differ, then the marts whose rows differ."""
    title = f"{found['month']} 第 {found['old']} 版 → 第 {found['new']} 版"
    if not found["figures"]:
        click.echo(f"{title}：统计表逐格一致。Equal in every cell.")
    else:
        rows: list[dict[str, Any]] = [
            {
                "地区": row["district_name"],
                "指标": row["measure_name"],
                "单位": row["unit"],
                "原": row["old_value"],
                "新": row["new_value"],
                "差": row["difference"],
                "原因": row["reason_code"],
                "报送": row["delivery"],
            }
            for row in found["figures"]
        ]
        print_table(title, rows, missing="—")
    if found["marts"]:
        print_table("有行不同的表", found["marts"])
