"""A step knows that its run has a process of its own, and is not begun once that is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, Executor
from dagster._core.test_utils import create_run_for_test

from orchestration.executors.run_process import (
    COMMAND_TAG,
    HoldsTheMonth,
    RunEndedError,
    is_one_step,
)
from orchestration.operations.dead_runs import note_process
from orchestration.settings import Settings
from orchestration.store.locks import held_locks


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def run(instance: DagsterInstance) -> DagsterRun:
    tags = {"dagster/partition": "2022-10"}
    return create_run_for_test(
        instance, job_name="month", status=DagsterRunStatus.STARTED, tags=tags
    )


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """Another process, which lives until the test ends it."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.communicate()


def _note(instance: DagsterInstance, run: DagsterRun, pid: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "getpid", lambda: pid)
        note_process(instance, run.run_id)


def test_a_run_in_one_process_has_no_steps_elsewhere(
    instance: DagsterInstance, run: DagsterRun
) -> None:
    assert not is_one_step(instance, run.run_id)
    note_process(instance, run.run_id)
    assert not is_one_step(instance, run.run_id)
    assert not is_one_step(instance, "no such run")


def test_a_step_of_a_dead_run_is_not_begun(
    instance: DagsterInstance, run: DagsterRun, other: subprocess.Popen[bytes]
) -> None:
    _note(instance, run, other.pid)
    assert is_one_step(instance, run.run_id)
    other.communicate(b"\n")
    with pytest.raises(RunEndedError, match="of 2022-10 has ended"):
        is_one_step(instance, run.run_id)


def test_a_step_of_a_run_that_was_ended_is_not_begun(
    instance: DagsterInstance, run: DagsterRun, other: subprocess.Popen[bytes]
) -> None:
    _note(instance, run, other.pid)
    instance.report_run_failed(run, "ended by hand")
    with pytest.raises(RunEndedError):
        is_one_step(instance, run.run_id)


class _Looking(Executor):
    """Notes which locks are held while it works."""

    retries: Any = None

    def __init__(self, locks: Path) -> None:
        self.locks, self.seen = locks, [""]

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[Any]:
        self.seen = list(held_locks(self.locks))
        yield "an event"


class _Plan:
    def __init__(self, instance: DagsterInstance, run: DagsterRun) -> None:
        self.instance, self.dagster_run = instance, run


def test_the_process_of_a_run_holds_the_month_for_its_steps(
    settings: Settings, instance: DagsterInstance, run: DagsterRun
) -> None:
    looking = _Looking(settings.locks)
    assert list(HoldsTheMonth(looking).execute(_Plan(instance, run), None)) == ["an event"]
    assert looking.seen == ["month"]
    assert held_locks(settings.locks) == {}
    # two steps at once would make a key each
    assert settings.name_key.exists()


def test_a_command_holds_the_month_itself(
    settings: Settings, instance: DagsterInstance, run: DagsterRun
) -> None:
    looking = _Looking(settings.locks)
    by_command = run.with_tags({**run.tags, COMMAND_TAG: run.run_id})
    list(HoldsTheMonth(looking).execute(_Plan(instance, by_command), None))
    assert looking.seen == []


def test_the_month_is_held_where_hosts_share_it(
    settings: Settings,
    instance: DagsterInstance,
    run: DagsterRun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its steps and every command look for it there."""
    monkeypatch.setattr(Settings, "ledger_locks", property(lambda _: tmp_path))
    looking = _Looking(tmp_path)
    list(HoldsTheMonth(looking).execute(_Plan(instance, run), None))
    assert looking.seen == ["month"]
