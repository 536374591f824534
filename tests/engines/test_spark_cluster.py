"""A simulated city's months on a real Spark cluster, beside the same months in DuckDB.

Run by ``make spark-test`` alone: four builds, half an hour on two quiet cores. Every mart has rows:
a waiver, a correction, a drawn sample and a clerk's decision are among what is delivered.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from decisions import correction, waiver, write_decisions
from engines.cluster import Cluster, Watching, cluster, end, losing_a_worker
from engines.compared_marts import as_table
from engines.on_spark import OnSpark, Shown, assert_same, results_in, shown
from engines.spark_environment import QUICK, needs_spark
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
    codes = result_file(made.settings, Month.parse(MONTHS[0]), "codes")
    assert codes is not None
    pair = pq.read_table(codes, columns=["building_code", "doorplate_code"]).to_pylist()[0]
    answer = MatchDecision(
        **pair, verdict="different", decided_by="王复核", decided_on="2022-10-09"
    )
    assert MatchDecisions(made.settings.ledger).record([answer]) == 1


def _copied(in_duckdb: Installation, folder: Path) -> Installation:
    copied = in_duckdb.copied(folder).settings
    decisions = in_duckdb.settings.decisions
    return Installation(Settings(raw=copied.raw, home=copied.home, decisions=decisions))


def _run(made: Installation, month: str) -> None:
    done = made.fangan("month", month, "--again")
    assert done.returncode in (0, 1), done.stderr


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="module")
def seen() -> list[dict[str, Any]]:
    """The applications of the master while a driver of our own builds."""
    return []


@pytest.fixture(scope="module")
def in_session(
    in_duckdb: Installation,
    running: Cluster,
    seen: list[dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Shown:
    """The same months by a driver of our own; a worker dies while the second is built."""
    settings = _copied(in_duckdb, tmp_path_factory.mktemp("on spark")).settings
    # what DuckDB made is taken away, so that nothing of it can pass for Spark's
    settings.warehouse.unlink()
    made = OnSpark(settings, {"FANGAN_SPARK_MASTER": running.url})
    with Watching(running, seen):
        _run(made, MONTHS[0])
    with losing_a_worker(running, spark_folder(settings) / "warehouse" / "intermediate.db"):
        _run(made, MONTHS[1])
    return shown(in_duckdb, made)


@pytest.fixture(scope="module")
def over_connect(in_duckdb: Installation, in_session: Shown, running: Cluster) -> Shown:
    """The second month again, over Spark Connect; the first is given to Spark by DuckDB."""
    # the note of the months that Spark holds
    shutil.rmtree(spark_folder(in_session.made.settings) / "months")
    with connected(running, in_session.made) as made:
        _run(made, MONTHS[1])
    return shown(in_duckdb, made)


@contextmanager
def connected(running: Cluster, made: OnSpark) -> Iterator[OnSpark]:
    """The same installation, with a Spark Connect server over its tables."""
    server, url = running.connect_server(spark_folder(made.settings))
    try:
        yield OnSpark(made.settings, {"SPARK_REMOTE": url})
    finally:
        end(server)


def test_every_table_is_the_same_on_a_cluster_that_lost_a_worker(
    in_session: Shown, seen: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{as_table(in_session.found)}")
    assert_same(in_session)
    empty = [one.table for one in in_session.found if not one.row_count]
    assert [table for table in empty if table.startswith("marts.")] == []
    assert max(app["cores"] for app in seen) == 2


def test_every_unit_test_passes_on_spark(in_session: Shown, tmp_path: Path) -> None:
    made = in_session.made
    manifest = json.loads(manifest_file(made.settings).read_bytes())
    environment = dbt_environment(made.settings) | made.told | {"SPARK_CONF_DIR": str(QUICK)}
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


def test_a_month_run_again_over_spark_connect_is_the_same(
    in_duckdb: Installation, over_connect: Shown
) -> None:
    assert_same(over_connect)
    # what people read came from it
    assert over_connect.published == in_duckdb.table(Month.parse(MONTHS[1]))


def test_a_month_that_became_empty_changes_no_other(
    in_duckdb: Installation, over_connect: Shown, running: Cluster, tmp_path: Path
) -> None:
    """The last build of these tables; what came before it is noted."""
    emptied = _copied(in_duckdb, tmp_path)
    with connected(running, over_connect.made) as over:
        for one in (emptied, over):
            _withdraw_all(one, MONTHS[1])
            _run(one, MONTHS[1])
    assert_same(shown(emptied, over))
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
