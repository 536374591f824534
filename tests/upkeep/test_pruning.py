"""Pruning removes what nobody needs, and nothing that a month, a release or a person does."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import (
    AssetCheckResult,
    AssetKey,
    DagsterInstance,
    Definitions,
    MonthlyPartitionsDefinition,
    asset,
    asset_check,
)
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    TickData,
    TickStatus,
)
from dagster_shared.error import SerializableErrorInfo
from month_installation import Installation
from postgres_server import Server

from orchestration.console.health.dagster_instance import examine_dagster
from orchestration.console.health.findings import ok
from orchestration.console.monthly.month_run import prepare_dagster
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.upkeep.dagster_files import run_logs
from orchestration.upkeep.instance_file import instance_file
from orchestration.upkeep.pruning import prune

_MONTHS = MonthlyPartitionsDefinition(start_date="2022-10", fmt="%Y-%m")
_LATER = datetime.now(UTC) + timedelta(hours=1)


@asset(partitions_def=_MONTHS)
def first() -> None:
    """One asset."""


@asset(partitions_def=_MONTHS)
def second() -> None:
    """Another, with a check."""


@asset_check(asset=second)
def holds() -> AssetCheckResult:
    """Report a check."""
    return AssetCheckResult(passed=True)


@asset(partitions_def=_MONTHS)
def fails() -> None:
    """Fail."""
    raise ValueError("on purpose")


def _run(instance: DagsterInstance, month: str, *selected: str) -> str:
    job = Definitions(
        [first, second, fails], asset_checks=[holds]
    ).get_implicit_global_asset_job_def()
    run = job.execute_in_process(
        instance=instance,
        partition_key=month,
        asset_selection=[AssetKey(name) for name in selected],
        raise_on_error=False,
    )
    return run.run_id


def _runs(instance: DagsterInstance) -> tuple[list[str], list[str]]:
    """Make runs of two months; return those that may go, and those that last made an asset."""
    both = ("first", "second")
    gone = [_run(instance, "2022-10", *both), _run(instance, "2022-10", "fails")]
    kept = [_run(instance, "2022-10", *both), _run(instance, "2022-11", *both)]
    kept.append(_run(instance, "2022-10", "first"))
    gone.append(_run(instance, "2022-11", "fails"))
    return gone, kept


def test_runs_go_but_for_those_that_last_made_an_asset_of_a_month(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_dagster(settings)
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster))
    with DagsterInstance.get() as instance:
        gone, kept = _runs(instance)
    (run_logs(settings) / "of-no-run.db").write_bytes(b"left")
    before = _bytes(settings.dagster)

    assert prune(settings, datetime.now(UTC) - timedelta(days=1), does_it=False) != []
    listed = prune(settings, _LATER, does_it=False)
    assert [(item.count, item.byte_count > 0) for item in listed] == [(3, True), (1, True)]
    assert {path.stem for path in run_logs(settings).glob("*.db")} >= {*gone, *kept}, "dry"
    prune(settings, _LATER, does_it=True)
    assert {path.stem for path in run_logs(settings).glob("*.db")} == {"index", *kept}
    assert {path.name for path in (settings.dagster / "storage").iterdir()} == set(kept)
    assert _bytes(settings.dagster) < before
    assert prune(settings, _LATER, does_it=False) == []
    with DagsterInstance.get() as instance:
        _only(instance, kept)


def _only(instance: DagsterInstance, kept: list[str]) -> None:
    """Assert that Dagster knows these runs alone, and every asset as it was made."""
    assert {run.run_id for run in instance.get_runs()} == set(kept)
    for key in ("first", "second"):
        months = instance.get_materialized_partitions(AssetKey(key))
        assert months == {"2022-10", "2022-11"}
    checks = instance.event_log_storage.get_asset_check_execution_history(
        next(iter(holds.check_keys)), limit=10
    )
    assert {check.run_id for check in checks} <= set(kept)


def test_runs_and_ticks_go_from_a_postgresql_server(
    settings: Settings, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg2

    address = postgres_server.database()
    shutil.copy(PROJECT_ROOT / "deploy" / "dagster.postgres.yaml", instance_file(settings))
    monkeypatch.setenv("FANGAN_POSTGRES_URL", address)
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster))
    with DagsterInstance.get() as instance:
        gone, kept = _runs(instance)
        _tick(instance)
    # the doctor opens the server, and says what it found there
    told = {record["check"]: record for record in examine_dagster(settings)}
    assert told["Dagster's log"] == ok("Dagster's log", "6 runs can be read")
    assert told["sensor delivery_sensor"]["state"] == "fault"

    listed = {item.what.split()[-1]: item.count for item in prune(settings, _LATER, does_it=False)}
    assert listed == {"Dagster": len(gone), "ticks": 1}
    prune(settings, _LATER, does_it=True)
    assert prune(settings, _LATER, does_it=False) == []
    with DagsterInstance.get() as instance:
        _only(instance, kept)
    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("select distinct run_id from event_logs")
        assert {run_id for (run_id,) in cursor.fetchall()} == set(kept)
        cursor.execute("select distinct run_id from asset_check_executions")
        assert {run_id for (run_id,) in cursor.fetchall()} <= set(kept), "rows of checks go, too"
    assert not list(settings.dagster.rglob("*.db")), "nothing is written to SQLite"


def _tick(instance: DagsterInstance) -> None:
    """Leave a failed tick of a sensor of ours."""
    origin = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("fangan"), "fangan")
    sensor = origin.get_instigator_origin("delivery_sensor")
    state = InstigatorState(sensor, InstigatorType.SENSOR, InstigatorStatus.RUNNING)
    instance.add_instigator_state(state)
    instance.create_tick(
        TickData(
            instigator_origin_id=sensor.get_id(),
            instigator_name="delivery_sensor",
            instigator_type=InstigatorType.SENSOR,
            status=TickStatus.FAILURE,
            timestamp=time.time(),
            selector_id=sensor.get_selector().get_id(),
            error=SerializableErrorInfo("it broke", [], "E"),
        )
    )


def test_leftovers_and_old_logs_go_and_what_is_new_stays(settings: Settings) -> None:
    versions = settings.published / ".versions"
    old = [
        settings.dbt / "logs" / "dbt.log.1",
        settings.dagster / "broken-20221101T000000" / "history" / "runs.db",
        versions / "statistics.00000000000000000001.duckdb",
    ]
    new = [settings.dbt / "logs" / "dbt.log", versions / "statistics.2.duckdb"]
    left = settings.accepted / "2022-10" / ".rows.parquet.4194304-0.tmp"
    for path in (*old, *new, left):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    year_ago = time.time() - 365 * 86400
    for path in (*old, old[1].parent.parent):
        os.utime(path, (year_ago, year_ago))
    found = prune(settings, datetime.now(UTC) - timedelta(days=90), does_it=True)
    assert sum(item.count for item in found) == 4
    assert sum(item.byte_count for item in found) == 4000
    assert not any(path.exists() for path in (*old, left))
    assert all(path.exists() for path in new)


def test_the_command_lists_and_removes_only_when_told(october: Installation) -> None:
    files = _files(october.settings.home)
    listed = october.fangan("prune", "--older-than", "1")
    assert listed.returncode == 0, listed.stderr
    assert "没有可清理的" in listed.stdout
    wrong = october.fangan("prune", "--older-than", "0")
    assert wrong.returncode == 2
    assert _files(october.settings.home) == files


def _files(home: Path) -> list[Path]:
    """Return the files of a home, but those that SQLite keeps while somebody reads."""
    found = [path for path in home.rglob("*") if path.is_file()]
    return sorted(path for path in found if not path.name.endswith(("-shm", "-wal")))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
