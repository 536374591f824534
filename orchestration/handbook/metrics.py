"""``metrics.md``: what every figure counts, from the metric registry."""

from __future__ import annotations

from orchestration.handbook.markdown import code, table
from orchestration.reference.metrics import POPULATIONS, REGISTRY
from orchestration.reference.seeds import read_rows
from orchestration.reference.vocabulary import METRIC_KINDS

_HEAD = """# Metrics 指标

What each figure counts. The registry is `dbt_project/seeds/metrics.csv`; the same texts are the
comments of the [marts'](marts.md) columns, and `fangan explain` shows the rows behind a figure.
Words and English names: [glossary](../glossary.md). 各指标的口径；统计表的列注释与此相同。

"""


def page() -> str:
    """Return the page."""
    populations = {row["population_id"]: row["chinese_name"] for row in read_rows(POPULATIONS)}
    return _HEAD + table(
        ("指标", "column 列", "单位", "类型", "定义", "统计总体", "算法"),
        (
            (
                row["chinese_name"],
                code(row["metric_id"]),
                row["unit"],
                METRIC_KINDS[row["kind"]],
                row["definition"],
                populations[row["population"]],
                row["formula"],
            )
            for row in read_rows(REGISTRY)
        ),
    )
