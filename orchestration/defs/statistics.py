"""dbt as assets: staging, intermediate and marts of one month, in one invocation.

Before dbt runs, the month's inputs are written into the working DuckDB; dbt's sources are the
districts' assets. Models, their docs and their tests are in ``dbt_project``.
https://docs.dagster.io/integrations/libraries/dbt
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dagster import (
    AssetCheckEvaluation,
    AssetCheckResult,
    AssetDep,
    AssetExecutionContext,
    AssetMaterialization,
    AssetObservation,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    Output,
)
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.defs.deliveries import delivery_key
from orchestration.defs.matching import MATCHING_KEY
from orchestration.defs.partitions import MONTH_BY_MONTH, MONTHS, OWNERS, WAREHOUSE_POOL
from orchestration.defs.resources import Platform
from orchestration.modelling.dbt import build, prepare_manifest
from orchestration.modelling.previews import Preview, table_previews
from orchestration.modelling.run_inputs import write_run_inputs
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import load_settings

_DELIVERIES = [AssetDep(delivery_key(district_id)) for district_id in district_ids()]
#: The source that matching writes; all others hold what was delivered.
_MATCHING_SOURCE = "matching"


class Translator(DagsterDbtTranslator):
    """Groups by layer; what reads a dbt source depends on every district's asset."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> AssetSpec:
        """Return dagster-dbt's spec with our group, owners and dependencies."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        properties = self.get_resource_props(manifest, unique_id)
        if properties["resource_type"] == "source":
            return spec
        parents = properties.get("depends_on", {}).get("nodes", [])
        sources = {
            super(Translator, self).get_asset_spec(manifest, parent, project).key
            for parent in parents
            if parent.startswith("source.")
        }
        kept = [dep for dep in spec.deps if dep.asset_key not in sources]
        names = {parent.split(".")[2] for parent in parents if parent.startswith("source.")}
        before_dbt = [*_DELIVERIES] if names - {_MATCHING_SOURCE} else []
        if _MATCHING_SOURCE in names:
            before_dbt.append(AssetDep(MATCHING_KEY))
        is_seed = properties["resource_type"] == "seed"
        return spec.replace_attributes(
            deps=[*kept, *before_dbt],
            group_name="reference" if is_seed else properties["fqn"][1],
            owners=OWNERS,
            kinds={"dbt", "csv" if is_seed else "duckdb"},
        )


_MANIFEST: dict[str, Any] = json.loads(prepare_manifest(load_settings().prepare()).read_bytes())
_TRANSLATOR = Translator()
_SEEDS = {
    f"{node['schema']}__{node['name']}"
    for node in _MANIFEST["nodes"].values()
    if node["resource_type"] == "seed"
}
_UNCHANGED = MetadataValue.text("内容未变，沿用库中已装入的。Unchanged since it was loaded.")


@dbt_assets(
    manifest=_MANIFEST,
    dagster_dbt_translator=_TRANSLATOR,
    partitions_def=MONTHS,
    backfill_policy=MONTH_BY_MONTH,
    pool=WAREHOUSE_POOL,
    name="statistics",
)
def statistics(context: AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Build and test a month's models; a failing model or test fails the run."""
    month = Month.parse(context.partition_key)
    selected = get_updated_cli_invocation_params_for_context(context, _MANIFEST, _TRANSLATOR)
    indirect = selected.indirect_selection
    selection = [*selected.selection_args]
    selection += ["--indirect-selection", indirect] if indirect else []
    with platform.warehouse() as settings:
        write_run_inputs(settings, platform.ledger, month)
        results = build(settings, selection)
        previews = table_previews(settings, month)
    events = [
        told
        for result in results
        for told in DbtCoreCliEventMessage(
            raw_event=result, event_history_metadata={}
        ).to_default_asset_events(_MANIFEST, _TRANSLATOR, context)
    ]
    loaded = {event.output_name for event in events if isinstance(event, Output)}
    for name in sorted((_SEEDS & context.selected_output_names) - loaded):
        unchanged = Output(value=None, output_name=name, metadata={"装入": _UNCHANGED})
        yield _with_preview(unchanged, previews)
    for event in events:
        yield _with_preview(event, previews)


_Event = (
    Output[Any]
    | AssetMaterialization
    | AssetObservation
    | AssetCheckEvaluation
    | AssetCheckResult
    | MaterializeResult[Any]
)


def _with_preview(event: _Event, previews: dict[str, Preview]) -> _Event:
    """Add the row count and first rows of a table to the event that reports its asset."""
    if not isinstance(event, Output):
        return event
    preview = previews[event.output_name]
    shown = {"预览": MetadataValue.md(preview.markdown)} if preview.markdown else {}
    return event.with_metadata(
        {
            **event.metadata,
            "dagster/row_count": MetadataValue.int(preview.row_count),
            **shown,
        }
    )
