"""Run by the Python of .venv-spark: runs a dbt project month by month in one Spark session.

Argument: the project's folder. Reads a JSON list of steps ``{"month", "rows", "counted_as"}``;
writes for each what dbt said of the model (null if it was built) and its table's rows after it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from dbt.adapters.spark.session import Cursor
from dbt.cli.main import dbtRunner

FOLDER = sys.argv[1]


def _query(sql: str) -> list[list[str]]:
    cursor = Cursor(server_side_parameters=_parameters())
    cursor.execute(sql)
    return [[str(cell) for cell in row] for row in cursor.fetchall() or []]


def _parameters() -> dict[str, str]:
    import yaml

    with open(f"{FOLDER}/profiles.yml", encoding="utf-8") as file:
        return dict(yaml.safe_load(file)["tried"]["outputs"]["dev"]["server_side_parameters"])


def _step(step: dict[str, Any]) -> dict[str, Any]:
    rows = " union all ".join(
        f"select date '{month}' as month, '{key}' as name, {count} as row_count"
        for month, key, count in step["rows"]
    )
    none = "select date '2022-10-01' as month, 'a' as name, 1 as row_count where false"
    _query(f"create or replace view run.month as select date '{step['month']}' as month")
    _query(f"create or replace view run.delivered as {rows or none}")
    places = ("--project-dir", FOLDER, "--profiles-dir", FOLDER, "--log-level", "none")
    told = json.dumps({"counted_as": step["counted_as"]})
    done = dbtRunner().invoke(["run", "--vars", told, *places])
    said = [str(one.message) for one in done.result.results if str(one.status) != "success"]
    rows = _query("select month, name, row_count from marts.kept order by all")
    return {"refused": said[0] if said else None, "rows": rows}


if __name__ == "__main__":
    _query("create schema if not exists run")
    answers = [_step(step) for step in json.load(sys.stdin)]
    json.dump(answers, sys.__stdout__)
