"""The columns of the built tables: their types, and the columns that each is made from.

Noted once for each version of the dbt project, after a build with all its tests, in
``dbt/columns.json``; Dagster's definitions read it. The lineage is sqlglot's, from the SQL that dbt
compiled (1.1 CPU seconds for all models; dagster-dbt's own takes a minute, for each month anew,
and opens the warehouse again). How it is shown is in ``defs/columns``.
https://sqlglot.com/sqlglot/lineage.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.modelling.dbt import parsed_fingerprint
from orchestration.settings import Settings
from orchestration.store.files import replacing

#: ``schema.table``, and the same with a column.
Table = str
Column = str


@dataclass(frozen=True)
class Columns:
    """A table's columns in order with DuckDB's types, and what a model's columns are made from.

    ``made_from`` has only the models that sqlglot understands; a column made from no other, as a
    count of rows, has an empty list.
    """

    types: dict[str, str]
    made_from: dict[str, list[Column]] = field(default_factory=dict)


def note_columns(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    models: Iterable[Mapping[str, Any]],
    compiled_sql: Callable[[str], str | None],
) -> None:
    """Note the columns of all tables, unless they are noted for this version of the project.

    ``models`` are the nodes of dbt's manifest, all of them built; ``connection`` is open on the
    warehouse.
    """
    fingerprint = parsed_fingerprint(settings)
    if _noted(settings).get("project") == fingerprint:
        return
    types = _types(connection)
    schema = _schema(types)
    tables = {table: Columns(columns) for table, columns in types.items()}
    compiled = [(model, compiled_sql(model["unique_id"])) for model in models]
    if not any(sql for _, sql in compiled):  # built on Spark: the next build in DuckDB notes them
        return
    for model, sql in compiled:
        table = f"{model['schema']}.{model['alias']}"
        if table in tables and sql:
            tables[table] = Columns(types[table], _lineage(sql, schema))
    noted = {table: asdict(columns) for table, columns in tables.items()}
    with replacing(_file(settings)) as temporary:
        temporary.write_text(json.dumps({"project": fingerprint, "tables": noted}))


def noted_columns(settings: Settings) -> dict[Table, Columns]:
    """Return the columns of each table; empty before the first build of this project's version."""
    noted = _noted(settings)
    if noted.get("project") != parsed_fingerprint(settings):
        return {}
    return {table: Columns(**columns) for table, columns in noted["tables"].items()}


def _file(settings: Settings) -> Path:
    return settings.dbt / "columns.json"


def _noted(settings: Settings) -> dict[str, Any]:
    try:
        return dict(json.loads(_file(settings).read_bytes()))
    except (FileNotFoundError, ValueError):
        return {}


def _types(connection: duckdb.DuckDBPyConnection) -> dict[Table, dict[str, str]]:
    """Return the columns of every table and view of the warehouse with their types."""
    types: dict[Table, dict[str, str]] = {}
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where not internal and database_name = current_database()"
        " order by schema_name, table_name, column_index"
    ).fetchall():
        types.setdefault(f"{schema}.{table}", {})[column] = kind
    return types


def _schema(types: Mapping[Table, Mapping[str, str]]) -> Any:
    """Return the tables as sqlglot wants them; it needs no types to follow a column."""
    from sqlglot import MappingSchema

    nested: dict[str, dict[str, dict[str, str]]] = {}
    for table, columns in types.items():
        schema, _, name = table.partition(".")
        nested.setdefault(schema, {})[name] = dict.fromkeys(columns, "text")
    # the name of the database, which dbt writes before every table
    return MappingSchema({"warehouse": nested}, dialect="duckdb")


def _lineage(sql: str, schema: Any) -> dict[str, list[Column]]:
    """Return for each selected column the columns of tables from which it is made."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage

    try:
        found = lineage(None, sql, schema, dialect="duckdb", trim_selects=False)
    except (SqlglotError, ValueError):  # what it cannot follow, such as UNION BY NAME
        return {}
    made_from = {}
    for column, node in found.items():
        parents = {
            f"{leaf.expression.db}.{leaf.expression.name}.{leaf.name.rpartition('.')[2]}"
            for leaf in node.walk()
            if not leaf.downstream and isinstance(leaf.expression, exp.Table)
        }
        made_from[column] = sorted(parent.replace('"', "") for parent in parents)
    return made_from
