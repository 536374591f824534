"""The glossary: each Chinese official term with its English name, columns and metrics.

``docs/glossary.md`` is made from the contracts, the metric registry, the vocabulary and
``official_terms.csv``, and never edited: ``python -m orchestration.reference.glossary`` writes it,
a test holds it against them. Add a term to the csv when people use it in talk or in print and the
platform speaks of it. What a figure means is the registry's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.metrics import REGISTRY
from orchestration.reference.seeds import read_rows
from orchestration.settings import PROJECT_ROOT

GLOSSARY = PROJECT_ROOT / "docs" / "glossary.md"
OFFICIAL_TERMS = Path(__file__).with_name("official_terms.csv")
_HEAD = """<!-- Made by python -m orchestration.reference.glossary; never edited -->

# Glossary 用语对照

Chinese official terms, their English names, and where they stand in the data: columns of the
exports as `kind.column`, metrics as the column that carries them in the marts. What a metric
counts is said in [metrics](reference/metrics.md).
"""
#: A term is found in many columns; so many of them show where it stands.
_MOST_SHOWN = 4
#: Parts of a column's name that are no English words, the longer ones first.
_PARTS = {
    r"_10k_m2$": " (10,000 m²)",
    r"_m2$": " (m²)",
    r"_m$": " (m)",
    r"_no$": " number",
    r"_10k_": " 10,000 ",
    r"^mom_": "month-on-month ",
    r"^yoy_": "year-on-year ",
    r"^ytd_": "year-to-date ",
    r"_p90_": " 90th percentile ",
    r"_id$": " ID",
}


def glossary() -> str:
    """Return the glossary as Markdown."""
    parts = [_HEAD, _official_terms(), _metrics(), _kinds(), _states()]
    return "\n".join(parts)


def terms() -> list[dict[str, str]]:
    """Return the official terms with their English names, in the order of the csv."""
    return read_rows(OFFICIAL_TERMS)


def english_name(column: str) -> str:
    """Return the name of a column, or of a population, in words.

    >>> english_name("surveyed_floor_area_10k_m2"), english_name("mean_floor_area_m2")
    ('surveyed floor area (10,000 m²)', 'mean floor area (m²)')
    """
    for part, words in _PARTS.items():
        column = re.sub(part, words, column)
    return column.replace("_", " ")


def uses(term: str) -> tuple[list[str], list[str]]:
    """Return the columns of exports in whose header, codes or kind a term stands, and its metrics.

    Columns are written ``kind.column``, a kind whose title has the term by its name alone.
    """
    columns = []
    for kind, contract in load_contracts().items():
        columns += [kind] if term in contract.title else []
        columns += [
            f"{kind}.{column.name}"
            for column in contract.columns
            if any(term in text for text in (column.header, *column.codes))
        ]
    metrics = [row["metric_id"] for row in read_rows(REGISTRY) if term in row["chinese_name"]]
    return columns, metrics


def _official_terms() -> str:
    lines = []
    for row in terms():
        columns, metrics = uses(row["term"])
        lines.append((row["term"], row["english"], _shown(columns), _shown(metrics)))
    return _section(
        "Official terms 官方用语",
        ("官方用语", "English", "columns of exports 报表的列", "metrics 指标"),
        lines,
    )


def _metrics() -> str:
    delivered: dict[str, list[str]] = {}
    for kind, contract in load_contracts().items():
        for field in contract.fields:
            delivered.setdefault(field, []).append(f"{kind}.{field}")
    lines = (
        (
            row["chinese_name"],
            english_name(row["metric_id"]),
            english_name(row["population"]),
            f"`{row['metric_id']}`",
            row["unit"],
            _shown(delivered.get(row["metric_id"], [])),
        )
        for row in read_rows(REGISTRY)
    )
    return _section(
        "Metrics 指标",
        ("指标", "English", "counted in", "metric and column 列", "单位", "delivered as 报送"),
        lines,
    )


def _kinds() -> str:
    return "\n".join(
        _section(
            f"{contract.title} `{kind}`",
            ("表头", "English", "column 列"),
            ((c.header, english_name(c.name), f"`{c.name}`") for c in contract.columns),
        )
        for kind, contract in load_contracts().items()
    )


def _states() -> str:
    """Return the words for states, severities and the like, each list under its name."""
    lines = [
        (word, english_name(name.lower()), f"`{code}`")
        for name, words in _vocabulary()
        for code, word in words.items()
    ]
    return _section(
        "States and other words 状态等用语", ("用语", "what it is of", "code 代码"), lines
    )


def _vocabulary() -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in vars(vocabulary).items():
        if name.isupper() and isinstance(value, dict):
            words = {code: word for code, word in value.items() if isinstance(word, str)}
            if words:
                yield name, words


def _section(title: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    table = [header, ["---"] * len(header), *lines]
    rows = "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in table
    )
    return f"## {title}\n\n{rows}"


def _shown(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names[:_MOST_SHOWN]]
    return ", ".join(shown + ["…"] * (len(names) > _MOST_SHOWN))


if __name__ == "__main__":
    GLOSSARY.write_text(glossary(), encoding="utf-8")
