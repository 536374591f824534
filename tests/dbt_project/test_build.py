"""Building in this process: a failure is told node by node, and the warehouse is let go."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from month_installation import Installation

from orchestration.modelling import dbt, seeds
from orchestration.modelling.building import DbtBuildError, build
from orchestration.settings import Settings


@pytest.fixture
def without_seeds(installation) -> Settings:
    """Return a home with the parsed project and an empty warehouse."""
    made: Installation = installation("without_seeds")
    return made.settings


def test_a_failing_model_is_named_with_the_reason(without_seeds: Settings) -> None:
    with pytest.raises(DbtBuildError, match=r"(?s)dim_metric: .*seeds.metrics"):
        build(without_seeds, ["--select", "dim_metric"])
    with duckdb.connect(str(without_seeds.warehouse)) as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]


def test_a_home_is_used_by_a_project_in_another_folder(
    without_seeds: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As after an upgrade: what dbt noted of the former folder would be looked for there."""
    # seeds alone are noted with their folder, and parse in a fifth of the time
    others = shutil.ignore_patterns("models", "tests")
    moved = shutil.copytree(dbt.DBT_PROJECT_DIR, tmp_path / "moved", ignore=others)
    monkeypatch.setattr(dbt, "DBT_PROJECT_DIR", moved)
    manifest = json.loads(dbt.prepare_manifest(without_seeds).read_bytes())
    places = {node.get("root_path") for node in manifest["nodes"].values()} - {None}
    assert places == {str(moved)}


def test_an_event_a_node_comes_back(without_seeds: Settings) -> None:
    events = build(without_seeds, ["--select", "+dim_metric", "--indirect-selection", "cautious"])
    names = [event["data"]["node_info"]["node_name"] for event in events]
    assert names[:2] == ["metrics", "populations"]
    assert names.count("dim_metric") == 1
    assert len(names) == len(set(names)) > 2
    assert {event["data"]["node_info"]["node_status"] for event in events} == {"success", "pass"}


def test_loaded_seeds_are_tested_and_not_loaded_again(
    october: Installation, installation, monkeypatch, tmp_path
) -> None:
    settings: Settings = installation("seeded").settings
    shutil.copy(october.settings.warehouse, settings.warehouse)

    def built() -> dict[str, set[str]]:
        names: dict[str, set[str]] = defaultdict(set)
        for event in build(settings, ["--select", "metrics", "populations"]):
            names[event["info"]["name"]].add(event["data"]["node_info"]["node_name"])
        return names

    first = built()
    assert "LogSeedResult" not in first
    assert "unique_populations_population_id" in first["LogTestResult"]

    changed = shutil.copytree(seeds.SEEDS_DIR, tmp_path / "seeds")
    with (changed / "districts.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    monkeypatch.setattr(seeds, "SEEDS_DIR", changed)
    second = built()
    assert second["LogSeedResult"] == {"metrics", "populations"}
    assert second["LogTestResult"] == first["LogTestResult"]
    # two of all: what was loaded is not known to be current, until all are
    assert built() == second


@pytest.mark.parametrize(
    ("mart", "source", "key"),
    [
        ("rpt_verdict", "run.verdict", "month, district_id, kind, rule_id"),
        ("dim_metric", "seeds.metrics", "metric_id"),
    ],
)
def test_rows_that_would_count_twice_are_refused_and_what_stood_stays(
    october: Installation, installation, mart, source, key
) -> None:
    settings: Settings = installation(mart).settings
    shutil.copy(october.settings.warehouse, settings.warehouse)
    rows = f"select * from marts.{mart} order by all"
    with duckdb.connect(str(settings.warehouse)) as connection:
        before = connection.execute(rows).fetchall()
        connection.execute(f"insert into {source} select * from {source} limit 1")
    with pytest.raises(DbtBuildError, match=rf"(?s)key of {mart} \({key}, .*more than once"):
        build(settings, ["--select", mart])
    with duckdb.connect(str(settings.warehouse)) as connection:
        assert connection.execute(rows).fetchall() == before != []
