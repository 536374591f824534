"""The metric registry as dbt's doc blocks: one wording for marts, their docs and the bulletin.

``dbt_project/seeds/metrics.csv`` is the one home of a figure's name and 口径. dbt can quote text
only from Markdown, so ``models/metrics.md`` is made from the seed and never edited:
``python -m orchestration.modelling.registry`` writes it, a test holds the two together. A column
quotes its metric as ``{{ doc("completed_count") }}``, and its comment in the marts says it.
"""

from __future__ import annotations

import csv

from orchestration.settings import DBT_PROJECT_DIR, SEEDS_DIR

REGISTRY = SEEDS_DIR / "metrics.csv"
DOC_BLOCKS = DBT_PROJECT_DIR / "models" / "metrics.md"
_HEAD = "<!-- Made from seeds/metrics.csv by: python -m orchestration.modelling.registry -->\n"


def doc_blocks() -> str:
    """Return the registry as Markdown doc blocks, one a metric, in the seed's order."""
    with REGISTRY.open(encoding="utf-8", newline="") as handle:
        return _HEAD + "".join(_block(row) for row in csv.DictReader(handle))


def _block(row: dict[str, str]) -> str:
    words = f"{row['chinese_name']}（{row['unit']}）· {row['definition']}"
    if row["formula"]:
        words += f" 算法：{row['formula']}"
    return f"\n{{% docs {row['metric_id']} %}}\n{words}\n{{% enddocs %}}\n"


if __name__ == "__main__":
    DOC_BLOCKS.write_text(doc_blocks(), encoding="utf-8")
