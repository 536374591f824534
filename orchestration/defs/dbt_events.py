"""What the events of a dbt build show in Dagster: first rows, failing rows, what was skipped.

The events themselves are dagster-dbt's. Which rows may be shown is said in
``modelling/previews`` and ``modelling/failing_rows``.
"""

from collections.abc import Mapping
from typing import Any

from dagster import (
    AssetCheckEvaluation,
    AssetCheckResult,
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    Failure,
    MetadataValue,
    Output,
)

from orchestration.modelling.building import Build, DbtBuildError
from orchestration.modelling.failing_rows import failing_rows
from orchestration.modelling.previews import Preview, TablePreviews, markdown_table

DbtEvent = (
    Output[Any] | AssetMaterialization | AssetObservation | AssetCheckEvaluation | AssetCheckResult
)


def with_rows(
    event: DbtEvent, manifest: Mapping[str, Any], building: Build, previews: TablePreviews
) -> DbtEvent:
    """Add to a built table its row count and first rows, to a failed test its failing rows."""
    if isinstance(event, Output):
        schema, table = event.output_name.split("__", 1)
        if not previews.has(schema, table):
            return event
        shown = preview_metadata(previews.of(schema, table))
        return event.with_metadata({**event.metadata, **shown})
    if isinstance(event, AssetCheckResult) and not event.passed:
        unique_id = event.metadata["unique_id"].value
        sql = building.thread.compiled_sql(str(unique_id))
        test = manifest["nodes"][unique_id]
        rows = failing_rows(previews.connection, test, sql) if sql else None
        if rows is not None:
            return event.with_metadata({**event.metadata, "未通过的行": MetadataValue.md(rows)})
    return event


def preview_metadata(preview: Preview) -> dict[str, Any]:
    """Return what Dagster shows of a built table."""
    shown = {"预览": MetadataValue.md(preview.markdown)} if preview.markdown else {}
    return {"dagster/row_count": MetadataValue.int(preview.row_count), **shown}


def skipped(key: AssetKey, partition: str, error: DbtBuildError) -> AssetObservation:
    """Return the note on an asset that dbt did not build, because of what failed before it."""
    failed = "、".join(result.name for result in error.failed)
    return AssetObservation(
        asset_key=key,
        partition=partition,
        description=f"未计算：{failed} 未通过。Skipped, because it depends on what failed.",
        metadata={"状态": "skipped", "未通过的节点": failed},
    )


def dbt_failure(error: DbtBuildError) -> Failure:
    """Return the step's failure, with what failed and what was skipped as tables."""
    failed = [(result.name, result.status, result.message) for result in error.failed]
    missed = [(result.unique_id.split(".")[0], result.name) for result in error.skipped]
    return Failure(
        description=str(error),
        metadata={
            "未通过的节点": MetadataValue.md(markdown_table(("名称", "状态", "原因"), failed)),
            "因此未计算": MetadataValue.md(markdown_table(("类型", "名称"), missed)),
        },
    )
