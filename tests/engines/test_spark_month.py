"""October's ten reports on Spark: the small form of what ``make spark-test`` shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.compared_marts import compared
from engines.spark_environment import QUICK, needs_spark
from month_installation import Installation

from orchestration.modelling.building import build
from orchestration.modelling.spark.installation import spark_folder

pytestmark = needs_spark

BULLETIN = (
    "--select",
    "+rpt_district_monthly",
    "+rpt_delivery",
    "--indirect-selection",
    "cautious",
)


def test_the_bulletins_table_is_the_same(
    october: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = october.copied(tmp_path).settings
    monkeypatch.setenv("FANGAN_ENGINE", "spark")
    monkeypatch.setenv("FANGAN_SPARK_MASTER", "local[1]")
    monkeypatch.setenv("SPARK_CONF_DIR", str(QUICK))
    results = build(made, BULLETIN)
    states = {event["data"]["node_info"]["node_status"] for event in results}
    assert states == {"success", "pass"}
    found = compared(october.settings.warehouse, made.warehouse)
    assert [one for one in found if not one.is_same] == []
    assert {one.table: one.row_count for one in found}["marts.rpt_district_monthly"] == 11
    # not DuckDB's own rows that were left there
    month = spark_folder(made) / "warehouse/marts.db/rpt_district_monthly/month=2022-10-01"
    assert list(month.glob("*.parquet"))
