"""``fangan identifiers``: a month's building identifiers by scheme, and their findings.

Identifiers are made and checked in ``matching.identifiers``.
"""

from __future__ import annotations

import click
import duckdb

from orchestration.console.output import Record, print_table
from orchestration.matching.identifiers import history_file, identifier_findings
from orchestration.reference.months import Month
from orchestration.settings import Settings

#: As many findings as a person reads on a screen.
_SHOWN = 20
_COUNTS = """
select
    scheme,
    count(*) filter (where valid_to is null) as valid_count,
    count(*) filter (where valid_to is not null) as former_count
from read_parquet(?)
group by scheme
order by scheme
"""


def month_identifiers(settings: Settings, month: Month) -> Record:
    """Return counts by scheme and findings; raise click.ClickException if there are none."""
    path = history_file(settings, month)
    if path is None:
        raise click.ClickException(
            f"{month.chinese}没有房屋标识：须先报送并采用一房一码库和公安数字门牌"
            f"（fangan month {month}）"
        )
    rows = duckdb.execute(_COUNTS, [str(path)]).fetchall()
    names = ("scheme", "valid_count", "former_count")
    return {
        "month": str(month),
        "schemes": [dict(zip(names, row, strict=True)) for row in rows],
        "findings": identifier_findings(settings, month),
    }


def show(record: Record) -> None:
    """Print counts and findings."""
    print_table(
        f"{record['month']} 房屋标识",
        [
            {"方案": r["scheme"], "有效": r["valid_count"], "已失效": r["former_count"]}
            for r in record["schemes"]
        ],
    )
    findings = record["findings"]
    for finding in findings[:_SHOWN]:
        click.echo(
            f"{finding['rule_id']} {finding['scheme']} 房屋 {finding['building_id']}"
            f" 编码 {finding['value']}：{finding['message']}"
        )
    if len(findings) > _SHOWN:
        click.echo(f"共 {len(findings)} 处问题，加 --json 查看全部")
