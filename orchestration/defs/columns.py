"""What Dagster shows of a dbt table's columns: types, descriptions, and where each comes from.

It is the asset's own, not a run's: as metadata of events it would be stored three times a month.
Dagster's open-source pages do not draw column lineage, so that it stands as a table too. How it is
found is in ``modelling/columns``.
https://docs.dagster.io/guides/build/assets/metadata-and-tags/column-level-lineage
"""

from collections.abc import Mapping
from typing import Any

from dagster import (
    AssetKey,
    MetadataValue,
    TableColumn,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
)

from orchestration.modelling.columns import Columns
from orchestration.modelling.previews import markdown_table


def column_metadata(
    columns: Columns | None, described: Mapping[str, Mapping[str, Any]], is_asset: frozenset[str]
) -> dict[str, Any]:
    """Return the metadata of a table's columns; none before the first build.

    ``described`` are the columns in dbt's manifest, ``is_asset`` the tables (``schema.table``) that
    are assets: what a column takes from a delivered file is told in the table alone.
    """
    if columns is None:
        return {}
    metadata: dict[str, Any] = {"dagster/column_schema": _schema(columns, described)}
    if columns.made_from:
        metadata["dagster/column_lineage"] = _lineage(columns, is_asset)
        rows = [(name, "、".join(parents)) for name, parents in columns.made_from.items()]
        metadata["列的来源"] = MetadataValue.md(markdown_table(("列", "取自"), rows))
    return metadata


def _schema(columns: Columns, described: Mapping[str, Mapping[str, Any]]) -> TableSchema:
    return TableSchema(
        columns=[
            TableColumn(name, kind, description=described.get(name, {}).get("description") or None)
            for name, kind in columns.types.items()
        ]
    )


def _lineage(columns: Columns, is_asset: frozenset[str]) -> TableColumnLineage:
    return TableColumnLineage(
        deps_by_column={
            name: [
                TableColumnDep(asset_key=AssetKey(table.split(".")), column_name=column)
                for table, _, column in (parent.rpartition(".") for parent in parents)
                if table in is_asset
            ]
            for name, parents in columns.made_from.items()
        }
    )
