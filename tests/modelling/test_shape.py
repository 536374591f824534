"""A warehouse of another version: a changed seed comes back, a changed mart is refused."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from orchestration.modelling.shape import WarehouseShapeError, fit_warehouse
from orchestration.settings import SEEDS_DIR


def mart(**types: str) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "schema": "marts",
        "name": "rpt_flow",
        "config": {"materialized": "incremental"},
        "columns": {name: {"name": name, "data_type": kind} for name, kind in types.items()},
    }


SEED = {"resource_type": "seed", "schema": "seeds", "name": "inspection_limits"}


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema marts; create schema seeds")
    connection.execute("create table marts.rpt_flow (month date, closing_count bigint)")
    return connection


def test_a_mart_that_is_as_its_contract_says_passes(warehouse) -> None:
    fit_warehouse(warehouse, [mart(month="date", closing_count="bigint")])


def test_a_mart_that_is_not_there_yet_passes() -> None:
    fit_warehouse(duckdb.connect(), [mart(month="date"), SEED])


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"month": "date", "closing_count": "bigint", "opening_count": "bigint"}, "new column op"),
        ({"month": "date"}, "column closing_count is gone"),
        ({"month": "date", "closing_count": "decimal(14,2)"}, "was BIGINT, is DECIMAL"),
    ],
)
def test_a_changed_mart_is_refused_with_the_way_out(warehouse, columns, words) -> None:
    with pytest.raises(WarehouseShapeError, match=words) as refused:
        fit_warehouse(warehouse, [mart(**columns)])
    assert "marts.rpt_flow" in str(refused.value)
    assert "fangan rebuild" in str(refused.value)


def test_a_seed_with_other_columns_goes_and_one_with_the_same_stays(warehouse) -> None:
    warehouse.execute("create table seeds.inspection_limits (old_name integer)")
    fit_warehouse(warehouse, [SEED])
    tables = "select count(*) from duckdb_tables() where schema_name = 'seeds'"
    assert warehouse.execute(tables).fetchall() == [(0,)]
    names = (SEEDS_DIR / "inspection_limits.csv").read_text(encoding="utf-8").splitlines()[0]
    header = ", ".join(f"{name} varchar" for name in names.split(","))
    warehouse.execute(f"create table seeds.inspection_limits ({header})")
    fit_warehouse(warehouse, [SEED])
    assert warehouse.execute(tables).fetchall() == [(1,)]
