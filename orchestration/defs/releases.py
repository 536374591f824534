"""What a month's run shows the world: the published DuckDB, then the bulletin made from it.

Publishes only what passed the audit, and only whole: one rename. How files are written is in
``publication``, what may be published in ``modelling/audit``.
https://docs.dagster.io/guides/build/assets
"""

from datetime import datetime

from dagster import (
    AssetDep,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Definitions,
    MaterializeResult,
    MetadataValue,
    asset,
    definitions,
)

from orchestration.defs.numbers import Stopwatch, vintage_number
from orchestration.defs.pages import month_pages
from orchestration.defs.partitions import MONTH_BY_MONTH, MONTHS, OWNERS, WAREHOUSE_POOL
from orchestration.defs.resources import Platform
from orchestration.defs.statistics import statistics
from orchestration.modelling.audit import audit_month
from orchestration.modelling.previews import markdown_table
from orchestration.modelling.stamp import mark_audited, mark_published
from orchestration.modelling.up_to_date import month_fingerprint
from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.issue.placing import place_issue, write_bulletin
from orchestration.publication.issue.site import write_site
from orchestration.publication.status.facts import month_status
from orchestration.publication.status.page import DISTRICT_COLUMNS, district_counts
from orchestration.reference.calendar import SUZHOU
from orchestration.reference.months import Month

STATISTICS_KEY = AssetKey(["published", "statistics"])
BULLETIN_KEY = AssetKey(["published", "bulletin"])


def _marts(assets: AssetsDefinition) -> list[AssetDep]:
    return [AssetDep(key) for key in sorted(assets.keys) if key.path[0] == "marts"]


@asset(
    key=STATISTICS_KEY,
    deps=_marts(statistics),
    partitions_def=MONTHS,
    backfill_policy=MONTH_BY_MONTH,
    pool=WAREHOUSE_POOL,
    group_name="published",
    kinds={"duckdb"},
    owners=OWNERS,
    description=(
        "发布库：审核通过的各月统计表，整体替换。The DuckDB that analysts read, swapped in whole."
    ),
)
def published_statistics(
    context: AssetExecutionContext, platform: Platform
) -> MaterializeResult[None]:
    """Audit the month, build the published file beside the present one, swap it in."""
    month, watch = Month.parse(context.partition_key), Stopwatch()
    with platform.warehouse() as settings:
        audit_month(settings, platform.ledger, month)
        mark_audited(settings, month)
        published = publish_statistics(settings)
        mark_published(settings)
    return MaterializeResult(
        metadata={
            "dagster/row_count": MetadataValue.int(sum(published.row_counts.values())),
            **vintage_number(platform.ledger, month),
            **watch.numbers(),
            **month_pages(platform.settings, month, "explain.html"),
            "文件": MetadataValue.path(str(published.path)),
            "预览": MetadataValue.md(markdown_table(("表", "行数"), published.row_counts.items())),
        }
    )


@asset(
    key=BULLETIN_KEY,
    deps=[STATISTICS_KEY],
    partitions_def=MONTHS,
    backfill_policy=MONTH_BY_MONTH,
    group_name="published",
    kinds={"excel", "word", "html"},
    owners=OWNERS,
    description=(
        "月度公报：文档、工作簿和网页。The month's bulletin, as document, workbook and page."
    ),
)
def bulletin(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[None]:
    """Write the month's bulletin from the published file; a released one's is kept as it is."""
    month = Month.parse(context.partition_key)
    now, watch = datetime.now(SUZHOU), Stopwatch()
    with platform.warehouse() as settings:
        audit_month(settings, platform.ledger, month, is_published=True)
    fingerprint = month_fingerprint(settings, platform.ledger, month)
    shown = platform.ledger.release_state(month).shown
    issued = place_issue(settings, shown) if shown else write_bulletin(settings, month, now)
    write_site(settings, platform.ledger, now)
    for message in (*issued.problems, issued.without_pdf):
        if message:
            context.log.warning("%s", message)
    platform.ledger.record_publication(month, fingerprint)
    return MaterializeResult(
        metadata={
            "文件数": MetadataValue.int(len(issued.paths)),
            "文稿中与统计表不符的数字": MetadataValue.int(len(issued.problems)),
            "报送状态": MetadataValue.md(
                markdown_table(
                    DISTRICT_COLUMNS, district_counts(month_status(platform.ledger, month, now))
                )
            ),
            **vintage_number(platform.ledger, month),
            **watch.numbers(),
            **month_pages(settings, month, "bulletin.html", "quality.html", "explain.html"),
            "预览": MetadataValue.md(
                markdown_table(("文件", "字节"), [(p.name, p.stat().st_size) for p in issued.paths])
            ),
        }
    )


@definitions
def releases() -> Definitions:
    """Provide the published file and the bulletin."""
    return Definitions(assets=[published_statistics, bulletin])
