"""The metric registry: each figure's names, unit, kind and 口径, read from ``metrics.csv``.

``dbt_project/seeds/metrics.csv`` is their only home; what a figure counts (its population) is a
row of ``populations.csv``. Pages, tables, charts and sentences get every name from here by the
metric's id. dbt can quote text only from Markdown, so ``models/metrics.md`` is generated from the
seed by ``python -m orchestration.reference.metrics`` and never edited; a test compares the two. A
column quotes its metric as ``{{ doc("completed_count") }}``, which becomes its comment in the
marts. ``measures`` lists the measures of the bulletin's table.
"""

from __future__ import annotations

from functools import cache

from orchestration.reference import vocabulary
from orchestration.reference.seeds import read_rows
from orchestration.settings import DBT_PROJECT_DIR, SEEDS_DIR

REGISTRY = SEEDS_DIR / "metrics.csv"
POPULATIONS = SEEDS_DIR / "populations.csv"
DOC_BLOCKS = DBT_PROJECT_DIR / "models" / "metrics.md"
_HEAD = "<!-- Made from seeds/metrics.csv by: python -m orchestration.reference.metrics -->\n"


class RegistryError(ValueError):
    """The registry lacks a metric or a value; the message names the metric and the remedy."""


def metric_name(metric_id: str) -> str:
    """Return a metric's official name, without a unit in brackets.

    Raises RegistryError for an unknown id, like the functions below.
    """
    row = _row(metric_id)
    return row["chinese_name"].removesuffix(f"（{row['unit']}）")


def metric_unit(metric_id: str) -> str:
    """Return a metric's unit in Chinese."""
    return _row(metric_id)["unit"]


def prose_unit(metric_id: str) -> str:
    """Return the unit as written after a number; the name says what it is per.

    >>> metric_unit("mean_floor_area_m2"), prose_unit("mean_floor_area_m2")
    ('平方米/幢', '平方米')
    """
    return metric_unit(metric_id).partition("/")[0]


def short_name(metric_id: str) -> str:
    """Return a metric's short name, for tables and charts whose title gives the context."""
    return _row(metric_id)["short_name"] or metric_name(metric_id)


def printed_header(metric_id: str) -> str:
    """Return a metric's header in the table as the bureau prints it, unit included."""
    return _row(metric_id)["printed_header"] or metric_name(metric_id)


def short_header(metric_id: str) -> str:
    """Return a header for narrow tables: the short name, or else the printed header."""
    return _row(metric_id)["short_name"] or printed_header(metric_id)


def prose_names(metric_id: str) -> tuple[str, ...]:
    """Return the names of a figure in running text, starting with the one that we write."""
    names = _row(metric_id)["prose_names"]
    return tuple(names.split("|")) if names else (metric_name(metric_id),)


def has_metric(metric_id: str) -> bool:
    """Whether the registry has a metric with that id."""
    return metric_id in _registry()


def metric_descriptions() -> dict[str, str]:
    """Return the comment of each metric's columns, in the seed's order."""
    names = {row["population_id"]: row["chinese_name"] for row in read_rows(POPULATIONS)}
    rows = read_rows(REGISTRY)
    return {row["metric_id"]: _description(row, names[row["population"]]) for row in rows}


def metric_kinds() -> dict[str, str]:
    """Return each metric's kind, of ``vocabulary.METRIC_KINDS``; raise RegistryError for others."""
    return {row["metric_id"]: _kind(row) for row in read_rows(REGISTRY)}


def doc_blocks() -> str:
    """Return the registry as Markdown doc blocks, one per metric, in the seed's order."""
    return _HEAD + "".join(
        f"\n{{% docs {metric_id} %}}\n{text}\n{{% enddocs %}}\n"
        for metric_id, text in metric_descriptions().items()
    )


@cache
def _registry() -> dict[str, dict[str, str]]:
    return {row["metric_id"]: row for row in read_rows(REGISTRY)}


def _row(metric_id: str) -> dict[str, str]:
    if not has_metric(metric_id):
        raise RegistryError(
            f"{REGISTRY.name}：没有指标 {metric_id}，请补上一行。It has no such metric; add a row."
        )
    return _registry()[metric_id]


def _kind(row: dict[str, str]) -> str:
    kind = row.get("kind") or ""
    if kind not in vocabulary.METRIC_KINDS:
        raise RegistryError(
            f"{REGISTRY.name}：{row['metric_id']} 的 kind 为“{kind}”，应为"
            f" {'、'.join(vocabulary.METRIC_KINDS)} 之一。"
            "The kind is unknown; correct it in the seed."
        )
    return kind


def _description(row: dict[str, str], population_name: str) -> str:
    kind = vocabulary.METRIC_KINDS[_kind(row)]
    text = (
        f"{row['chinese_name']}（{row['unit']}，{kind}）· {row['definition']}"
        f" 统计总体：{population_name}。"
    )
    if row["formula"]:
        text += f" 算法：{row['formula']}"
    return text


if __name__ == "__main__":
    DOC_BLOCKS.write_text(doc_blocks(), encoding="utf-8")
