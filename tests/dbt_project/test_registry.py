"""The metric registry speaks with one voice: seed, doc blocks, and the comments of the marts."""

from __future__ import annotations

import re

import duckdb
import pytest
from month_installation import Installation

from orchestration.reference.metrics import DOC_BLOCKS, REGISTRY, doc_blocks
from orchestration.reference.seeds import read_rows
from orchestration.settings import DBT_PROJECT_DIR, SEEDS_DIR

POPULATION_TEST = DBT_PROJECT_DIR / "tests" / "no_rate_mixes_populations.sql"


def test_the_doc_blocks_are_those_of_the_seed() -> None:
    assert DOC_BLOCKS.read_text(encoding="utf-8") == doc_blocks(), (
        "run python -m orchestration.reference.metrics"
    )


def test_a_marts_figure_is_commented_in_the_registrys_words(october: Installation) -> None:
    words = {row["metric_id"]: row["definition"] for row in read_rows(REGISTRY)}
    columns = october.rows(
        "select column_name, comment from duckdb_columns()"
        " where schema_name = 'marts' and table_name = 'rpt_district_monthly'"
    )
    quoted = [c["column_name"] for c in columns if c["column_name"] in words]
    assert len(quoted) >= 6
    for column in columns:
        if column["column_name"] in words:
            assert words[column["column_name"]] in column["comment"]


@pytest.fixture
def registry() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for seed in ("metrics", "populations"):
        connection.execute(
            f"create table {seed} as from read_csv('{SEEDS_DIR / seed}.csv', all_varchar = true)"
        )
    return connection


def mixed_rates(registry: duckdb.DuckDBPyConnection) -> list[str]:
    """Ask dbt's own test of these seeds which metrics break it."""
    query = re.sub(r'{{ ref\("(\w+)"\) }}', r"\1", POPULATION_TEST.read_text(encoding="utf-8"))
    query = re.sub(r'{{ parts_of\("(.+)", "(.)"\) }}', r"string_split(\1, '\2')", query)
    return [row[0] for row in registry.execute(query).fetchall()]


def plant(registry: duckdb.DuckDBPyConnection, **values: str) -> None:
    row = {"unit": "比率", "numerator": None, "denominator": None} | values
    registry.execute(
        f"insert into metrics ({', '.join(row)}) values ({', '.join('?' * len(row))})",
        list(row.values()),
    )


def test_no_rate_of_the_registry_mixes_populations(registry: duckdb.DuckDBPyConnection) -> None:
    assert mixed_rates(registry) == []


@pytest.mark.parametrize(
    ("numerator", "denominator", "is_mixed"),
    [
        ("matched_buildings", "building_codes", True),
        ("matched_buildings", "surveyed_buildings", True),
        ("surveyed_buildings", "building_codes", True),
        ("building_codes", "surveyed_buildings", True),
        ("ledger_buildings", "surveyed_buildings", True),
        ("surveyed_buildings", "ledger_buildings", False),
        ("building_codes", "building_codes", False),
        ("unheard_of", "building_codes", True),
    ],
)
def test_a_rate_divides_within_one_population_or_a_part_by_its_whole(
    registry: duckdb.DuckDBPyConnection, numerator: str, denominator: str, is_mixed: bool
) -> None:
    plant(registry, metric_id="above", unit="幢", population=numerator)
    plant(registry, metric_id="below", unit="幢", population=denominator)
    plant(
        registry,
        metric_id="rate",
        numerator="above",
        denominator="below",
        population=denominator,
    )
    assert mixed_rates(registry) == (["rate"] if is_mixed else [])


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"unit": "幢/万平方米"},
        {"numerator": "completed_count"},
        {"numerator": "completed_count", "denominator": "unheard_of"},
        {"numerator": "completed_count", "denominator": "verified_count", "population": "checks"},
    ],
)
def test_a_rate_says_what_it_divides(
    registry: duckdb.DuckDBPyConnection, values: dict[str, str]
) -> None:
    plant(registry, **({"metric_id": "rate", "population": "alteration_cases"} | values))
    assert mixed_rates(registry) == ["rate"]
