"""An installation that builds on Spark, and what a build left, held against DuckDB's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.compared_marts import Compared, compared
from engines.spark_environment import QUICK
from month_installation import Installation

from orchestration.modelling.dbt import manifest_file
from orchestration.modelling.spark.installation import spark_folder


@dataclass(frozen=True)
class OnSpark(Installation):
    """An installation whose models are built on Spark, told so by its environment."""

    told: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        quick = {"SPARK_CONF_DIR": str(QUICK), "FANGAN_ENGINE": "spark"}
        return super().environment | quick | self.told

    def results(self) -> dict[str, str]:
        """What became of every node in the last build."""
        return results_in(spark_folder(self.settings) / "dbt" / "target")


def results_in(target: Path) -> dict[str, str]:
    written = json.loads((target / "run_results.json").read_bytes())["results"]
    return {result["unique_id"]: result["status"] for result in written}


@dataclass(frozen=True)
class Shown:
    """What a build left, noted before the next one changes it."""

    made: OnSpark
    found: list[Compared]
    results: dict[str, str]
    published: dict[str, dict[str, Any]]


def shown(in_duckdb: Installation, made: OnSpark) -> Shown:
    warehouses = in_duckdb.settings.warehouse, made.settings.warehouse
    found = compared(*warehouses, schemas=("intermediate", "marts"))
    return Shown(made, found, made.results(), made.table())


def assert_same(shown: Shown) -> None:
    """Every table and type is the same, and every model and data test ran and passed."""
    assert [one for one in shown.found if not one.is_same] == []
    manifest = json.loads(manifest_file(shown.made.settings).read_bytes())
    asked = {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "test")
    }
    assert asked <= shown.results.keys()
    assert {shown.results[unique_id] for unique_id in asked} == {"success", "pass"}
