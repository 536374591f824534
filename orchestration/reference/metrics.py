"""The metric registry as dbt's doc blocks: one wording for marts, their docs and the bulletin.

``dbt_project/seeds/metrics.csv`` is the one home of a figure's name, 口径, kind and population
(what it counts, a row of ``populations.csv``). dbt can quote text only from Markdown, so
``models/metrics.md`` is made from the seed and never edited:
``python -m orchestration.reference.metrics`` writes it, a test holds the two together. A column
quotes its metric as ``{{ doc("completed_count") }}``, and its comment in the marts says it.
"""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.reference import vocabulary
from orchestration.settings import DBT_PROJECT_DIR, SEEDS_DIR

REGISTRY = SEEDS_DIR / "metrics.csv"
POPULATIONS = SEEDS_DIR / "populations.csv"
DOC_BLOCKS = DBT_PROJECT_DIR / "models" / "metrics.md"
_HEAD = "<!-- Made from seeds/metrics.csv by: python -m orchestration.reference.metrics -->\n"


class RegistryError(ValueError):
    """A row of the registry does not say what it must; names the metric and the remedy."""


def metric_words() -> dict[str, str]:
    """Return what a column of each metric says in its comment, in the seed's order."""
    names = {row["population_id"]: row["chinese_name"] for row in _rows(POPULATIONS)}
    return {row["metric_id"]: _words(row, names[row["population"]]) for row in _rows(REGISTRY)}


def metric_kinds() -> dict[str, str]:
    """Return each metric's kind, of ``vocabulary.METRIC_KINDS``; raise RegistryError for others."""
    return {row["metric_id"]: _kind(row) for row in _rows(REGISTRY)}


def _kind(row: dict[str, str]) -> str:
    kind = row.get("kind") or ""
    if kind not in vocabulary.METRIC_KINDS:
        raise RegistryError(
            f"{REGISTRY.name}：{row['metric_id']} 的 kind 为“{kind}”，应为"
            f" {'、'.join(vocabulary.METRIC_KINDS)} 之一。Its kind is none of ours; mend the seed."
        )
    return kind


def doc_blocks() -> str:
    """Return the registry as Markdown doc blocks, one a metric, in the seed's order."""
    return _HEAD + "".join(
        f"\n{{% docs {metric_id} %}}\n{words}\n{{% enddocs %}}\n"
        for metric_id, words in metric_words().items()
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _words(row: dict[str, str], population_name: str) -> str:
    kind = vocabulary.METRIC_KINDS[_kind(row)]
    words = (
        f"{row['chinese_name']}（{row['unit']}，{kind}）· {row['definition']}"
        f" 统计总体：{population_name}。"
    )
    if row["formula"]:
        words += f" 算法：{row['formula']}"
    return words


if __name__ == "__main__":
    DOC_BLOCKS.write_text(doc_blocks(), encoding="utf-8")
