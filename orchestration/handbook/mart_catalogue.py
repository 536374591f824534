"""``marts.md``: every table that analysts read, column by column, from the marts' yml files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from orchestration.handbook.markdown import code, table
from orchestration.publication.open_data.public_marts import MARTS_DIR
from orchestration.reference.metrics import metric_descriptions

_HEAD = """# Marts 统计表

The tables of `published/statistics.duckdb`, schema `marts`, by folder of
`dbt_project/models/marts`. Open marts are also CSV and Parquet in `published/<month>/data/`; the
columns in `key` tell rows apart. `fangan query "from marts.rpt_district_monthly"` reads one.
分析人员读到的各张表；“公开”的另存为 CSV 和 Parquet。

"""
#: How a column quotes a metric of the registry.
_QUOTED = re.compile(r"\{\{ doc\(\"(\w+)\"\) \}\}")
_Mart = dict[str, Any]


def page() -> str:
    """Return the page: a list of the marts, then each with its columns."""
    paths = sorted(MARTS_DIR.rglob("*.yml"), key=lambda path: (path.parent, path.name))
    marts = [(path, mart) for path in paths for mart in _read(path)]
    return "\n".join([_HEAD + _contents([mart for _, mart in marts]), *_sections(marts)])


def _read(path: Path) -> list[_Mart]:
    marts: list[_Mart] = yaml.load(path.read_bytes(), yaml.CSafeLoader)["models"]
    return marts


def _contents(marts: list[_Mart]) -> str:
    return table(
        ("mart", "holds", "open 公开"),
        (
            (
                f"[`{mart['name']}`](#{mart['name']})",
                mart["description"],
                "✓" if mart["config"]["meta"]["public"] else "",
            )
            for mart in marts
        ),
    )


def _sections(marts: list[tuple[Path, _Mart]]) -> Iterator[str]:
    words = metric_descriptions()
    for folder, inside in groupby(marts, key=lambda one: one[0].parent.name):
        yield f"## {folder}\n"
        for _, mart in inside:
            key = ", ".join(map(code, mart["config"]["meta"]["key"]))
            columns = table(
                ("column 列", "type", "meaning 含义"),
                (
                    (
                        code(column["name"]),
                        column["data_type"],
                        _QUOTED.sub(lambda found: words[found[1]], column["description"]),
                    )
                    for column in mart["columns"]
                ),
            )
            yield f"### {mart['name']}\n\nkey: {key}\n\n{columns}"
