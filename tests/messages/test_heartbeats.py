"""Dagster's pulse, read back from databases that Dagster itself wrote, in files and on a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.messages.configuration import Rules
from orchestration.messages.heartbeats import dagster_pulse
from orchestration.messages.machine_causes import machine_causes
from orchestration.messages.open_causes import State
from orchestration.settings import PROJECT_ROOT, Settings

NOW = datetime(2022, 11, 6, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def instance_home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """An instance whose sensor daemon was last seen at NOW, with one sensor off and one failing."""
    from dagster import DagsterInstance
    from dagster._core.remote_origin import (
        ManagedGrpcPythonEnvCodeLocationOrigin,
        RemoteRepositoryOrigin,
    )
    from dagster._core.scheduler.instigation import (
        InstigatorState,
        InstigatorStatus,
        InstigatorType,
        TickData,
        TickStatus,
    )
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
    from dagster._daemon.types import DaemonHeartbeat
    from dagster_shared.error import SerializableErrorInfo

    home = tmp_path_factory.mktemp("dagster")
    broke = SerializableErrorInfo("it broke", [], "E")
    made = DagsterInstance.local_temp
    if request.param == "postgresql":
        shutil.copy(PROJECT_ROOT / "deploy" / "dagster.postgres.yaml", home / "dagster.yaml")
        address = request.getfixturevalue("postgres_server").database()
        # for as long as the module's tests
        request.getfixturevalue("module_environment").setenv("FANGAN_POSTGRES_URL", address)
        made = DagsterInstance.from_config
    with made(str(home)) as instance:
        instance.add_daemon_heartbeat(DaemonHeartbeat(NOW.timestamp(), "SENSOR", "one"))
        location = ManagedGrpcPythonEnvCodeLocationOrigin(LoadableTargetOrigin(module_name="x"))
        repository = RemoteRepositoryOrigin(location, "repository")
        for name, status in (
            ("delivery_sensor", InstigatorStatus.STOPPED),
            ("other_sensor", InstigatorStatus.RUNNING),
        ):
            origin = repository.get_instigator_origin(name)
            instance.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, status))
            for second, ended in ((0, TickStatus.SKIPPED), (30, TickStatus.FAILURE)):
                if name == "other_sensor" or ended is TickStatus.SKIPPED:
                    instance.create_tick(
                        TickData(
                            instigator_origin_id=origin.get_id(),
                            instigator_name=name,
                            instigator_type=InstigatorType.SENSOR,
                            status=ended,
                            timestamp=NOW.timestamp() + second,
                            selector_id=origin.get_selector().get_id(),
                            error=broke if ended is TickStatus.FAILURE else None,
                            skip_reason="nothing" if ended is TickStatus.SKIPPED else None,
                        )
                    )
    yield home
    assert (home / "history").exists() == (request.param == "sqlite")


@pytest.fixture(scope="module")
def module_environment() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as changed:
        yield changed


def test_daemons_and_sensors_are_seen(instance_home: Path) -> None:
    pulse = dagster_pulse(instance_home)
    assert pulse is not None
    assert pulse.fault is None
    assert pulse.daemons == {"SENSOR": NOW}
    assert pulse.stopped == ("delivery_sensor",)
    assert pulse.failing == ("other_sensor",)


def test_silence_is_told_once_it_lasts(instance_home: Path, settings: Settings) -> None:
    settings.dagster.rmdir()
    settings.dagster.symlink_to(instance_home)
    keys = {}
    for minutes in (9, 11):
        now = NOW + timedelta(minutes=minutes)
        causes = machine_causes(settings, Rules(), State(), now)
        keys[minutes] = [c.key for c in causes if c.key.startswith("dagster/")]
    others = ["dagster/stopped/delivery_sensor", "dagster/failing/other_sensor"]
    assert keys == {9: others, 11: ["dagster/daemon", *others]}
    by_hand = Rules(daemon=False)
    assert machine_causes(settings, by_hand, State(), NOW + timedelta(hours=1)) == []


def test_a_home_without_dagster_has_no_pulse(tmp_path: Path) -> None:
    assert dagster_pulse(tmp_path) is None


def test_a_server_that_is_down_is_a_fault_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(PROJECT_ROOT / "deploy" / "dagster.postgres.yaml", tmp_path / "dagster.yaml")
    monkeypatch.setenv("FANGAN_POSTGRES_URL", "postgresql://fangan:secret@127.0.0.1:1/dagster")
    pulse = dagster_pulse(tmp_path)
    assert pulse is not None
    assert pulse.fault == f"OperationalError in {tmp_path}"


def test_a_broken_database_is_a_fault_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "runs.db").write_bytes(b"not a database at all" * 100)
    pulse = dagster_pulse(tmp_path)
    assert pulse is not None
    assert pulse.fault == f"DatabaseError in {tmp_path}"


def test_postgresql_without_its_variable_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(
        "storage:\n  postgres:\n    postgres_url:\n      env: NOT_SET_ANYWHERE\n"
    )
    pulse = dagster_pulse(tmp_path)
    assert pulse is not None
    assert pulse.fault is not None
