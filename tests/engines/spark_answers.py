"""Run by the Python of .venv-spark: answers each query of a JSON list as text, or says the error.

Settings are those that dbt-spark's session and the project's profile give.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pyspark.sql import SparkSession


def _session(folder: str) -> Any:
    return (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.ansi.enabled", "false")
        .config("spark.sql.session.timeZone", "Asia/Shanghai")
        .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
        .config("spark.sql.warehouse.dir", folder)
        .getOrCreate()
    )


def _answer(session: Any, query: str) -> list[list[str]]:
    try:
        return [[str(cell) for cell in row] for row in session.sql(query).collect()]
    except Exception as error:
        return [[type(error).__name__, str(error).splitlines()[0]]]


if __name__ == "__main__":
    spark = _session(sys.argv[1])
    spark.sparkContext.setLogLevel("OFF")
    json.dump([_answer(spark, query) for query in json.load(sys.stdin)], sys.stdout)
