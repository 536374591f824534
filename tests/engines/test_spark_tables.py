"""What Spark built comes back whole and in its contract's types, or not at all; no Spark needed."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.modelling.spark.tables import SparkTypesError, bring_back

OCTOBER = date(2022, 10, 1)
COLUMNS = {
    "month": {"data_type": "date"},
    "name": {"data_type": "varchar"},
    "row_count": {"data_type": "bigint"},
}


def node(materialized: str) -> dict[str, Any]:
    """A model's node as in dbt's manifest."""
    return {
        "schema": "marts",
        "alias": "kept",
        "columns": COLUMNS,
        "config": {"materialized": materialized, "contract": {"enforced": True}},
    }


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A working DuckDB that holds a row of September and one of October."""
    path = tmp_path / "warehouse.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.kept (month date, name varchar, row_count bigint)")
        connection.execute("insert into marts.kept values ('2022-09-01', 'a', 1)")
        connection.execute("insert into marts.kept values ('2022-10-01', 'a', 2)")
    return path


def built(folder: Path, materialized: str, columns: str | None) -> Path:
    """Write what Spark would have of the table: a query's rows, or the empty month's no file."""
    table = folder / "spark" / "marts.db" / "kept"
    if materialized == "incremental":
        table = table / "month=2022-10-01"
    table.mkdir(parents=True)
    if columns is not None:
        duckdb.connect().execute(f"copy (select {columns}) to '{table}/1.parquet' (format parquet)")
    return folder / "spark"


def rows(warehouse: Path) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(str(warehouse))) as connection:
        found = connection.execute("select month::text, name, row_count from marts.kept order by 1")
        return found.fetchall()


SEPTEMBERS = ("2022-09-01", "a", 1)


def bring(warehouse: Path, spark: Path, materialized: str) -> None:
    with closing(duckdb.connect(str(warehouse))) as connection:
        bring_back(connection, spark, node(materialized), OCTOBER)


def test_the_month_takes_its_own_place_and_no_other(warehouse: Path, tmp_path: Path) -> None:
    spark = built(tmp_path, "incremental", "'b' as name, 3::bigint as row_count")
    bring(warehouse, spark, "incremental")
    assert rows(warehouse) == [SEPTEMBERS, ("2022-10-01", "b", 3)]


def test_a_month_without_rows_leaves_none(warehouse: Path, tmp_path: Path) -> None:
    bring(warehouse, built(tmp_path, "incremental", None), "incremental")
    assert rows(warehouse) == [SEPTEMBERS]


@pytest.mark.parametrize("materialized", ["incremental", "table"])
@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("'b' as name, 3.0::double as row_count", "row_count is DOUBLE, the contract says BIGINT"),
        ("'b' as name", "row_count is not there, the contract says BIGINT"),
        (
            "'b' as name, 3::bigint as row_count, 1 as more",
            "more is INTEGER, the contract says none",
        ),
    ],
)
def test_what_is_not_the_contracts_is_refused_and_not_cast(
    warehouse: Path, tmp_path: Path, materialized: str, columns: str, said: str
) -> None:
    month = "date '2022-10-01' as month, " if materialized == "table" else ""
    spark = built(tmp_path, materialized, month + columns)
    with pytest.raises(SparkTypesError, match=said):
        bring(warehouse, spark, materialized)
    assert rows(warehouse) == [SEPTEMBERS, ("2022-10-01", "a", 2)]
