"""The metric registry speaks with one voice: seed, doc blocks, and the comments of the marts."""

from __future__ import annotations

import csv

import pytest
from month_installation import Installation

from orchestration.modelling.registry import DOC_BLOCKS, REGISTRY, doc_blocks


def test_the_doc_blocks_are_those_of_the_seed() -> None:
    assert DOC_BLOCKS.read_text(encoding="utf-8") == doc_blocks(), (
        "run python -m orchestration.modelling.registry"
    )


@pytest.mark.xdist_group("october")
def test_a_marts_figure_is_commented_in_the_registrys_words(october: Installation) -> None:
    with REGISTRY.open(encoding="utf-8", newline="") as handle:
        words = {row["metric_id"]: row["definition"] for row in csv.DictReader(handle)}
    columns = october.rows(
        "select column_name, comment from duckdb_columns()"
        " where schema_name = 'marts' and table_name = 'rpt_district_monthly'"
    )
    quoted = [c["column_name"] for c in columns if c["column_name"] in words]
    assert len(quoted) >= 6
    for column in columns:
        if column["column_name"] in words:
            assert words[column["column_name"]] in column["comment"]
