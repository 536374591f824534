"""A simulated city's months on a real Spark cluster, beside the same months in DuckDB.

Run by ``make spark-test`` alone: about ten minutes on two quiet cores. Every mart has rows: a
waiver, a correction, a drawn sample and a clerk's decision are among what is delivered.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from awaiting import until
from decisions import correction, waiver, write_decisions
from engines.cluster import Cluster, cluster, end
from engines.compared_marts import differences
from engines.spark_environment import needs_spark
from month_installation import Installation, installed

from orchestration.matching.month import result_file
from orchestration.modelling.dbt import manifest_file
from orchestration.modelling.spark.installation import (
    dbt_environment,
    dbt_executable,
    spark_folder,
)
from orchestration.reference.months import Month
from orchestration.settings import DBT_PROJECT_DIR, Settings
from orchestration.store.match_decisions import MatchDecision, MatchDecisions

pytestmark = [pytest.mark.spark_cluster, needs_spark]

MONTHS = ("2022-09", "2022-10")
Environment = dict[str, str]


@dataclass(frozen=True)
class OnSpark(Installation):
    """An installation whose models are built on Spark, told so by its environment."""

    told: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"FANGAN_ENGINE": "spark"} | self.told

    def results(self) -> dict[str, str]:
        """What became of every node in the last build."""
        path = spark_folder(self.settings) / "dbt" / "target" / "run_results.json"
        written = json.loads(path.read_bytes())["results"]
        return {result["unique_id"]: result["status"] for result in written}


def _settings(folder: Path) -> Settings:
    return Settings(raw=folder / "raw", home=folder / "home", decisions=folder / "decisions")


@pytest.fixture(scope="module")
def in_duckdb(tmp_path_factory: pytest.TempPathFactory, parsed_project: Path) -> Installation:
    """Two months in DuckDB, with something for every mart."""
    folder = tmp_path_factory.mktemp("in duckdb")
    installed(folder, parsed_project)
    write_decisions(
        folder / "decisions", waivers=(waiver(),), corrections=(correction(new_value="99"),)
    )
    made = Installation(_settings(folder))
    for month in MONTHS:
        scale = ("--scale", "0.01", "--faults", "--codes", "1500")
        done = made.fangan("simulate", month, "--out", str(made.settings.raw), *scale)
        assert done.returncode == 0, done.stderr
        done = made.fangan("month", month)
        assert done.returncode in (0, 1), done.stderr
        if month == MONTHS[0]:
            _draw_and_decide(made)
    return made


def _draw_and_decide(made: Installation) -> None:
    size = ("--size", "40", "--seed", "7", "--drawn-by", "王复核", "--without-absent")
    done = made.fangan("sample", MONTHS[0], *size)
    assert done.returncode == 0, done.stderr
    month = Month.parse(MONTHS[0])
    files = [result_file(made.settings, month, name) for name in ("codes", "plates")]
    codes, plates = (pq.read_table(path).to_pylist() for path in files if path)
    code = next(row["building_code"] for row in codes if row["doorplate_code"] is None)
    answer = MatchDecision(code, plates[0]["doorplate_code"], "same", "王复核", "2022-10-09")
    assert MatchDecisions(made.settings.ledger).record([answer]) == 1


def _on_spark(in_duckdb: Installation, folder: Path, **told: str) -> OnSpark:
    copied = in_duckdb.copied(folder).settings
    copied = Settings(raw=copied.raw, home=copied.home, decisions=in_duckdb.settings.decisions)
    # what DuckDB made is taken away, so that nothing of it can pass for Spark's
    copied.warehouse.unlink()
    return OnSpark(copied, told)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="module")
def in_session(
    in_duckdb: Installation, running: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> tuple[OnSpark, list[dict[str, Any]]]:
    """The same months by a driver of our own on the cluster, and the applications seen."""
    made = _on_spark(
        in_duckdb, tmp_path_factory.mktemp("in session"), FANGAN_SPARK_MASTER=running.url
    )
    seen: list[dict[str, Any]] = []
    for month in MONTHS:
        with Watching(running, seen):
            done = made.fangan("month", month, "--again")
        assert done.returncode in (0, 1), done.stderr
    return made, seen


class Watching:
    """Note the master's applications while a block runs."""

    def __init__(self, running: Cluster, seen: list[dict[str, Any]]) -> None:
        self._running, self._seen, self._ended = running, seen, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            self._seen.extend(self._running.applications())


def assert_same(in_duckdb: Installation, made: OnSpark) -> None:
    rows, differing = differences(in_duckdb.settings.warehouse, made.settings.warehouse)
    assert differing == {}
    assert {mart for mart, count in rows.items() if count == 0} == set()
    manifest = json.loads(manifest_file(made.settings).read_bytes())
    asked = {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "test")
    }
    results = made.results()
    assert asked <= results.keys()
    assert set(results.values()) <= {"success", "pass"}


def test_every_mart_is_the_same_on_a_cluster(
    in_duckdb: Installation, in_session: tuple[OnSpark, list[dict[str, Any]]]
) -> None:
    made, seen = in_session
    assert_same(in_duckdb, made)
    assert max(app["cores"] for app in seen) == 2
    # what people read came from it
    assert made.table(Month.parse("2022-10")) == in_duckdb.table(Month.parse("2022-10"))


def test_a_month_that_is_run_again_changes_nothing(
    in_duckdb: Installation, in_session: tuple[OnSpark, list[dict[str, Any]]]
) -> None:
    made, _ = in_session
    done = made.fangan("month", MONTHS[1], "--again")
    assert done.returncode in (0, 1), done.stderr
    assert_same(in_duckdb, made)


def test_every_unit_test_passes_on_spark(
    in_session: tuple[OnSpark, list[dict[str, Any]]], tmp_path: Path
) -> None:
    made, _ = in_session
    manifest = json.loads(manifest_file(made.settings).read_bytes())
    environment = dbt_environment(made.settings) | made.told
    places = ("--project-dir", DBT_PROJECT_DIR, "--profiles-dir", DBT_PROJECT_DIR)
    done = subprocess.run(
        [dbt_executable(), "test", "--select", "test_type:unit", "--target", "spark", *places],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    results = made.results()
    assert results.keys() == manifest["unit_tests"].keys()
    assert set(results.values()) == {"pass"}


def test_a_worker_that_dies_in_mid_build_changes_nothing(
    in_duckdb: Installation, running: Cluster, tmp_path: Path
) -> None:
    made = _on_spark(in_duckdb, tmp_path, FANGAN_SPARK_MASTER=running.url)
    done = made.fangan("month", MONTHS[0], "--again")
    assert done.returncode in (0, 1), done.stderr
    built = spark_folder(made.settings) / "warehouse" / "intermediate.db"
    for folder in built.iterdir():
        os.rename(folder / "_SUCCESS", folder / "_seen")

    def kill() -> None:
        until(lambda: len(list(built.glob("*/_SUCCESS"))) >= 5, "five models of the second month")
        running.kill_a_worker()

    killer = threading.Thread(target=kill)
    killer.start()
    done = made.fangan("month", MONTHS[1], "--again")
    killer.join()
    assert done.returncode in (0, 1), done.stderr
    until(lambda: len(running.alive_workers()) == 1, "the master to miss the worker")
    assert_same(in_duckdb, made)


def test_every_mart_is_the_same_over_spark_connect(
    in_duckdb: Installation, running: Cluster, tmp_path: Path
) -> None:
    made = _on_spark(in_duckdb, tmp_path)
    spark_folder(made.settings).mkdir(parents=True)
    server, url = running.connect_server(spark_folder(made.settings))
    try:
        over = OnSpark(made.settings, {"SPARK_REMOTE": url})
        for month in MONTHS:
            done = over.fangan("month", month, "--again")
            assert done.returncode in (0, 1), done.stderr
        assert_same(in_duckdb, over)
    finally:
        end(server)
