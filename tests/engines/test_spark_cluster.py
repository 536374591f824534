"""A simulated city's months on a real Spark cluster, beside the same months in DuckDB.

Run by ``make spark-test`` alone: six builds, half an hour on two quiet cores. Every mart has rows:
a waiver, a correction, a drawn sample and a clerk's decision are among what is delivered.
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

import duckdb
import pyarrow.parquet as pq
import pytest
from awaiting import until
from decisions import correction, waiver, write_decisions
from engines.cluster import Cluster, cluster, end
from engines.compared_marts import Compared, as_table, compared
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
from orchestration.store.ledger import Ledger
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
        return results_in(spark_folder(self.settings) / "dbt" / "target")


def results_in(target: Path) -> dict[str, str]:
    written = json.loads((target / "run_results.json").read_bytes())["results"]
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
        _run(made, month)
        if month == MONTHS[0]:
            _draw_and_decide(made)
            # the decision binds from now on
            _run(made, month)
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


def _copied(in_duckdb: Installation, folder: Path) -> Installation:
    copied = in_duckdb.copied(folder).settings
    decisions = in_duckdb.settings.decisions
    return Installation(Settings(raw=copied.raw, home=copied.home, decisions=decisions))


def _on_spark(in_duckdb: Installation, folder: Path, **told: str) -> OnSpark:
    settings = _copied(in_duckdb, folder).settings
    # what DuckDB made is taken away, so that nothing of it can pass for Spark's
    settings.warehouse.unlink()
    return OnSpark(settings, told)


def _run(made: Installation, month: str) -> None:
    done = made.fangan("month", month, "--again")
    assert done.returncode in (0, 1), done.stderr


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="module")
def in_session(
    in_duckdb: Installation, running: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> tuple[OnSpark, list[dict[str, Any]]]:
    """The same months by a driver of our own on the cluster, and the applications seen."""
    folder = tmp_path_factory.mktemp("in session")
    made = _on_spark(in_duckdb, folder, FANGAN_SPARK_MASTER=running.url)
    seen: list[dict[str, Any]] = []
    with Watching(running, seen):
        for month in MONTHS:
            _run(made, month)
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


def assert_same(in_duckdb: Installation, made: OnSpark) -> list[Compared]:
    """Every table and type is the same, and every model and data test ran and passed."""
    warehouses = in_duckdb.settings.warehouse, made.settings.warehouse
    found = compared(*warehouses, schemas=("intermediate", "marts"))
    assert [one for one in found if not one.is_same] == []
    manifest = json.loads(manifest_file(made.settings).read_bytes())
    asked = {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "test")
    }
    results = made.results()
    assert asked <= results.keys()
    assert set(results.values()) <= {"success", "pass"}
    return found


def test_every_table_is_the_same_on_a_cluster(
    in_duckdb: Installation,
    in_session: tuple[OnSpark, list[dict[str, Any]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    made, seen = in_session
    found = assert_same(in_duckdb, made)
    with capsys.disabled():
        print(f"\n{as_table(found)}")
    empty = [one.table for one in found if not one.row_count]
    assert [table for table in empty if table.startswith("marts.")] == []
    assert max(app["cores"] for app in seen) == 2
    # what people read came from it
    month = Month.parse(MONTHS[1])
    assert made.table(month) == in_duckdb.table(month)


def test_every_unit_test_passes_on_spark(
    in_session: tuple[OnSpark, list[dict[str, Any]]], tmp_path: Path
) -> None:
    made, _ = in_session
    manifest = json.loads(manifest_file(made.settings).read_bytes())
    environment = dbt_environment(made.settings) | made.told
    places = ("--project-dir", DBT_PROJECT_DIR, "--profiles-dir", DBT_PROJECT_DIR)
    done = subprocess.run(
        [dbt_executable(), "test", "--select", "test_type:unit", "--target", "spark", *places],
        env=environment | {"DBT_TARGET_PATH": str(tmp_path / "target")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    results = results_in(tmp_path / "target")
    assert results.keys() == manifest["unit_tests"].keys()
    assert set(results.values()) == {"pass"}


def test_a_month_run_again_while_a_worker_dies_changes_nothing(
    in_duckdb: Installation, running: Cluster, in_session: tuple[OnSpark, list[dict[str, Any]]]
) -> None:
    made, _ = in_session
    built = spark_folder(made.settings) / "warehouse" / "intermediate.db"
    for folder in built.iterdir():
        os.rename(folder / "_SUCCESS", folder / "_seen")
    missed: list[int] = []

    def kill() -> None:
        until(lambda: len(list(built.glob("*/_SUCCESS"))) >= 5, "five models")
        running.kill_a_worker()
        until(lambda: len(running.alive_workers()) == 1, "the master to miss the worker")
        missed.append(len(list(built.glob("*/_SUCCESS"))))

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        _run(made, MONTHS[1])
    finally:
        killer.join()
        running.add_a_worker()
    found = assert_same(in_duckdb, made)
    tables = [one for one in found if one.table.startswith("intermediate.")]
    assert missed[0] < len(tables), "the worker was missed after the build"


def test_over_spark_connect_all_is_the_same_and_so_is_a_month_that_became_empty(
    in_duckdb: Installation, running: Cluster, tmp_path: Path
) -> None:
    made = _on_spark(in_duckdb, tmp_path / "spark")
    spark_folder(made.settings).mkdir(parents=True)
    server, url = running.connect_server(spark_folder(made.settings))
    over = OnSpark(made.settings, {"SPARK_REMOTE": url})
    try:
        for month in MONTHS:
            _run(over, month)
        assert_same(in_duckdb, over)
        emptied = _copied(in_duckdb, tmp_path / "duckdb")
        for one in (emptied, over):
            _withdraw_all(one, MONTHS[1])
            _run(one, MONTHS[1])
        assert_same(emptied, over)
    finally:
        end(server)
    before, after = (_rows_by_month(one) for one in (in_duckdb, over))
    gone = {mart for mart, month in before.keys() - after.keys() if month == f"{MONTHS[1]}-01"}
    assert {"fct_alteration_case_monthly", "rpt_finding"} <= gone
    kept = {place: n for place, n in before.items() if place[1] == f"{MONTHS[0]}-01"}
    assert kept.items() <= after.items()


def _withdraw_all(made: Installation, month: str) -> None:
    ledger = Ledger(made.settings.ledger)
    for judgement in ledger.judgements(Month.parse(month)):
        if judgement.delivery_id is not None:
            ledger.record_withdrawal(judgement.delivery_id, "试")


def _rows_by_month(made: Installation) -> dict[tuple[str, str], int]:
    """The number of rows of every mart and month."""
    with duckdb.connect(str(made.settings.warehouse), read_only=True) as connection:
        marts = connection.execute(
            "select table_name from information_schema.columns"
            " where table_schema = 'marts' and column_name = 'month'"
        ).fetchall()
        return {
            (mart, month): count
            for (mart,) in marts
            for month, count in connection.execute(
                f"select month::varchar, count(*) from marts.{mart} group by 1"
            ).fetchall()
        }
