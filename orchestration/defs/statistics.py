"""dbt as assets: staging, intermediate and marts of one month, in one invocation.

Before dbt runs, the month's inputs are written into the working DuckDB; dbt's sources are the
districts' assets. Models, their docs and their tests are in ``dbt_project``, what an event of dbt
shows in Dagster is in ``dbt_events``.
https://docs.dagster.io/integrations/libraries/dbt
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.metadata import version
from typing import Any, cast

from dagster import (
    AssetCheckSpec,
    AssetDep,
    AssetExecutionContext,
    AssetSpec,
    Failure,
    Output,
)
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliInvocation,
    DbtProject,
    dbt_assets,
)
from packaging.version import Version

from orchestration.defs.columns import column_metadata
from orchestration.defs.dbt_events import dbt_failure, preview_metadata, skipped, with_rows
from orchestration.defs.deliveries import delivery_key
from orchestration.defs.matching import MATCHING_KEY
from orchestration.defs.partitions import MONTH_BY_MONTH, MONTHS, OWNERS, WAREHOUSE_POOL
from orchestration.defs.resources import Platform
from orchestration.ingest.deliveries import nothing_delivered
from orchestration.modelling.building import Build, DbtBuildError
from orchestration.modelling.columns import note_columns, noted_columns
from orchestration.modelling.dbt import manifest_file, prepare_manifest
from orchestration.modelling.previews import TablePreviews
from orchestration.modelling.rebuild import write_inputs_or_rebuild
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import DBT_PROJECT_DIR, Settings, load_settings

_DELIVERIES = [AssetDep(delivery_key(district_id)) for district_id in district_ids()]
#: The source that matching writes; all others hold what was delivered.
_MATCHING_SOURCE = "matching"


class Translator(DagsterDbtTranslator):
    """Groups by layer; what reads a dbt source depends on every district's asset."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> AssetSpec:
        """Return dagster-dbt's spec with our group, owners, dependencies, columns and tags."""
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
        table = f"{properties['schema']}.{properties['alias']}"
        columns = column_metadata(_COLUMNS.get(table), properties["columns"], _TABLES)
        return spec.replace_attributes(
            deps=[*kept, *before_dbt],
            group_name="reference" if is_seed else properties["fqn"][1],
            owners=OWNERS,
            kinds={"dbt", "csv" if is_seed else "duckdb"},
            tags={**spec.tags, **_tags(properties)},
            metadata={**spec.metadata, **columns},
        )

    def get_asset_check_spec(
        self,
        asset_spec: AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> AssetCheckSpec | None:
        """Return dagster-dbt's spec, by month: else a check shows what another month found."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec._replace(partitions_def=MONTHS) if spec else None


def _tags(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return who may read a mart; other tables are nobody's but ours."""
    public = properties["meta"].get("public")
    return {} if public is None else {"audience": "public" if public else "office"}


_SETTINGS = load_settings().prepare()
_MANIFEST: dict[str, Any] = json.loads(prepare_manifest(_SETTINGS).read_bytes())
_COLUMNS = noted_columns(_SETTINGS)
_TABLES = frozenset(
    f"{node['schema']}.{node['alias']}"
    for node in _MANIFEST["nodes"].values()
    if node["resource_type"] in ("model", "seed")
)
_PROJECT = DbtProject(DBT_PROJECT_DIR, target_path=manifest_file(_SETTINGS).parent)
_TRANSLATOR = Translator(DagsterDbtTranslatorSettings(enable_code_references=True))
#: Where dagster-dbt notes the dbt node of an asset, of a check, and of an event.
_UNIQUE_ID = "dagster_dbt/unique_id"
_UNCHANGED = "内容未变，沿用库中已装入的。Unchanged since it was loaded."


@dbt_assets(
    manifest=_MANIFEST,
    project=_PROJECT,
    dagster_dbt_translator=_TRANSLATOR,
    partitions_def=MONTHS,
    backfill_policy=MONTH_BY_MONTH,
    pool=WAREHOUSE_POOL,
    name="statistics",
)
def statistics(context: AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Build and test a month's models; a failing model or test fails the run.

    Every seed, model and test is reported as soon as dbt has done with it, also in a build that
    fails. What dbt skipped because of a failure gets an observation that says so.
    """
    month = Month.parse(context.partition_key)
    if not platform.ledger.arrivals(month):
        # else a month of dashes would stand among the others from now on
        raise Failure(nothing_delivered(month), allow_retries=False)
    with platform.warehouse() as settings:
        write_inputs_or_rebuild(settings, platform.ledger, month, partial(_tell, context))
        with (
            Build(settings, _selection(context)) as building,
            TablePreviews(settings, month) as previews,
        ):
            if building.has_seeds:
                yield from _unchanged_seeds(context, previews)
            for event in _invocation(context, settings, building).stream():
                yield with_rows(event, _MANIFEST, building, previews)
            try:
                building.finish()
            except DbtBuildError as error:
                for result in error.skipped:
                    if result.unique_id in _KEYS:
                        yield skipped(_KEYS[result.unique_id], context.partition_key, error)
                raise dbt_failure(error) from error
            if not _selection(context):
                models = [n for n in _MANIFEST["nodes"].values() if n["resource_type"] == "model"]
                note_columns(settings, previews.connection, models, building.thread.compiled_sql)


def _tell(context: AssetExecutionContext, message: str) -> None:
    """Say something in the run's log, and to whoever runs the month by hand."""
    context.log.warning(message)
    print(message, file=sys.stderr)


def _selection(context: AssetExecutionContext) -> list[str]:
    """Return dbt's options for what the run selects: none if that is everything."""
    keys, checks = context.selected_asset_keys, context.selected_asset_check_keys
    if keys == statistics.keys and checks == statistics.check_keys:
        return []
    noted = [spec.metadata for spec in statistics.specs if spec.key in keys]
    noted += [spec.metadata for spec in statistics.check_specs if spec.key in checks]
    nodes = [_MANIFEST["nodes"][metadata[_UNIQUE_ID]] for metadata in noted]
    names = [f"fqn:{'.'.join(node['fqn'])}" for node in nodes]
    return ["--select", *names, "--indirect-selection", "empty"]


def _invocation(
    context: AssetExecutionContext, settings: Settings, building: Build
) -> DbtCliInvocation:
    """Return dagster-dbt's reader of the running build."""
    return DbtCliInvocation(
        process=cast("subprocess.Popen[bytes]", building.thread),
        manifest=_MANIFEST,
        dagster_dbt_translator=_TRANSLATOR,
        project=_PROJECT,
        project_dir=DBT_PROJECT_DIR,
        target_path=manifest_file(settings).parent,
        # `Build.finish` says what failed, node by node
        raise_on_error=False,
        cli_version=Version(version("dbt-core")),
        context=context,
    )


def _unchanged_seeds(
    context: AssetExecutionContext, previews: TablePreviews
) -> Iterator[Output[None]]:
    """Report the seeds of the run that the warehouse holds already."""
    for unique_id, key in _KEYS.items():
        if unique_id.startswith("seed.") and key in context.selected_asset_keys:
            shown = preview_metadata(previews.of(*key.path))
            name = key.to_python_identifier()
            yield Output(value=None, output_name=name, metadata={"装入": _UNCHANGED, **shown})


#: The asset of each node, by dbt's unique id.
_KEYS = {spec.metadata[_UNIQUE_ID]: spec.key for spec in statistics.specs}
