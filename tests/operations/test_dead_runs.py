"""Runs whose process is gone are ended, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.events import EngineEventData
from dagster._core.test_utils import create_run_for_test

from orchestration.operations import dead_runs
from orchestration.operations.dead_runs import PROCESS_TAG, end_dead_runs, note_process
from orchestration.settings import Settings
from orchestration.store.locks import holding


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


def _run(
    instance: DagsterInstance,
    monkeypatch: pytest.MonkeyPatch | None = None,
    *,
    pid: int | None = None,
    status: DagsterRunStatus = DagsterRunStatus.STARTED,
) -> str:
    """Begin a run of October, noted by a process that has ended, or by ``pid``."""
    tags = {"dagster/partition": "2022-10"}
    run_id = create_run_for_test(instance, job_name="month", status=status, tags=tags).run_id
    if monkeypatch is None:
        note_process(instance, run_id)
    else:
        with monkeypatch.context() as patch:
            patch.setattr(os, "getpid", lambda: pid)
            note_process(instance, run_id)
    return run_id


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def _status(instance: DagsterInstance, run_id: str) -> DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_a_run_whose_process_lives_goes_on(settings: Settings, instance: DagsterInstance) -> None:
    run_id = _run(instance)
    assert end_dead_runs(settings, instance) == []
    assert _status(instance, run_id) is DagsterRunStatus.STARTED


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        (DagsterRunStatus.STARTED, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.STARTING, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.CANCELING, DagsterRunStatus.CANCELED),
        (DagsterRunStatus.NOT_STARTED, DagsterRunStatus.NOT_STARTED),
    ],
)
def test_a_run_whose_process_is_gone_ends(
    settings: Settings,
    instance: DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    gone: int,
    was: DagsterRunStatus,
    is_now: DagsterRunStatus,
) -> None:
    run_id = _run(instance, monkeypatch, pid=gone, status=was)
    ended = end_dead_runs(settings, instance)
    assert _status(instance, run_id) is is_now
    assert [one.month for one in ended] == ["2022-10"] * (is_now is not was)
    assert all(f"Process {gone}" in one.reason for one in ended)


def test_the_number_of_a_dead_process_may_be_given_to_another(
    settings: Settings, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _run(instance)
    with monkeypatch.context() as patch:
        patch.setattr(dead_runs, "_started", lambda _: "another time")
        assert len(end_dead_runs(settings, instance)) == 1
    assert _status(instance, run_id) is DagsterRunStatus.FAILURE


def test_a_machine_that_was_started_again_runs_nothing_of_before(
    settings: Settings, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(instance)
    monkeypatch.setattr(dead_runs, "_boot_id", lambda: "another")
    [ended] = end_dead_runs(settings, instance)
    assert "started again" in ended.reason


def test_tags_that_dagster_copied_from_a_former_run_say_nothing(
    settings: Settings, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    former = instance.get_run_by_id(_run(instance, monkeypatch, pid=gone))
    assert former is not None
    end_dead_runs(settings, instance)
    copied = {PROCESS_TAG: former.tags[PROCESS_TAG]}
    again = create_run_for_test(
        instance, job_name="month", status=DagsterRunStatus.STARTED, tags=copied
    )
    assert end_dead_runs(settings, instance) == []
    # until Dagster itself has said which process it started
    instance.report_engine_event("Started", again, EngineEventData.in_process(gone))
    assert len(end_dead_runs(settings, instance)) == 1


def test_a_child_that_still_holds_the_lock_is_waited_for(
    settings: Settings, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    _run(instance, monkeypatch, pid=gone)
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: gone)
        lock = holding(settings.locks, "month")
        lock.__enter__()
    assert end_dead_runs(settings, instance) == []
    lock.__exit__(None, None, None)
    assert len(end_dead_runs(settings, instance)) == 1
