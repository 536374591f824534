"""``replace_month`` on Spark: what is wrong is found before a month is replaced, and only it is.

Tried in a project of two models with nothing else of ours, like DuckDB's in ``test_incremental``.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from engines.spark_environment import answer_of, needs_spark

from orchestration.settings import DBT_PROJECT_DIR

pytestmark = needs_spark

MACROS = (
    "materializations/incremental.sql",
    "materializations/incremental_spark.sql",
    "materializations/assert_key.sql",
    "in_run_month.sql",
    "spark/types.sql",
)
SEPTEMBER, OCTOBER = "2022-09-01", "2022-10-01"
SQL = (
    "select month, name, cast(row_count as {{ var('counted_as') }}) as row_count from run.delivered"
)
COLUMNS = [
    {"name": "month", "data_type": "date"},
    {"name": "name", "data_type": "varchar"},
    {"name": "row_count", "data_type": "bigint"},
]
CONFIG = {
    "materialized": "incremental",
    "incremental_strategy": "replace_month",
    "on_schema_change": "fail",
    "contract": {"enforced": True},
    "meta": {"key": ["month", "name"]},
}
#: Name: month of the run, delivered rows, type of the model's count.
STEPS: dict[str, tuple[str, list[tuple[str, str, int]], str]] = {
    "september": (SEPTEMBER, [(SEPTEMBER, "a", 1)], "bigint"),
    "october": (OCTOBER, [(OCTOBER, "a", 2), (OCTOBER, "b", 3)], "bigint"),
    "october again": (OCTOBER, [(OCTOBER, "a", 4)], "bigint"),
    "key twice": (OCTOBER, [(OCTOBER, "a", 5), (OCTOBER, "a", 6)], "bigint"),
    "another month": (OCTOBER, [(SEPTEMBER, "a", 7)], "bigint"),
    # what `insert` would cast without a word
    "another type": (OCTOBER, [(OCTOBER, "a", 8)], "double"),
    "october without rows": (OCTOBER, [], "bigint"),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("spark months")
    (folder / "models").mkdir()
    (folder / "macros").mkdir()
    for macro in MACROS:
        shutil.copy(DBT_PROJECT_DIR / "macros" / macro, folder / "macros")
    (folder / "models" / "kept.sql").write_text(SQL, encoding="utf-8")
    models = [{"name": "kept", "config": CONFIG, "columns": COLUMNS}]
    sources = [{"name": "run", "schema": "run", "tables": [{"name": "month"}]}]
    _write(folder / "models" / "models.yml", {"models": models, "sources": sources})
    flags = {"send_anonymous_usage_stats": False}
    _write(folder / "dbt_project.yml", {"name": "tried", "profile": "tried", "flags": flags})
    parameters = {
        "spark.master": "local[1]",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:;databaseName=metastore;"
        "create=true",
    }
    target = {"type": "spark", "method": "session", "host": "NA", "schema": "marts"}
    outputs = {"dev": target | {"server_side_parameters": parameters}}
    _write(folder / "profiles.yml", {"tried": {"target": "dev", "outputs": outputs}})
    return _run(folder)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def _run(folder: Path) -> dict[str, dict[str, Any]]:
    steps = [{"month": m, "rows": rows, "counted_as": kind} for m, rows, kind in STEPS.values()]
    return dict(zip(STEPS, answer_of("spark_months.py", folder, steps), strict=True))


def test_a_month_takes_its_own_place_and_no_other(answers: dict[str, dict[str, Any]]) -> None:
    september = [SEPTEMBER, "a", "1"]
    both = [september, [OCTOBER, "a", "2"], [OCTOBER, "b", "3"]]
    assert answers["september"] == {"refused": None, "rows": [september]}
    assert answers["october"] == {"refused": None, "rows": both}
    again = [september, [OCTOBER, "a", "4"]]
    assert answers["october again"] == {"refused": None, "rows": again}


def test_a_month_that_became_empty_leaves_no_row(answers: dict[str, dict[str, Any]]) -> None:
    """Where dbt-spark's insert_overwrite would have kept the old ones."""
    assert answers["october without rows"] == {"refused": None, "rows": [[SEPTEMBER, "a", "1"]]}


def test_what_is_wrong_is_refused_before_the_month_is_touched(
    answers: dict[str, dict[str, Any]],
) -> None:
    before = answers["october again"]["rows"]
    twice, other, typed = (answers[n] for n in ("key twice", "another month", "another type"))
    assert "the key of kept (month, name, number of rows) stands more than once" in twice["refused"]
    assert f"2022-10-01 (month, number of rows), the first: {SEPTEMBER}, 1" in other["refused"]
    assert "enforced contract" in typed["refused"]
    assert twice["rows"] == other["rows"] == typed["rows"] == before
