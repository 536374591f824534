"""One build on Spark: its inputs written, its dbt started, and noted what Spark then holds.

Called by ``modelling/building`` where ``FANGAN_ENGINE`` asks for Spark.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import date

import duckdb

from orchestration.modelling.dbt import manifest_file, parsed_fingerprint
from orchestration.modelling.run_inputs import views_over_files
from orchestration.modelling.spark.inputs import note_months, write_statements
from orchestration.modelling.spark.installation import (
    dbt_environment,
    require_engine,
    spark_folder,
)
from orchestration.modelling.spark.process import SparkDbt
from orchestration.modelling.spark.tables import bring_back
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import replacing
from orchestration.store.ledger import Ledger


def start_build(settings: Settings, arguments: Sequence[str]) -> SparkDbt:
    """Start dbt on Spark for the month whose inputs the working DuckDB holds.

    Every table that is built takes the place of the one there. Raises ConfigurationError if
    Spark is not there.
    """
    require_engine()
    manifest = json.loads(manifest_file(settings).read_bytes())
    nodes, schemas = manifest["nodes"], ("marts",)
    marts = [
        node
        for node in nodes.values()
        if node["config"]["materialized"] == "incremental" and node["schema"] in schemas
    ]
    with closing(duckdb.connect(str(settings.warehouse))) as connection:
        month = _month(connection)
        views = views_over_files(settings, Ledger(settings.ledger), Month.of(month))
        project = parsed_fingerprint(settings)
        statements = write_statements(settings, connection, views, marts, project)
    warehouse = spark_folder(settings) / "warehouse"

    def take(unique_id: str) -> None:
        with closing(duckdb.connect(str(settings.warehouse))) as connection:
            bring_back(connection, warehouse, nodes[unique_id], month)

    return SparkDbt(arguments, dbt_environment(settings, statements), spark_folder(settings), take)


def note_build(settings: Settings) -> None:
    """Note that Spark holds all stamped months as the working DuckDB does."""
    with closing(duckdb.connect(str(settings.warehouse))) as connection:
        note_months(settings, connection, parsed_fingerprint(settings))


def holds_seeds(settings: Settings, fingerprint: str) -> bool:
    """Whether Spark was given just these seeds, whole."""
    note = spark_folder(settings) / "seeds"
    return note.is_file() and note.read_text() == fingerprint


def note_seeds(settings: Settings, fingerprint: str) -> None:
    """Note that Spark holds just these seeds."""
    with replacing(spark_folder(settings) / "seeds") as temporary:
        temporary.write_text(fingerprint)


def _month(connection: duckdb.DuckDBPyConnection) -> date:
    [(month,)] = connection.execute("select month from run.month").fetchall()
    return month  # type: ignore[no-any-return]
