"""The project's incremental materialization does what dbt's does, or refuses it by name.

Tried in a project of a few models with nothing else of ours.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.settings import DBT_PROJECT_DIR

MACROS = ("materializations/incremental.sql", "in_run_month.sql")
SQL = "select cast(month as date) as month, cast(1 as bigint) as row_count from run.month"
COLUMNS = [
    {"name": "month", "data_type": "date", "description": "the month it is about"},
    {"name": "row_count", "data_type": "bigint"},
]
USUAL = {
    "materialized": "incremental",
    "incremental_strategy": "replace_month",
    "on_schema_change": "fail",
    "contract": {"enforced": True},
}
SOURCES = [{"name": "run", "schema": "run", "tables": [{"name": "month"}]}]
MODELS: dict[str, dict[str, Any]] = {
    "kept": {
        "pre_hook": "insert into hooks values ('pre')",
        "post_hook": [
            "insert into hooks select 'post ' || count(*) from {{ this }}",
            {"sql": "insert into hooks values ('after')", "transaction": False},
        ],
        "persist_docs": {"columns": True},
        "indexes": [{"columns": ["month"], "unique": True}],
    },
    "refreshed": {},
    "with_key": {"unique_key": "month"},
    "other_strategy": {"incremental_strategy": "append"},
    "without_contract": {"contract": {"enforced": False}},
    "other_columns": {},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which each model was built for September, with one run a month after it."""
    folder = tmp_path_factory.mktemp("incremental")
    (folder / "models").mkdir()
    (folder / "macros").mkdir()
    for macro in MACROS:
        shutil.copy(DBT_PROJECT_DIR / "macros" / macro, folder / "macros")
    described = []
    for name, config in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(SQL, encoding="utf-8")
        described.append({"name": name, "config": USUAL | config, "columns": COLUMNS})
    _write(folder / "models" / "models.yml", {"models": described, "sources": SOURCES})
    _write(
        folder / "dbt_project.yml",
        {"name": "tried", "profile": "tried", "flags": {"send_anonymous_usage_stats": False}},
    )
    target = {"type": "duckdb", "path": str(folder / "warehouse.duckdb"), "schema": "marts"}
    _write(folder / "profiles.yml", {"tried": {"target": "dev", "outputs": {"dev": target}}})
    with _warehouse(folder) as connection:
        connection.execute("create schema run; create table run.month (month date)")
        connection.execute("insert into run.month values ('2022-09-01')")
        connection.execute("create table hooks (hook varchar)")
        connection.execute("create schema marts")
        connection.execute("create table marts.other_columns (month date, count bigint)")
    return folder


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def _warehouse(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(folder / "warehouse.duckdb"))


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, str]:
    """What became of each model in the last of three runs: September, then October twice."""
    results: dict[str, str] = {}
    for month in ("2022-09-01", "2022-10-01", "2022-10-01"):
        with _warehouse(folder) as connection:
            connection.execute("update run.month set month = ?", [month])
        done = _dbt(folder, "run")
        results = {one.node.name: str(one.message) for one in done.result.results}
    return results


def _dbt(folder: Path, *arguments: str) -> Any:
    # the environment may still name the folder of a home that other tests share
    places = [
        *("--project-dir", str(folder), "--profiles-dir", str(folder)),
        *("--target-path", str(folder / "target"), "--log-level", "none"),
    ]
    try:
        return dbtRunner().invoke([*arguments, *places])
    finally:
        DuckDBConnectionManager.close_all_connections()


def _months(folder: Path, table: str) -> list[str]:
    with _warehouse(folder) as connection:
        rows = connection.execute(f"select month::varchar from marts.{table} order by all")
        return [month for (month,) in rows.fetchall()]


@pytest.mark.usefixtures("results")
def test_a_month_replaces_itself_and_leaves_the_others(folder: Path) -> None:
    assert _months(folder, "kept") == ["2022-09-01", "2022-10-01"]


@pytest.mark.usefixtures("results")
def test_hooks_docs_and_indexes_are_dbts(folder: Path) -> None:
    with _warehouse(folder) as connection:
        hooks = [hook for (hook,) in connection.execute("from hooks").fetchall()]
        comments = connection.execute(
            "select comment from duckdb_columns() where table_name = 'kept' order by column_index"
        ).fetchall()
        indexes = connection.execute("select table_name, is_unique from duckdb_indexes()")
        assert indexes.fetchall() == [("kept", True)]
    assert hooks == ["pre", "post 1", "after", "pre", "post 2", "after", "pre", "post 2", "after"]
    assert comments[0] == ("the month it is about",)


def test_what_it_leaves_out_is_refused_by_name(results: dict[str, str]) -> None:
    assert "do not have: unique_key" in results["with_key"]
    assert "incremental_strategy other than replace_month" in results["other_strategy"]
    assert "a contract that is not enforced" in results["without_contract"]


def test_a_table_of_other_columns_is_left_alone(folder: Path, results: dict[str, str]) -> None:
    assert "the table has count bigint; the contract row_count bigint" in results["other_columns"]
    assert _months(folder, "other_columns") == []


@pytest.mark.usefixtures("results")
def test_a_full_refresh_makes_the_table_anew(folder: Path) -> None:
    assert _months(folder, "refreshed") == ["2022-09-01", "2022-10-01"]
    assert _dbt(folder, "run", "--full-refresh", "--select", "refreshed").success
    assert _months(folder, "refreshed") == ["2022-10-01"]
