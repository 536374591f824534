"""``fangan month``: what came of a month, read back from what is published, and printed.

The run itself is in ``month_run``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.console.output import Record, path_from_here, print_table
from orchestration.reference import vocabulary
from orchestration.reference.districts import CITY_ID
from orchestration.reference.measures import PRINTED_MEASURES
from orchestration.reference.metrics import short_header
from orchestration.reference.months import Month
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR, Settings

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class MonthResult:
    """The published table of a month and what stands beside it."""

    rows: list[Record]
    finding_count: int
    corrections: dict[str, int]
    waivers: dict[str, int]
    is_simulated: bool
    missing: list[str]
    files: list[Path]
    differences: list[Record] | None
    text_problems: list[str]


def month_result(settings: Settings, month: Month) -> MonthResult:
    """Read back the published figures, findings and files of a month."""
    from orchestration.formats.sql import records
    from orchestration.publication.database.reading import open_statistics
    from orchestration.publication.issue.placing import load_newsletter

    with open_statistics(settings.statistics) as connection:
        rows = records(
            connection,
            "select * from marts.rpt_district_monthly where month = ? order by sort_order",
            [month.first_day],
        )
        failing = connection.execute(
            "select count(*) from marts.rpt_verdict where month = ?"
            " and (outcome = 'error' or (outcome = 'fail' and severity <> 'info'))",
            [month.first_day],
        ).fetchall()[0][0]
        simulated = connection.execute(
            "select count(*) from marts.rpt_delivery where month = ? and contains(file_name, ?)",
            [month.first_day, vocabulary.SIMULATED],
        ).fetchall()[0][0]
        corrections = _by_status(connection, "rpt_correction", month)
        waivers = _by_status(connection, "rpt_waiver", month)
    folder = settings.published / str(month)
    return MonthResult(
        rows=rows,
        finding_count=failing,
        corrections=corrections,
        waivers=waivers,
        is_simulated=simulated > 0,
        missing=[
            r["district_name"] for r in rows if r["is_partial"] and r["district_id"] != CITY_ID
        ],
        files=[settings.statistics, *sorted(folder.glob("[!.]*.*"))],
        differences=_differences(month, rows),
        text_problems=list(
            load_newsletter(settings.statistics, settings.editorial(str(month)), month).problems
        ),
    )


def _by_status(connection: duckdb.DuckDBPyConnection, mart: str, month: Month) -> dict[str, int]:
    """Count the month's corrections or waivers by what became of them."""
    rows = connection.execute(
        f"select status, count(*) from marts.{mart} where month = ? group by all order by all",  # noqa: S608 - our table
        [month.first_day],
    ).fetchall()
    return dict(rows)


def printed_rows(rows: list[Record]) -> list[Record]:
    """Return the table as the bulletin prints it: names, six measures, the city as 合计."""
    return [
        {"地区": "合计" if row["district_id"] == CITY_ID else row["district_name"]}
        | {short_header(measure): row[measure] for measure in PRINTED_MEASURES}
        for row in rows
    ]


def _differences(month: Month, rows: list[Record]) -> list[Record] | None:
    """Compare with the figures the bureau published; None if it published none we know of."""
    seed = read_rows(SEEDS_DIR / "published_figures.csv")
    published = {r["district_id"]: r for r in seed if r["month"] == str(month)}
    if not published:
        return None
    return [
        {
            "地区": row["district_name"],
            "指标": short_header(measure),
            "本次": row[measure],
            "公布": Decimal(published[row["district_id"]][measure]),
        }
        for row in rows
        for measure in PRINTED_MEASURES
        if row[measure] != Decimal(published[row["district_id"]][measure])
    ]


def show(month: Month, result: MonthResult) -> None:
    """Print a month's table, gaps, differences and files."""
    print_table(f"{month.chinese}（截至{month.chinese}末）", printed_rows(result.rows), missing="—")
    vintage = max((row["vintage"] for row in result.rows), default=0)
    if vintage:
        click.echo(
            f"以上是已发布的第 {vintage} 版，已锁定；本次算得的另存，比较：fangan diff {month}"
            f" {vintage} 0。The released figures; compare them with what was computed."
        )
    if result.missing:
        click.echo(f"缺报或不全：{'、'.join(result.missing)}；合计只含已报地区")
    if result.is_simulated:
        click.echo(
            f"{vocabulary.DEMONSTRATION}：含模拟报送，不是真实统计。Simulated: no real figures."
        )
    if result.differences == []:
        click.echo("与已公布的统计表逐格一致。Equal to the published table in every cell.")
    elif result.differences and not result.is_simulated:
        print_table("与已公布的统计表不同之处", result.differences, missing="—")
    if result.finding_count:
        click.echo(f"{result.finding_count} 条规则未通过，详见 fangan status {month}")
    for problem in result.text_problems:
        click.echo(f"文稿：{problem}")
    _show_decisions(result)
    for path in result.files:
        click.echo(f"  {path_from_here(path)}")
    if not any(path.suffix == ".pdf" for path in result.files):
        from orchestration.publication.issue.pdf import why_missing

        click.echo(why_missing())


def _show_decisions(result: MonthResult) -> None:
    """Print what was corrected and waived, and which corrections need a person's look."""
    for label, states, names in (
        ("更正", result.corrections, vocabulary.CORRECTION_STATES),
        ("豁免", result.waivers, vocabulary.WAIVER_STATES),
    ):
        if states:
            counts = "，".join(f"{name} {states[s]}" for s, name in names.items() if s in states)
            click.echo(f"{label} {sum(states.values())} 条：{counts}")
    if result.corrections.keys() & {"not_applied", "stale"}:
        click.echo("注意：有更正未采用或已失效，逐条见 marts.rpt_correction 的 detail 栏")
