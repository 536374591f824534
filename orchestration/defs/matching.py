"""The month's building codes matched with the door plates, between deliveries and statistics.

A month without one of the two registers is not applicable: the asset says so and does nothing.
What is written and how is in ``matching/month``.
"""

from dagster import (
    AssetDep,
    AssetExecutionContext,
    AssetKey,
    Definitions,
    MaterializeResult,
    MetadataValue,
    asset,
    definitions,
)

from orchestration.defs.deliveries import delivery_key
from orchestration.defs.partitions import MONTH_BY_MONTH, MONTHS, OWNERS, WAREHOUSE_POOL
from orchestration.defs.resources import Platform
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month

MATCHING_KEY = AssetKey(["matching", "codes"])


@asset(
    key=MATCHING_KEY,
    deps=[AssetDep(delivery_key(CITY_ID))],
    partitions_def=MONTHS,
    backfill_policy=MONTH_BY_MONTH,
    pool=WAREHOUSE_POOL,
    group_name="matching",
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    description=(
        "一房一码与公安门牌的匹配结果，一码一行。One outcome for every building code of the month."
    ),
)
def matched_codes(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[None]:
    """Match what could have changed since the month before, and keep the buildings' identifiers."""
    from orchestration.matching.identifiers import (
        build_identifiers,
        identifier_findings,
        publish_identifiers,
    )
    from orchestration.matching.month import match_month

    month = Month.parse(context.partition_key)
    with platform.warehouse() as settings:
        receipt = match_month(settings, platform.ledger, month)
        if build_identifiers(settings, platform.ledger, month):
            publish_identifiers(settings)
        findings = identifier_findings(settings, month) or []
    if receipt is None:
        return MaterializeResult(metadata={"状态": MetadataValue.text("not_applicable")})
    return MaterializeResult(
        metadata={
            "dagster/row_count": MetadataValue.int(receipt.code_count),
            "门牌数": MetadataValue.int(receipt.plate_count),
            "本次匹配的编码数": MetadataValue.int(receipt.examined_count),
            "新解析的地址数": MetadataValue.int(receipt.parsed_count),
            "标识问题数": MetadataValue.int(len(findings)),
        }
    )


@definitions
def matching() -> Definitions:
    """Provide the outcomes of matching."""
    return Definitions(assets=[matched_codes])
